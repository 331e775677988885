package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"callsheet/queries"
)

// Counts are row counts by which a copy of a database is compared with the original.
type Counts struct {
	Calls, Versions, Rejects int64
}

func (c Counts) String() string {
	return fmt.Sprintf("%d calls, %d versions and %d rejected lines", c.Calls, c.Versions, c.Rejects)
}

func countRows(ctx context.Context, conn *sql.Conn) (counts Counts, err error) {
	err = conn.QueryRowContext(ctx, queries.SQL("load/counts")).Scan(&counts.Calls, &counts.Versions, &counts.Rejects)
	if err != nil {
		err = fmt.Errorf("counting rows: %w", err)
	}
	return counts, err
}

// Verify opens a closed database read-only and compares its row counts with those that were written: an incomplete file must not
// replace another.
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
		err = fmt.Errorf("it holds %v instead of %v\nhint: what was there before stays; see whether the disk is sound, and load again", got, want)
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
	return fmt.Errorf("%s.wal is left: the database is not written whole\nhint: the next load goes on with it", path)
}

// explainFull adds a hint to the error of a full disk.
func explainFull(err error) error {
	if err == nil || !strings.Contains(err.Error(), "No space left on device") {
		return err
	}
	return fmt.Errorf("%w\nhint: make room; nothing is lost, and the next load goes on where this one was", err)
}
