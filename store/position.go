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

	"callsheet/spool"
)

// headBytes are hashed to recognise a file: enough for the ids and times of its first deliveries.
const headBytes = 4096

// position is how far a spool file has been read; the row of `spool_files`.
type position struct {
	file       spool.File
	startBytes int64 // where this load began
	fromBytes  int64 // where this slice began
	bytes      int64 // of uncompressed content
	lines      int64
	blank      int64 // blank lines in this slice
	headHash   string
	diskBytes  int64
	modifiedAt time.Time
}

// positions reads the ledger, by file name.
func (s *Store) positions(ctx context.Context) (map[string]position, error) {
	rows, err := s.conn.QueryContext(ctx,
		"select file, loaded_bytes, loaded_lines, head_hash, disk_bytes, modified_at from spool_files")
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	defer rows.Close()
	known := map[string]position{}
	for rows.Next() {
		var name string
		var at position
		if err := rows.Scan(&name, &at.bytes, &at.lines, &at.headHash, &at.diskBytes, &at.modifiedAt); err != nil {
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
	hash, err := at.hashHead()
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("%s is shorter than what was loaded from it (%d bytes); nothing more was read from it; %s",
			at.file.Name, at.bytes, hint)
	case err != nil:
		return fmt.Sprintf("%s: %v", at.file.Name, err)
	case hash != at.headHash:
		return fmt.Sprintf("%s is not the file that was loaded before; nothing was read from it; %s", at.file.Name, hint)
	}
	return ""
}

// hashHead hashes the first bytes of what was read of the file; io.ErrUnexpectedEOF if they are not there any more.
func (at position) hashHead() (string, error) {
	content, err := at.file.Content()
	if err != nil {
		return "", err
	}
	defer content.Close()
	head := make([]byte, min(at.bytes, headBytes))
	if _, err := io.ReadFull(content, head); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return "", err
	}
	sum := sha256.Sum256(head)
	return hex.EncodeToString(sum[:]), nil
}

// recordPositions commits how far the files of a slice were read.
func recordPositions(ctx context.Context, tx *sql.Tx, positions []position, now time.Time) error {
	for _, at := range positions {
		headHash, err := at.hashHead()
		if err != nil {
			return fmt.Errorf("recording %s: %w", at.file.Name, err)
		}
		_, err = tx.ExecContext(ctx, `merge into spool_files as known
			using (select ? as file, ?::bigint as bytes, ?::bigint as lines, ? as head_hash,
			              ?::bigint as disk_bytes, ?::timestamptz as modified_at, ?::timestamptz as now) as fresh
			on known.file = fresh.file
			when matched then update set loaded_bytes = bytes, loaded_lines = lines, head_hash = fresh.head_hash,
				disk_bytes = fresh.disk_bytes, modified_at = fresh.modified_at, last_loaded_at = now
			when not matched then insert (file, loaded_bytes, loaded_lines, head_hash, disk_bytes, modified_at,
				first_loaded_at, last_loaded_at)
				values (file, bytes, lines, fresh.head_hash, fresh.disk_bytes, fresh.modified_at, now, now)`,
			at.file.Name, at.bytes, at.lines, headHash, at.file.Size, at.file.ModTime, now)
		if err != nil {
			return fmt.Errorf("recording %s: %w", at.file.Name, err)
		}
	}
	return nil
}
