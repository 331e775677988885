package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/queries"
)

// lostRows are rows of a database that a rebuilt one lacks.
type lostRows struct{ calls, versions, entries, balances int64 }

// CheckLoss returns an error if a rebuilt database lacks calls of the closed one at options.Path, or reports, live events, entries of
// directories or balances, because they are no longer in the spool and in the vendors' files, or in files that could not be read, whose problems
// are given.
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
	}
	return lost.fetched(options)
}

// CheckFetchedLoss returns an error if a rebuilt database lacks entries of directories or balances of the closed one at options.Path.
func CheckFetchedLoss(ctx context.Context, options Options, rebuilt string) error {
	lost, err := countLost(ctx, options, rebuilt)
	if err != nil {
		return fmt.Errorf("comparing with the old database: %w", err)
	}
	return lost.fetched(options)
}

// fetched returns an error if what was fetched from vendors is lost.
func (lost lostRows) fetched(options Options) error {
	what, file := "", ""
	switch {
	case lost.entries > 0:
		what, file = display.Agree(lost.entries, "entry of a vendor's directory, which is", "entries of vendors' directories, which are"), "directory.ndjson"
	case lost.balances > 0:
		what, file = display.Agree(lost.balances, "balance, which is", "balances, which are"), "balance.ndjson"
	default:
		return nil
	}
	return fmt.Errorf("the rebuilt database would lose %s no longer in the files below %s; the old database is kept\nhint: restore the %s of each source from a backup, or run callsheet load --rebuild --accept-loss",
		what, spool.VendorDir(options.DataDir), file)
}

func lostError(what string) error {
	return fmt.Errorf("the rebuilt database would lose %s; the old database is kept\nhint: restore the missing or changed spool files (callsheet status names them), or run callsheet load --rebuild --accept-loss", what)
}

// countLost counts the rows that a rebuilt database lacks. Reports and live events are known by hashes, so that those of an old version are not
// compared.
func countLost(ctx context.Context, options Options, rebuilt string) (lost lostRows, err error) {
	err = withBoth(ctx, options, rebuilt, "read_only", func(conn *sql.Conn) error {
		var hasDirectories, hasBalances, isOfThisVersion bool
		err := conn.QueryRowContext(ctx, `
			with tables as (select table_name as name from duckdb_tables() where database_name = 'old')
			select exists (from tables where name = 'vendor_directory'), exists (from tables where name = 'balances'),
				(select max(version) from old.schema_migrations) = (select max(version) from schema_migrations)`).Scan(&hasDirectories, &hasBalances, &isOfThisVersion)
		if err != nil {
			return err
		}
		for _, count := range []struct {
			query  string
			wanted bool
			rows   *int64
		}{
			{"lost_calls", true, &lost.calls}, {"lost_versions", isOfThisVersion, &lost.versions},
			{"lost_entries", hasDirectories, &lost.entries}, {"lost_balances", hasBalances, &lost.balances},
		} {
			if !count.wanted {
				continue
			}
			if err := conn.QueryRowContext(ctx, queries.SQL("load/"+count.query)).Scan(count.rows); err != nil {
				return fmt.Errorf("%s: %w", count.query, err)
			}
		}
		return nil
	})
	return lost, err
}

// KeepRecomputations gives a rebuilt database the recomputations of the closed one at options.Path, and one of now if the settings or the definitions
// differ. Of a missing or damaged one there are none.
func KeepRecomputations(ctx context.Context, options Options, rebuilt string) error {
	if _, err := os.Stat(options.Path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	err := withBoth(ctx, options, rebuilt, "read_write", func(conn *sql.Conn) error {
		var known bool
		err := conn.QueryRowContext(ctx, "select exists (from duckdb_tables() where database_name = 'old' and table_name = 'recomputations')").Scan(&known)
		if err != nil || !known {
			return err
		}
		var definitions, settings bool
		err = conn.QueryRowContext(ctx, `
			select old.definitions_fingerprint is distinct from now.definitions_fingerprint, old.fingerprint <> now.fingerprint
			from old.settings as old, settings as now`).Scan(&definitions, &settings)
		if err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, "insert into recomputations from old.recomputations"); err != nil {
			return err
		}
		if reason := recomputeReason(definitions, settings, false); reason != "" {
			if _, err := conn.ExecContext(ctx, "insert into recomputations values (?, ?)", options.Now(), reason); err != nil {
				return err
			}
		}
		_, err = conn.ExecContext(ctx, "checkpoint rebuilt")
		return err
	})
	if err != nil && !IsDamaged(err, options.Path) {
		return fmt.Errorf("keeping the recomputations: %w", err)
	}
	return nil
}

// withBoth calls do with a connection to a rebuilt database, in which the closed one at options.Path is old.
func withBoth(ctx context.Context, options Options, rebuilt, mode string, do func(*sql.Conn) error) (err error) {
	scratch, err := newScratch(cmp.Or(options.TempDir, options.Path+".tmp"), options.TempLimit, writerShare)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scratch.close()) }()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	statements := slices.Concat(sessionSettings(options), scratch.settings(), []string{
		"attach " + quote(options.Path) + " as old (read_only)", "attach " + quote(rebuilt) + " as rebuilt (" + mode + ")", "use rebuilt"})
	for _, statement := range statements {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return do(conn)
}
