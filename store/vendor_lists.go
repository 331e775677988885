package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/queries"
)

// Lists are loaded some at a time, since planning takes longer than loading one, and memory is bounded.
const (
	maxListsBytes = 16 << 20
	maxLists      = 400
)

// vendorList is a list on disk, with its header.
type vendorList struct {
	file   spool.VendorFile
	header spool.VendorList
	rows   position // where the rows begin
}

// knownList is a list that was loaded.
type knownList struct {
	position
	fetchedAt time.Time
	mine      bool // loaded from the data folder of this loader
}

// loadVendorLists loads the vendors' lists that have changed, and drops those that are gone. A damaged list becomes a warning, and the
// database has none of that day.
func (s *Store) loadVendorLists(ctx context.Context, dataDir string, summary *Summary) error {
	files, err := spool.VendorFiles(dataDir)
	if err != nil {
		return err
	}
	known, err := s.knownLists(ctx)
	if err != nil {
		return err
	}
	var changed []vendorList
	bytes := int64(0)
	for _, file := range files {
		// A name that no file of the spool has, and no list of another source.
		file.Name = file.Source + "/" + file.Name
		at, ok := known[file.Name]
		delete(known, file.Name)
		if ok && at.mine && at.isUnchanged(file.File) {
			continue
		}
		if ok && !at.mine { // the newer list counts
			if header, err := file.Header(); err == nil && !header.FetchedAt.After(at.fetchedAt) {
				continue
			}
		}
		list, err := openList(file)
		if errors.Is(err, fs.ErrNotExist) {
			known[file.Name] = at
			continue
		}
		if err != nil {
			known[file.Name] = at
			summary.Warnings = append(summary.Warnings, fmt.Sprintf("a list of the vendor is damaged and is left out; callsheet reconcile fetches it again: %v", err))
			continue
		}
		if len(changed) == maxLists || bytes > maxListsBytes {
			if err := s.loadLists(ctx, changed, summary); err != nil {
				return err
			}
			changed, bytes = nil, 0
		}
		changed = append(changed, list)
		bytes += file.Size
	}
	maps.DeleteFunc(known, func(_ string, at knownList) bool { return !at.mine })
	if err := s.loadLists(ctx, changed, summary); err != nil || len(known) == 0 {
		return err
	}
	return s.inTransaction(ctx, func(tx *sql.Tx) error {
		for name := range known {
			for _, table := range []string{"vendor_calls", "vendor_lists"} {
				if _, err := tx.ExecContext(ctx, "delete from "+table+" where source || '/' || day || '.ndjson' = ?", name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// knownLists returns the loaded lists by their names.
func (s *Store) knownLists(ctx context.Context) (map[string]knownList, error) {
	rows, err := s.conn.QueryContext(ctx, `
		select source || '/' || day || '.ndjson', disk_bytes, modified_at, fetched_at, loader is not distinct from getvariable('loader') from vendor_lists`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[string]knownList{}
	for rows.Next() {
		var name string
		var at knownList
		if err := rows.Scan(&name, &at.diskBytes, &at.modifiedAt, &at.fetchedAt, &at.mine); err != nil {
			return nil, err
		}
		known[name] = at
	}
	return known, rows.Err()
}

// openList reads a list to its end to see that it is whole.
func openList(file spool.VendorFile) (list vendorList, err error) {
	header, lines, err := file.OpenList()
	if err != nil {
		return list, err
	}
	list = vendorList{file, header, position{file: file.File, bytes: lines.Offset(), lines: 1}}
	if err := lines.Close(); err != nil {
		return list, err
	}
	return list, file.Lines(func(spool.Line) error { return nil })
}

// loadLists replaces the calls of some lists. A list that DuckDB refuses is left out, with a warning.
func (s *Store) loadLists(ctx context.Context, lists []vendorList, summary *Summary) error {
	if len(lists) == 0 {
		return nil
	}
	err := s.replaceLists(ctx, lists)
	switch {
	case isRefusal(err) && len(lists) > 1:
		for _, list := range lists {
			if err := s.loadLists(ctx, []vendorList{list}, summary); err != nil {
				return err
			}
		}
		return nil
	case isRefusal(err):
		summary.Warnings = append(summary.Warnings, fmt.Sprintf("the list %s cannot be loaded and is left out: %v", lists[0].file.Path, err))
		return nil
	case err != nil:
		return fmt.Errorf("loading %s: %w", display.Plural(len(lists), "list"), err)
	}
	return nil
}

func (s *Store) replaceLists(ctx context.Context, lists []vendorList) error {
	type row struct {
		File       string    `json:"file"`
		Source     string    `json:"source"`
		Day        string    `json:"day"`
		FetchedAt  time.Time `json:"fetched_at"`
		List       string    `json:"list"`
		Rows       int64     `json:"rows"`
		DiskBytes  int64     `json:"disk_bytes"`
		ModifiedAt int64     `json:"modified_at"` // microseconds
	}
	var rows []row
	var pending []position
	for _, list := range lists {
		rows = append(rows, row{list.file.Name, list.header.Source, list.header.Day, list.header.FetchedAt, list.header.List, list.header.Rows,
			list.file.Durable, list.file.ModTime.UnixMicro()})
		pending = append(pending, list.rows)
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	reader := s.newLineReader(pending, LoadOptions{DefaultSource: lists[0].header.Source})
	reader.keepPositions = true
	defer reader.close()
	if _, err := s.stageLines(ctx, reader, noByteLimit, noLineLimit, s.options.Now()); err != nil {
		return err
	}
	if len(reader.problems) > 0 {
		return errors.New(reader.problems.list()[0])
	}
	if _, err := s.conn.ExecContext(ctx, queries.SQL("load/new_lists"), sql.Named("lists", string(text))); err != nil {
		return fmt.Errorf("new_lists: %w", err)
	}
	if err := runStep(ctx, s.conn, "load/listed_calls"); err != nil {
		return err
	}
	return s.inTransaction(ctx, func(tx *sql.Tx) error { return runStep(ctx, tx, "load/vendor_calls") })
}
