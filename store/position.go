package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/queries"
)

// position is how far a spool file has been loaded: its row of spool_files, and the state of a load.
type position struct {
	file         spool.File
	startBytes   int64 // where this load begins
	fromBytes    int64 // where this batch begins
	bytes        int64 // loaded, uncompressed
	lines        int64
	linesHash    uint64 // the sum of their hashes
	blank        int64  // blank lines in this batch
	diskBytes    int64  // size and time of the file when it was read to its end; 0 until then
	modifiedAt   time.Time
	stored       mark         // what the database has; zero if nothing
	onlyRejected rejectHashes // if not nil, read only these rejected lines
	rejectedEnd  int64        // where to stop reading them
	firstHash    *uint64      // lineHash of the first line; nil if unknown
	changed      bool         // its loaded part has changed: only deliveries with new ids are loaded
	reread       bool         // read again from the beginning, since it has changed
	problem      string       // as of the last load; empty if there was none
}

// mark is the part of a position that changes as the file is read.
type mark struct {
	bytes, lines, diskBytes, modifiedAt int64
	linesHash                           uint64
	changed                             bool
}

func (at position) mark() mark {
	return mark{at.bytes, at.lines, at.diskBytes, at.modifiedAt.UnixMicro(), at.linesHash, at.changed}
}

// beginReading makes the position that of a file that has not been read to its end. A load that ends before, or cannot read on, leaves it like
// that, so that the next load goes on, whatever the size and time of the file are then.
func (at *position) beginReading(file spool.File) {
	at.file, at.diskBytes, at.modifiedAt = file, 0, time.UnixMicro(0)
}

// endReading notes the size and time of a file of which all lines were read. One that ends within a line has not been read to its end.
func (at *position) endReading() {
	if at.file.Compressed() || at.bytes >= at.file.Size {
		at.diskBytes, at.modifiedAt = at.file.Durable, at.file.ModTime
	}
}

// rejectHashes has the hashes of rejected lines by line number.
type rejectHashes map[int64]uint64

// readLine reads the next line and advances the position.
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

// isUnchanged reports whether the file has the size and time it had when it was read to its end.
func (at position) isUnchanged(file spool.File) bool {
	return at.diskBytes == file.Durable && at.modifiedAt.Equal(file.ModTime.Truncate(time.Microsecond))
}

const rebuildHint = "run callsheet load --rebuild to load the whole spool again"

// changedError is the error of a file whose loaded part has changed.
type changedError struct{ message string }

func (e changedError) Error() string { return e.message }

func (at position) shorter() changedError {
	return changedError{fmt.Sprintf("%s is shorter than what was loaded from it (%s)", at.file.Name, display.Plural(int(at.bytes), "byte"))}
}

// verify reads the loaded part of a file again and returns its end, which moves if rejected lines were corrected or line endings
// changed. Any other change is a changedError: continuing could skip deliveries or count them twice.
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
		if old, ok := rejected[now.lines]; ok {
			expected += hash - old
		}
	}
	if now.linesHash != expected {
		return 0, changedError{at.file.Name + " is not the file that was loaded before"}
	}
	return now.bytes, nil
}

// positions returns how far each file is loaded, by its name.
func positions(ctx context.Context, conn *sql.Conn) (map[string]position, error) {
	rows, err := conn.QueryContext(ctx, `
		select file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at, first_hash, coalesce(changed, false), coalesce(problem, '')
		from spool_files where loader is not distinct from getvariable('loader')`)
	if err != nil {
		return nil, fmt.Errorf("reading spool_files: %w", err)
	}
	defer rows.Close()
	known := map[string]position{}
	for rows.Next() {
		var name string
		var at position
		if err := rows.Scan(&name, &at.bytes, &at.lines, &at.linesHash, &at.diskBytes, &at.modifiedAt, &at.firstHash, &at.changed, &at.problem); err != nil {
			return nil, fmt.Errorf("reading spool_files: %w", err)
		}
		at.stored = at.mark()
		known[name] = at
	}
	return known, rows.Err()
}

// rejected returns the rejected lines of a file.
func (s *Store) rejected(ctx context.Context, file string) (rejectHashes, error) {
	rows, err := s.conn.QueryContext(ctx, "select line, line_hash from rejects where file = ? and loader is not distinct from getvariable('loader')", file)
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

// recordPositions stores the positions of a batch's files.
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
		return fmt.Errorf("recording file positions: %w", err)
	}
	return nil
}
