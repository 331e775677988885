package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/queries"
)

// CheckLoss returns an error if a rebuilt database lacks calls of the closed one at options.Path, because their deliveries are no
// longer in the spool, or in files that could not be read, whose problems are given. A damaged old database is not compared.
func CheckLoss(ctx context.Context, options Options, rebuilt string, problems []string) error {
	if _, err := os.Stat(options.Path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	lost, entries, err := lostRows(ctx, options, rebuilt)
	if err == nil && lost == 0 && entries == 0 || IsDamaged(err, options.Path) {
		return nil
	}
	if err == nil && lost == 0 {
		return fmt.Errorf("the rebuilt database would lose %s no longer in the files below %s; the old database is kept\nhint: restore the directory.ndjson of each source from a backup, or run callsheet load --rebuild --accept-loss",
			display.Agree(entries, "entry of a vendor's directory, which is", "entries of vendors' directories, which are"), spool.VendorDir(options.DataDir))
	}
	if err != nil {
		return fmt.Errorf("comparing with the old database: %w\nhint: callsheet load --rebuild --accept-loss does not compare", err)
	}
	if len(problems) > 0 {
		return fmt.Errorf("the rebuilt database would lose %s; the old database is kept. Not all of the spool was read:\n%s\nhint: make these files readable, and rebuild again",
			display.Plural(int(lost), "call"), strings.Join(display.GroupFiles(problems), "\n"))
	}
	return fmt.Errorf("the rebuilt database would lose %s no longer in the spool; the old database is kept\nhint: restore the missing or changed spool files (callsheet status names them), or run callsheet load --rebuild --accept-loss",
		display.Agree(lost, "call, whose deliveries are", "calls, whose deliveries are"))
}

// lostRows counts the calls and the entries of vendors' directories that a rebuilt database lacks.
func lostRows(ctx context.Context, options Options, rebuilt string) (calls, entries int64, err error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	statements := append(sessionSettings(options),
		"attach "+quote(options.Path)+" as old (read_only)", "attach "+quote(rebuilt)+" as rebuilt (read_only)", "use rebuilt")
	for _, statement := range statements {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return 0, 0, fmt.Errorf("%s: %w", statement, err)
		}
	}
	if err := conn.QueryRowContext(ctx, queries.SQL("load/lost_calls")).Scan(&calls); err != nil {
		return 0, 0, err
	}
	var hasDirectories bool // not that of an old version
	err = conn.QueryRowContext(ctx, "select count(*) > 0 from duckdb_tables() where database_name = 'old' and table_name = 'vendor_directory'").Scan(&hasDirectories)
	if err != nil || !hasDirectories {
		return calls, 0, err
	}
	err = conn.QueryRowContext(ctx, queries.SQL("load/lost_entries")).Scan(&entries)
	return calls, entries, err
}
