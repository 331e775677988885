package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"callsheet/queries"
)

// CheckDatabase returns an error for a database file that is damaged or that a newer version made. It reads the schema, not the rows. A
// missing file is no error.
func CheckDatabase(ctx context.Context, options Options) (err error) {
	if _, err := os.Stat(options.Path); errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	options.TempDir = "" // nothing is spilled
	db, conn, err := connect(ctx, options, reading)
	if err != nil {
		return explainDatabase(options.Path, err)
	}
	defer func() { err = errors.Join(err, conn.Close(), db.Close()) }()
	var needed int64
	if err := conn.QueryRowContext(ctx, "select used_blocks * block_size from pragma_database_size()").Scan(&needed); err != nil {
		return explainDatabase(options.Path, err)
	}
	info, err := os.Stat(options.Path) // while it is open: before, a load could have made it grow
	if err != nil {
		return err
	}
	if info.Size() < needed {
		return fmt.Errorf("database %s is damaged: it has %d bytes, and blocks of %d%s", options.Path, info.Size(), needed, damageHint)
	}
	tables, err := texts(ctx, conn, "select table_name from duckdb_tables() where table_name = 'schema_migrations'")
	if err != nil || len(tables) == 0 { // a load that was killed at once; the next one creates it
		return explainDatabase(options.Path, err)
	}
	s := &Store{options: options, db: db, conn: conn}
	applied, err := s.appliedMigrations(ctx)
	if err != nil {
		return explainDatabase(options.Path, err)
	}
	return s.refuseNewer(applied, queries.Files("schema"))
}

const damageHint = "\nhint: callsheet load quarantines it and builds a new one from the spool"

func explainDatabase(path string, err error) error {
	if !isDamage(err) {
		return err
	}
	return fmt.Errorf("database %s is damaged: %w%s", path, err, damageHint)
}
