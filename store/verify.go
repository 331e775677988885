package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"callsheet/internal/display"
	"callsheet/queries"
)

// Counts are the row counts by which Verify compares a database with the result of its load.
type Counts struct {
	Calls, Versions, Rejects int64
}

func (c Counts) String() string {
	return fmt.Sprintf("%s, %s and %s", display.Plural(int(c.Calls), "call"), display.Plural(int(c.Versions), "version"), display.Plural(int(c.Rejects), "rejected line"))
}

func countRows(ctx context.Context, conn *sql.Conn) (counts Counts, err error) {
	err = conn.QueryRowContext(ctx, queries.SQL("load/counts")).Scan(&counts.Calls, &counts.Versions, &counts.Rejects)
	if err != nil {
		err = fmt.Errorf("counting rows: %w", err)
	}
	return counts, err
}

// Verify opens a closed database read-only and compares its row counts with those of the load, so that an incomplete file never
// replaces a complete one.
func Verify(ctx context.Context, options Options, want Counts) (err error) {
	if err := checkNoWAL(options.Path); err != nil {
		return err
	}
	db, conn, err := connect(ctx, options, reading)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(), db.Close()) }()
	got, err := countRows(ctx, conn)
	if err == nil && got != want {
		err = fmt.Errorf("it has %v, want %v\nhint: the old database is kept; check the disk and load again", got, want)
	}
	if err != nil {
		return fmt.Errorf("verifying %s: %w", options.Path, err)
	}
	return nil
}

// checkNoWAL returns an error if a closed database is incomplete without its write-ahead log.
func checkNoWAL(path string) error {
	if !exists(path + ".wal") {
		return nil
	}
	return fmt.Errorf("write-ahead log %s.wal remains: the checkpoint failed\nhint: run callsheet load again", path)
}

// IsFull reports whether an error means that a disk is full. DuckDB's has only a text.
func IsFull(err error) bool {
	return err != nil && (errors.Is(err, syscall.ENOSPC) || strings.Contains(err.Error(), "No space left on device"))
}
