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

// lostRows are rows of a database that a rebuilt one lacks.
type lostRows struct{ calls, versions, entries int64 }

// CheckLoss returns an error if a rebuilt database lacks calls of the closed one at options.Path, or reports, live events or entries of
// directories, because they are no longer in the spool, or in files that could not be read, whose problems are given.
func CheckLoss(ctx context.Context, options Options, rebuilt string, problems []string) error {
	if _, err := os.Stat(options.Path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	lost, err := countLost(ctx, options, rebuilt)
	switch {
	case err != nil:
		return fmt.Errorf("comparing with the old database: %w\nhint: callsheet load --rebuild --accept-loss does not compare", err)
	case lost.calls > 0 && len(problems) == 0:
		return lostError(display.Agree(lost.calls, "call, whose deliveries are", "calls, whose deliveries are") + " no longer in the spool")
	case lost.versions > 0 && len(problems) == 0:
		return lostError(display.Agree(lost.versions, "report or live event, which is", "reports and live events, which are") + " no longer in the spool")
	case lost.calls > 0 || lost.versions > 0:
		what := display.Plural(int(lost.calls), "call")
		if lost.calls == 0 {
			what = display.Agree(lost.versions, "report or live event", "reports and live events")
		}
		return fmt.Errorf("the rebuilt database would lose %s; the old database is kept. Not all of the spool was read:\n%s\nhint: make these files readable, and rebuild again",
			what, strings.Join(display.GroupFiles(problems), "\n"))
	case lost.entries > 0:
		return fmt.Errorf("the rebuilt database would lose %s no longer in the files below %s; the old database is kept\nhint: restore the directory.ndjson of each source from a backup, or run callsheet load --rebuild --accept-loss",
			display.Agree(lost.entries, "entry of a vendor's directory, which is", "entries of vendors' directories, which are"), spool.VendorDir(options.DataDir))
	}
	return nil
}

func lostError(what string) error {
	return fmt.Errorf("the rebuilt database would lose %s; the old database is kept\nhint: restore the missing or changed spool files (callsheet status names them), or run callsheet load --rebuild --accept-loss", what)
}

// countLost counts the rows that a rebuilt database lacks. Reports and live events are known by hashes, so that those of an old version are not
// compared.
func countLost(ctx context.Context, options Options, rebuilt string) (lost lostRows, err error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return lost, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return lost, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	statements := append(sessionSettings(options),
		"attach "+quote(options.Path)+" as old (read_only)", "attach "+quote(rebuilt)+" as rebuilt (read_only)", "use rebuilt")
	for _, statement := range statements {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return lost, fmt.Errorf("%s: %w", statement, err)
		}
	}
	var hasDirectories, isOfThisVersion bool
	err = conn.QueryRowContext(ctx, `
		select (select count(*) > 0 from duckdb_tables() where database_name = 'old' and table_name = 'vendor_directory'),
			(select max(version) from old.schema_migrations) = (select max(version) from schema_migrations)`).Scan(&hasDirectories, &isOfThisVersion)
	if err != nil {
		return lost, err
	}
	for _, count := range []struct {
		query  string
		wanted bool
		rows   *int64
	}{{"lost_calls", true, &lost.calls}, {"lost_versions", isOfThisVersion, &lost.versions}, {"lost_entries", hasDirectories, &lost.entries}} {
		if !count.wanted {
			continue
		}
		if err := conn.QueryRowContext(ctx, queries.SQL("load/"+count.query)).Scan(count.rows); err != nil {
			return lost, fmt.Errorf("%s: %w", count.query, err)
		}
	}
	return lost, nil
}
