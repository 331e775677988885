package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/queries"
)

// The definitions of a lake are a database file with the macros, views and catalogs, and without the tables, which are in the lake. Each machine makes
// its own from its configuration. Options.Path is its path.

// ensureDefinitions makes the definitions if they are missing, or were made by another version, with another configuration or with other extensions, and
// makes DuckDB check the signatures of the extensions first.
func ensureDefinitions(ctx context.Context, options Options) (err error) {
	options.beside = attachment{}
	extensions, err := options.Lake.hashExtensions()
	known := err == nil // otherwise DuckDB may fetch them
	fingerprint := func() string { return hashed(options.macrosFingerprint() + extensions) }
	upToDate := func() (bool, error) {
		stored, err := definitionsOf(ctx, options)
		return known && stored == fingerprint(), err
	}
	if ok, err := upToDate(); ok || err != nil {
		return err
	}
	lock, err := lockTemplate(ctx, options.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	if ok, err := upToDate(); ok || err != nil { // another process has made them
		return err
	}
	if extensions, err = options.Lake.verifyExtensions(ctx); err != nil {
		return err
	}
	return makeTemplate(ctx, options, func(template *Store) error {
		if err := dropTables(ctx, template.conn); err != nil {
			return err
		}
		_, err := template.conn.ExecContext(ctx, "create table definitions as select ?::varchar as fingerprint", fingerprint())
		return err
	}, func(path string) error { return Replace(options.Path, path) })
}

// lockTemplate keeps other processes of this machine, which may start at the same moment, from making a template beside a file.
func lockTemplate(ctx context.Context, path string) (*atomicfile.Lock, error) {
	return atomicfile.TakeLock(ctx, filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".lock"), path, time.Minute)
}

// definitionsOf returns the fingerprint of the definitions at options.Path; empty if there are none that can be used.
func definitionsOf(ctx context.Context, options Options) (fingerprint string, err error) {
	if !exists(options.Path) {
		return "", nil
	}
	options.Lake = nil
	db, conn, err := connect(ctx, options, reading)
	if err != nil {
		return "", nil // it is replaced
	}
	defer func() { err = errors.Join(err, conn.Close(), db.Close()) }()
	if err := conn.QueryRowContext(ctx, "select fingerprint from definitions").Scan(&fingerprint); err != nil {
		return "", nil
	}
	return fingerprint, nil
}

// makeTemplate creates an empty database file beside options.Path with the tables, settings and macros of the options, calls do, closes the file and
// calls use with its path. The caller holds lockTemplate, if others may make one beside the same path.
func makeTemplate(ctx context.Context, options Options, do func(template *Store) error, use func(path string) error) (err error) {
	options.Path += ".new"
	options.Lake, options.DataDir, options.RunLedger = nil, "", ""
	if err := Remove(options.Path); err != nil { // left by a killed process
		return err
	}
	defer func() { err = errors.Join(err, Remove(options.Path)) }()
	s, err := open(ctx, options)
	if err != nil {
		return err
	}
	if err := errors.Join(do(s), s.Close()); err != nil {
		return err
	}
	return use(options.Path)
}

// catalogTables are the tables of the definitions. Their rows are part of the program.
const catalogTables = "'column_catalog', 'metric_catalog', 'code_catalog', 'table_catalog'"

func dropTables(ctx context.Context, conn *sql.Conn) error {
	names, err := texts(ctx, conn, "select table_name from duckdb_tables() where not internal and not temporary and table_name not in ("+catalogTables+")")
	for _, name := range names {
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("drop table %q", name)); err != nil {
			return err
		}
	}
	return err
}

// InitLake creates the tables of a lake that has none, or brings those of a lake to this version. It applies the settings, and computes all calls
// again if these have changed.
func InitLake(ctx context.Context, options Options) error {
	s, err := createLake(ctx, options)
	if err != nil {
		return err
	}
	return errors.Join(s.withLoadLock(ctx, func() error {
		if err := s.ensureTables(ctx); err != nil {
			return err
		}
		if err := s.migrate(ctx); err != nil {
			return err
		}
		if err := s.addStatistics(ctx); err != nil {
			return err
		}
		return s.applySettings(ctx)
	}), s.Close())
}

