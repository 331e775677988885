package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/queries"
)

// problems has the problems of spool files by file name. Lines of these files may be missing from the database.
type problems map[string]string

// list returns the problems in the order of the file names; it is never nil.
func (p problems) list() []string {
	list := []string{}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		list = append(list, p[name])
	}
	return list
}

// addMissing adds the loaded files that are missing from the spool, unless they are undone imports.
func (p problems) addMissing(known map[string]position, files []spool.File, undone map[string]bool) {
	present := map[string]bool{}
	for _, file := range files {
		present[file.Name] = true
	}
	for name, at := range known {
		if !present[name] && !undone[name] && at.lines > 0 {
			p[name] = fmt.Sprintf("%s is missing from the spool; %s loaded; put it back, or run callsheet load --rebuild --accept-loss if it was removed on purpose", name,
				display.Agree(at.lines, "of its lines is", "of its lines are"))
		}
	}
}

// addChanged adds a file that has changed since it was loaded, and is read for new deliveries only. It stays a problem until a rebuild.
func (p problems) addChanged(name string) {
	p[name] = fmt.Sprintf("%s is not the file that was loaded before; deliveries in it that were not loaded before are loaded, changed and removed lines are ignored; %s", name, rebuildHint)
}

// restart handles a file that has changed since it was loaded. A file whose lines have delivery ids is read again from its
// beginning, since a delivery with an id is loaded only once; no more is read from any other file.
func (at position) restart(change changedError, problems problems) (position, error) {
	name := at.file.Name
	problems[name] = fmt.Sprintf("%v; nothing more was read from it; %s", change, rebuildHint)
	if at.firstHash == nil { // loaded by a version that did not store ids
		return at, nil
	}
	has, err := hasIDs(at.file)
	if err != nil || !has {
		return at, err
	}
	problems.addChanged(name)
	return position{file: at.file, modifiedAt: at.modifiedAt, stored: at.stored, changed: true, reread: true}, nil
}

// hasIDs reports whether a file has a line that begins as an envelope with an id does.
func hasIDs(file spool.File) (bool, error) {
	reader, err := file.Open(0)
	if err != nil {
		return false, err
	}
	defer reader.Close()
	for {
		line, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if bytes.HasPrefix(line.Text, []byte(`{"id":"`)) {
			return true, nil
		}
	}
}

// recordProblems stores the problems of files in spool_files, unless they are the same as before.
func (s *Store) recordProblems(ctx context.Context, known map[string]position, now problems) error {
	stored := problems{}
	for name, at := range known {
		if at.problem != "" {
			stored[name] = at.problem
		}
	}
	if maps.Equal(stored, now) {
		return nil
	}
	type row struct {
		File    string `json:"file"`
		Problem string `json:"problem"`
	}
	rows := []row{}
	for name, problem := range now {
		rows = append(rows, row{name, problem})
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, queries.SQL("load/record_problems"), sql.Named("problems", string(text)), sql.Named("loaded_at", s.options.Now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("recording problems of files: %w", err)
	}
	return nil
}

// Unsynced describes the bytes of a file after its durable length.
func Unsynced(file spool.File) string {
	return fmt.Sprintf("the last %s of %s are written but not synced; they are loaded once the collector runs again",
		display.Plural(int(file.Size-file.Durable), "byte"), display.Escape(file.Name))
}

// isPrintableName reports whether a file name can be shown unquoted.
func isPrintableName(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) && r != '\u200c' && r != '\u200d' })
}
