package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/cespare/xxhash/v2"

	"callsheet/queries"
	"callsheet/spool"
)

// position is how far a spool file has been read; the row of `spool_files`.
type position struct {
	file       spool.File
	startBytes int64 // where this load began
	fromBytes  int64 // where this slice began
	bytes      int64 // of uncompressed content
	lines      int64
	linesHash  uint64 // the sum of their hashes
	blank      int64  // blank lines in this slice
	diskBytes  int64  // size and time of the file when it was last read on
	modifiedAt time.Time
	retry      rejectHashes // the only lines that are to be sent; nil when reading on
	until      int64        // where to stop then
}

// rejectHashes are the hashes of rejected lines by the line's number.
type rejectHashes map[int64]uint64

// lineHash is XXH64 of a line and its number: files with equal sums of it have the same lines in the same places, and the share
// of a single line can be taken out.
func lineHash(number int64, text []byte) uint64 {
	var digest xxhash.Digest
	digest.ResetWithSeed(uint64(number))
	digest.Write(text)
	return digest.Sum64()
}

// readLine reads the next line and moves the position behind it.
func (at *position) readLine(from *spool.Reader) (spool.Line, uint64, error) {
	line, err := from.Next()
	if err != nil {
		return line, 0, err
	}
	at.lines++
	at.bytes = from.Offset()
	hash := lineHash(at.lines, line.Text)
	at.linesHash += hash
	return line, hash, nil
}

// isRead tells whether the file stands as it did when it was last read on.
func (at position) isRead(file spool.File) bool {
	return at.diskBytes == file.Size && at.modifiedAt.Equal(file.ModTime.Truncate(time.Microsecond))
}

const rebuildHint = "run callsheet load --rebuild to load the whole spool again"

// verify reads again what was read of a file and returns where that ends now: elsewhere, if rejected lines were mended and
// nothing else was changed. A file that is not the one that was read is an error: reading on in it could skip deliveries or
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
	mended := false
	for now.lines < at.lines {
		_, hash, err := now.readLine(reader)
		if errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("%s is shorter than what was loaded from it (%d bytes); nothing more was read from it; %s",
				at.file.Name, at.bytes, rebuildHint)
		}
		if err != nil {
			return 0, err
		}
		if before, ok := rejected[now.lines]; ok && hash != before {
			expected += hash - before
			mended = true
		}
	}
	if now.linesHash != expected || !mended && now.bytes != at.bytes {
		return 0, fmt.Errorf("%s is not the file that was loaded before; nothing was read from it; %s", at.file.Name, rebuildHint)
	}
	return now.bytes, nil
}

// positions reads the ledger, by file name.
func positions(ctx context.Context, conn *sql.Conn) (map[string]position, error) {
	rows, err := conn.QueryContext(ctx,
		"select file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at from spool_files")
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	defer rows.Close()
	known := map[string]position{}
	for rows.Next() {
		var name string
		var at position
		if err := rows.Scan(&name, &at.bytes, &at.lines, &at.linesHash, &at.diskBytes, &at.modifiedAt); err != nil {
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

// recordPositions commits how far the files of a slice were read.
func recordPositions(ctx context.Context, tx *sql.Tx, positions []position, now time.Time) error {
	for _, at := range positions {
		_, err := tx.ExecContext(ctx, queries.Load("record_position"), sql.Named("file", at.file.Name),
			sql.Named("bytes", at.bytes), sql.Named("lines", at.lines), sql.Named("lines_hash", strconv.FormatUint(at.linesHash, 10)),
			sql.Named("disk_bytes", at.diskBytes), sql.Named("modified_at", at.modifiedAt), sql.Named("loaded_at", now))
		if err != nil {
			return fmt.Errorf("recording %s: %w", at.file.Name, err)
		}
	}
	return nil
}
