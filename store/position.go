package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"callsheet/queries"
	"callsheet/spool"
)

// endBytes at either end of what was read are hashed to recognise a file: enough for the ids and times of deliveries.
const endBytes = 4096

// position is how far a spool file has been read; the row of `spool_files`.
type position struct {
	file       spool.File
	startBytes int64 // where this load began
	fromBytes  int64 // where this slice began
	bytes      int64 // of uncompressed content
	lines      int64
	blank      int64 // blank lines in this slice
	endsHash   string
	diskBytes  int64
	modifiedAt time.Time
}

// positions reads the ledger, by file name.
func (s *Store) positions(ctx context.Context) (map[string]position, error) {
	rows, err := s.conn.QueryContext(ctx,
		"select file, loaded_bytes, loaded_lines, ends_hash, disk_bytes, modified_at from spool_files")
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	defer rows.Close()
	known := map[string]position{}
	for rows.Next() {
		var name string
		var at position
		if err := rows.Scan(&name, &at.bytes, &at.lines, &at.endsHash, &at.diskBytes, &at.modifiedAt); err != nil {
			return nil, fmt.Errorf("reading the ledger: %w", err)
		}
		known[name] = at
	}
	return known, rows.Err()
}

// replaced says what is wrong with a file that is not the one that was read before, or nothing. Reading on in it
// could skip deliveries or count them twice.
func (at position) replaced() string {
	const hint = "run callsheet load --rebuild to load the whole spool again"
	hash, err := at.hashEnds()
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("%s is shorter than what was loaded from it (%d bytes); nothing more was read from it; %s",
			at.file.Name, at.bytes, hint)
	case err != nil:
		return fmt.Sprintf("%s: %v", at.file.Name, err)
	case hash != at.endsHash:
		return fmt.Sprintf("%s is not the file that was loaded before; nothing was read from it; %s", at.file.Name, hint)
	}
	return ""
}

// hashEnds hashes the first and the last bytes of what was read of the file; io.ErrUnexpectedEOF if they are not there
// any more. The last ones tell a file that a collector cut back after a failed write and then went on with.
func (at position) hashEnds() (string, error) {
	content, err := at.file.Content()
	if err != nil {
		return "", err
	}
	defer content.Close()
	length := min(at.bytes, endBytes)
	hash := sha256.New()
	if err := copyExactly(hash, content, length); err != nil {
		return "", err
	}
	if err := skip(content, length, max(at.bytes-endBytes, length)); err != nil {
		return "", err
	}
	if err := copyExactly(hash, content, min(at.bytes-length, endBytes)); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func copyExactly(to io.Writer, from io.Reader, n int64) error {
	_, err := io.CopyN(to, from, n)
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// skip moves on from one offset to another.
func skip(content io.Reader, from, to int64) error {
	if seeker, ok := content.(io.Seeker); ok {
		_, err := seeker.Seek(to, io.SeekStart)
		return err
	}
	return copyExactly(io.Discard, content, to-from)
}

// recordPositions commits how far the files of a slice were read.
func recordPositions(ctx context.Context, tx *sql.Tx, positions []position, now time.Time) error {
	for _, at := range positions {
		endsHash, err := at.hashEnds()
		if err != nil {
			return fmt.Errorf("recording %s: %w", at.file.Name, err)
		}
		_, err = tx.ExecContext(ctx, queries.Load("record_position"), sql.Named("file", at.file.Name),
			sql.Named("bytes", at.bytes), sql.Named("lines", at.lines), sql.Named("ends_hash", endsHash),
			sql.Named("disk_bytes", at.file.Size), sql.Named("modified_at", at.file.ModTime), sql.Named("loaded_at", now))
		if err != nil {
			return fmt.Errorf("recording %s: %w", at.file.Name, err)
		}
	}
	return nil
}
