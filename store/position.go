package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// position is how far a spool file has been read; the row of `spool_files`.
type position struct {
	file       spool.File
	startBytes int64 // where this load began
	fromBytes  int64 // where this batch began
	bytes      int64 // of uncompressed content
	lines      int64
	linesHash  uint64 // the sum of their hashes
	blank      int64  // blank lines in this batch
	diskBytes  int64  // size and time of the file when it was last read on
	modifiedAt time.Time
	retry      rejectHashes // the only lines that are to be sent; nil when reading on
	until      int64        // where to stop then
	firstHash  *uint64      // lineHash of the first line; nil when it is not known
	changed    bool         // it is not the file that was loaded before: only deliveries with new ids are loaded
	reread     bool         // it is read from its beginning again, because it has just changed
	problem    string       // as of the last load; empty when there was none
}

// rejectHashes are the hashes of rejected lines by the line's number.
type rejectHashes map[int64]uint64

// readLine reads the next line and moves the position behind it.
func (at *position) readLine(from *spool.Reader) (spool.Line, uint64, error) {
	line, err := from.Next()
	if err != nil {
		return line, 0, err
	}
	at.lines++
	at.bytes = from.Offset()
	hash := lineHash(at.lines, line.Text)
	if line.TooLong {
		hash += uint64(line.Length)
	}
	if at.lines == 1 {
		at.firstHash = &hash
	}
	at.linesHash += hash
	return line, hash, nil
}

// isRead tells whether the file stands as it did when it was last read on.
func (at position) isRead(file spool.File) bool {
	return at.diskBytes == file.Durable && at.modifiedAt.Equal(file.ModTime.Truncate(time.Microsecond))
}

const rebuildHint = "run callsheet load --rebuild to load the whole spool again"

// changedError is of a file that is not the one that was loaded before.
type changedError struct{ what string }

func (e changedError) Error() string { return e.what }

func (at position) shorter() changedError {
	return changedError{fmt.Sprintf("%s is shorter than what was loaded from it (%d bytes)", at.file.Name, at.bytes)}
}

// verify reads again what was read of a file and returns where that ends now: elsewhere, if rejected lines were mended and
// nothing but the ends of lines was changed. A file that is not the one that was read is an error: reading on in it could skip deliveries or
// count them twice.
func (at position) verify(rejected rejectHashes) (end int64, err error) {
	reader, err := at.file.Open(0)
	if err != nil {
		return 0, err
	}
	defer reader.Close()
	now := at
	now.bytes, now.lines, now.linesHash = 0, 0, 0
	expected := at.linesHash
	for now.lines < at.lines {
		_, hash, err := now.readLine(reader)
		if errors.Is(err, io.EOF) {
			return 0, at.shorter()
		}
		if err != nil {
			return 0, err
		}
		if before, ok := rejected[now.lines]; ok {
			expected += hash - before
		}
	}
	if now.linesHash != expected {
		return 0, changedError{at.file.Name + " is not the file that was loaded before"}
	}
	return now.bytes, nil
}

// positions reads the ledger, by file name.
func positions(ctx context.Context, conn *sql.Conn) (map[string]position, error) {
	rows, err := conn.QueryContext(ctx, `
		select file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at, first_hash, coalesce(changed, false), coalesce(problem, '')
		from spool_files`)
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	defer rows.Close()
	known := map[string]position{}
	for rows.Next() {
		var name string
		var at position
		if err := rows.Scan(&name, &at.bytes, &at.lines, &at.linesHash, &at.diskBytes, &at.modifiedAt, &at.firstHash, &at.changed, &at.problem); err != nil {
			return nil, fmt.Errorf("reading the ledger: %w", err)
		}
		known[name] = at
	}
	return known, rows.Err()
}

// rejected are the lines of a file that were rejected.
func (s *Store) rejected(ctx context.Context, file string) (rejectHashes, error) {
	rows, err := s.conn.QueryContext(ctx, "select line, line_hash from rejects where file = ?", file)
	if err != nil {
		return nil, fmt.Errorf("reading the rejects: %w", err)
	}
	defer rows.Close()
	hashes := rejectHashes{}
	for rows.Next() {
		var line int64
		var hash uint64
		if err := rows.Scan(&line, &hash); err != nil {
			return nil, fmt.Errorf("reading the rejects: %w", err)
		}
		hashes[line] = hash
	}
	return hashes, rows.Err()
}

// recordPositions commits how far the files of a batch were read.
func recordPositions(ctx context.Context, tx *sql.Tx, positions []position, now time.Time) error {
	type row struct {
		File       string  `json:"file"`
		Bytes      int64   `json:"loaded_bytes"`
		Lines      int64   `json:"loaded_lines"`
		LinesHash  uint64  `json:"lines_hash"`
		DiskBytes  int64   `json:"disk_bytes"`
		ModifiedAt int64   `json:"modified_at"` // microseconds
		Changed    bool    `json:"changed"`
		FirstHash  *uint64 `json:"first_hash"`
	}
	rows := make([]row, len(positions))
	for i, at := range positions {
		rows[i] = row{at.file.Name, at.bytes, at.lines, at.linesHash, at.diskBytes, at.modifiedAt.UnixMicro(), at.changed, at.firstHash}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, queries.SQL("load/record_positions"), sql.Named("positions", string(text)), sql.Named("loaded_at", now))
	if err != nil {
		return fmt.Errorf("recording how far files were read: %w", err)
	}
	return nil
}