// addStatistics adds to the catalog the statistics of tables without rows. Of a table without statistics, DuckLake 1.0 asks for them twice for each column
// of each scan, which was more than half of all statements of a load.
func (s *Store) addStatistics(ctx context.Context) error {
	const statement = `
insert into ducklake_table_column_stats (table_id, column_id, contains_null)
select table_id, column_id, false from ducklake_column where end_snapshot is null and table_id not in (select table_id from ducklake_table_stats);

insert into ducklake_table_stats (table_id, record_count, next_row_id, file_size_bytes)
select table_id, 0, 0, 0 from ducklake_table where end_snapshot is null and table_id not in (select table_id from ducklake_table_stats)`
	if _, err := s.conn.ExecContext(ctx, fmt.Sprintf("call postgres_execute(%s, %s)", quote(catalogName), quote(statement))); err != nil {
		return fmt.Errorf("adding statistics of empty tables: %w", err)
	}
	return nil
}

// createLake opens a lake, which may have no tables yet.
func createLake(ctx context.Context, options Options) (*Store, error) {
	if !options.Lake.isBucket() {
		if err := os.MkdirAll(filepath.Join(options.Lake.Data, "main"), 0o750); err != nil { // of the schema main, which DuckLake does not create
			return nil, err
		}
	}
	return connectLake(ctx, options, creating)
}

// ensureTables creates the tables of a lake that has none.
func (s *Store) ensureTables(ctx context.Context) error {
	created, err := s.isCreated(ctx)
	if err != nil {
		return err
	}
	if !created {
		if err := s.createTables(ctx); err != nil {
			return s.options.Lake.explain(err)
		}
	}
	s.transactions, err = loaderTransactions(ctx, s.conn)
	return err
}

// createTables creates the tables of an empty database in the lake.
func (s *Store) createTables(ctx context.Context) (err error) {
	var statements []string
	options := s.options
	options.beside = attachment{}
	lock, err := lockTemplate(ctx, options.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	err = makeTemplate(ctx, options, func(template *Store) (err error) {
		statements, err = texts(ctx, template.conn, lakeTablesSQL)
		return err
	}, func(string) error { return nil })
	if err != nil {
		return err
	}
	tx, err := s.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	for _, statement := range slices.Concat(statements, lakeLayout) {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	for _, file := range queries.Files("schema") {
		if err := s.recordMigration(ctx, tx, file); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// lakeLayout are the statements that make the tables of a lake fit for many months and many loaders.
var lakeLayout = []string{
	// Small loads are rows in the catalog; a load of every few minutes would make a small file for each table.
	"call lake.set_option('data_inlining_row_limit', 1000)",
	fmt.Sprintf("call lake.set_option('target_file_size', '%dB')", targetFileSize),
	"create table loaders (loader varchar not null, transactions bigint not null)", "insert into loaders values ('', 0)",
	"alter table calls set partitioned by (year(local_day), month(local_day))",
	// A file has the least and the greatest value of each column. The ids of most calls begin with their time, so a day and a call are in few files.
	"alter table calls set sorted by (local_day, call_sid)", "alter table call_versions set sorted by (call_sid)",
	"alter table live_events set sorted by (call_sid)", "alter table shared_call_legs set sorted by (call_sid)",
}

// lakeTablesSQL returns a statement for each table of a database file that creates it in a lake, which knows no expression as a default.
const lakeTablesSQL = `
select 'create table lake.main.' || table_name || ' (' || string_agg(
    '"' || column_name || '" ' || data_type || if(is_nullable, '', ' not null')
        || if(coalesce(column_default, 'NULL') = 'NULL', '', ' default ' || (column_default = 'CAST(''t'' AS BOOLEAN)')), ', ' order by column_index) || ')'
from duckdb_columns() where not internal and table_name in (select table_name from duckdb_tables() where not internal and not temporary)
    and table_name not in (` + catalogTables + `)
group by table_name
order by table_name`

// texts returns the first column of a query.
func texts(ctx context.Context, conn *sql.Conn, query string) (list []string, err error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}
