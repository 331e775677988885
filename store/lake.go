package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"callsheet/queries"
)

// Lake is a DuckLake: a database whose catalog is in PostgreSQL and whose rows are in Parquet files, in a folder or a bucket. Many loaders, each with
// its own spool, and many readers can have it open at a time, on different machines.
//
// The tables are those of a database file. The macros, views and catalogs are in a small database file on each machine, since DuckLake 1.0 keeps no
// macro with optional parameters; see definitions.go.
type Lake struct {
	Catalog    *url.URL // of the PostgreSQL database: postgres://user@host:5432/name?sslmode=require
	Password   string   // of its user; libpq reads PGPASSWORD and ~/.pgpass if empty
	Data       string   // the folder of the Parquet files, or s3://bucket/path/?region=…&endpoint=…&use_path_style=true
	Extensions string   // DuckDB's folder of extensions; its own default if empty
	Loader     string   // whose spool is loaded: the id of its collector
}

// The names of the attached databases in SQL: the lake, and its catalog as a plain PostgreSQL database.
const (
	lakeName    = "lake"
	catalogName = "lake_catalog"
)

// Further modes of attaching a lake: create it if it is missing, or read it as of the snapshot in the variable snapshot, so that all connections see one
// state, as on a published copy.
const (
	creating = "creating"
	pinned   = "pinned"
)

// attach returns the statements that attach the lake under a name.
func (l Lake) attach(ctx context.Context, mode, name string) ([]string, error) {
	statements := l.loadExtensions()
	if l.Password != "" {
		statements = append(statements, "create secret if not exists "+catalogName+" (type postgres, password "+quote(l.Password)+")")
	}
	secret, err := l.dataSecret(ctx)
	if err != nil {
		return nil, err
	}
	if secret != "" {
		statements = append(statements, secret)
	}
	if mode == pinned {
		// DuckLake would return the latest snapshot once it is attached, and attaching it again takes a tenth of a second.
		statements = append(statements, l.attachCatalog(),
			fmt.Sprintf("set variable snapshot = (from postgres_query(%s, 'select max(snapshot_id) from ducklake_snapshot'))", quote(catalogName)),
			"detach "+catalogName)
	}
	return append(statements, l.attachAs(name, mode)), nil
}

// attachAs returns the statement that attaches the lake under a name, when the extensions are loaded and the secrets created.
func (l Lake) attachAs(name, mode string) string {
	options := []string{"data_path " + quote(l.dataPath()), "meta_schema 'public'"} // not the schemas of PostgreSQL itself, which are large
	if l.Password != "" {
		options = append(options, "meta_secret "+quote(catalogName))
	}
	if mode == pinned {
		options = append(options, "snapshot_version getvariable('snapshot')")
	}
	if mode == pinned || mode == reading {
		options = append(options, "read_only")
	}
	if mode != creating {
		options = append(options, "create_if_not_exists false")
	}
	return "attach if not exists " + quote("ducklake:postgres:"+l.catalogString()) + " as " + name + " (" + strings.Join(options, ", ") + ")"
}

// attachCatalog returns the statement that attaches the catalog as a plain PostgreSQL database.
func (l Lake) attachCatalog() string {
	options := "type postgres, schema 'public'"
	if l.Password != "" {
		options += ", secret " + quote(catalogName)
	}
	return "attach if not exists " + quote(l.catalogString()) + " as " + catalogName + " (" + options + ")"
}

// session returns the statements that attach the lake and the definitions to a connection, after which the lake's tables are found first.
func (l Lake) session(ctx context.Context, mode, definitions string) ([]string, error) {
	if mode == reading {
		mode = pinned
	}
	statements, err := l.attach(ctx, mode, lakeName)
	return append(statements,
		"attach if not exists "+quote(definitions)+" as definitions (read_only)",
		searchLake,
		"set variable loader = "+quote(l.Loader)), err
}

// searchLake finds the tables of the lake first.
const searchLake = "set search_path = '" + lakeName + ".main,definitions.main'"

// pinTo attaches the lake again, as of another snapshot.
func (l Lake) pinTo(ctx context.Context, conn *sql.Conn, snapshot int64) error {
	for _, statement := range []string{
		fmt.Sprintf("set variable snapshot = %d", snapshot),
		"use memory", // the default database cannot be detached
		"detach " + lakeName, l.attachAs(lakeName, pinned), searchLake,
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return l.explain(err)
		}
	}
	return nil
}

// catalogString returns the connection string of the catalog, without the password.
func (l Lake) catalogString() string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+"='"+strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value)+"'")
		}
	}
	add("host", l.Catalog.Hostname())
	add("port", l.Catalog.Port())
	add("user", l.Catalog.User.Username())
	add("dbname", strings.TrimPrefix(l.Catalog.Path, "/"))
	for key, values := range l.Catalog.Query() {
		add(key, values[0])
	}
	return strings.Join(parts, " ")
}

// openLake opens the lake for loads.
func openLake(ctx context.Context, options Options) (*Store, error) {
	s, err := connectLake(ctx, options, writing)
	if err != nil {
		return nil, err
	}
	err = s.checkLake(ctx)
	if err == nil {
		err = s.applyDirectories(ctx)
	}
	if err == nil {
		err = copySettings(ctx, s.conn, settingsTables)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// settingsTables are the tables of the configuration. A statement can read them dozens of times, each time from the catalog, so connections copy them.
// A copy takes some 20 ms, so a reader copies those that most queries read, and all of them only before it computes calls.
var (
	settingsTables  = append([]string{"status_words", "direction_words", "number_groups", "agent_directory", "goals"}, queriedSettings...)
	queriedSettings = []string{"settings", "sources", "business_hours", "holidays"}
)

// copySettings copies tables of the settings into temporary tables of the same names, which SQL finds first.
func copySettings(ctx context.Context, conn *sql.Conn, tables []string) error {
	tx, err := conn.BeginTx(ctx, nil) // which asks the catalog for the latest snapshot once
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	for _, table := range tables {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("create or replace temp table %s as from %s.main.%[1]s", table, lakeName)); err != nil {
			return fmt.Errorf("reading the settings: %w", err)
		}
	}
	return tx.Commit()
}

// connectLake attaches the lake and, for the lock of withLoadLock, its catalog.
func connectLake(ctx context.Context, options Options, mode string) (*Store, error) {
	if err := ensureDefinitions(ctx, options); err != nil {
		return nil, err
	}
	db, conn, err := connect(ctx, options, mode)
	if err != nil {
		return nil, err
	}
	s := &Store{options: options, db: db, conn: conn}
	err = func() error {
		if _, err := conn.ExecContext(ctx, options.Lake.attachCatalog()); err != nil {
			return options.Lake.explain(err)
		}
		if s.loadLock, err = db.Conn(ctx); err != nil {
			return err
		}
		if options.maintains {
			if s.maintenance, err = db.Conn(ctx); err != nil {
				return err
			}
		}
		return errors.Join(registerSpoolLines(ctx, conn), registerRehashing(conn), options.sandbox(ctx, conn))
	}()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// CheckData lists the folder or the bucket of the lake's rows.
func (s *Store) CheckData(ctx context.Context) error {
	lake := s.options.Lake
	var files int64
	if err := s.conn.QueryRowContext(ctx, "select count(*) from glob(?)", lake.dataPath()+"*").Scan(&files); err != nil {
		return fmt.Errorf("the data of the lake in %s cannot be read: %w\nhint: check store.lake.data and the credentials of the bucket", lake.dataPath(), err)
	}
	return nil
}

// isCreated reports whether the lake has the tables of callsheet.
func (s *Store) isCreated(ctx context.Context) (created bool, err error) {
	// duckdb_tables() would read the columns of all tables of the catalog.
	const statement = "select exists (select from ducklake_table where table_name = 'loaders' and end_snapshot is null)"
	err = s.conn.QueryRowContext(ctx, fmt.Sprintf("from postgres_query(%s, %s)", quote(catalogName), quote(statement))).Scan(&created)
	if err != nil {
		return false, s.options.Lake.explain(err)
	}
	return created, nil
}

func (s *Store) checkCreated(ctx context.Context) error {
	created, err := s.isCreated(ctx)
	if err == nil && !created {
		err = errNoLake(s.options.Lake.Catalog.Redacted())
	}
	return err
}

// checkLake returns an error if the lake was not created, or by another version or with other settings: loaders would compute calls differently.
func (s *Store) checkLake(ctx context.Context) error {
	name := s.options.Lake.Catalog.Redacted()
	if err := s.checkCreated(ctx); err != nil {
		return err
	}
	var err error
	if s.transactions, err = loaderTransactions(ctx, s.conn); err != nil {
		return err
	}
	applied, err := s.appliedMigrations(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	files := queries.Files("schema")
	if err := s.refuseNewer(applied, files); err != nil {
		return err
	}
	want, err := s.options.Settings.fingerprint()
	if err != nil {
		return err
	}
	s.fingerprint = want
	var stored, definitions string
	err = s.conn.QueryRowContext(ctx, "select fingerprint, definitions_fingerprint from settings").Scan(&stored, &definitions)
	switch {
	case errors.Is(err, sql.ErrNoRows): // the tables have been created, and the settings not yet applied
		return errNoLake(name)
	case err != nil:
		return fmt.Errorf("reading the settings: %w", err)
	case len(applied) < len(files) || definitions != definitionsFingerprint():
		return fmt.Errorf("the lake %s was last set up by another version of callsheet\nhint: give all machines the same version, then run callsheet init --lake on one of them", name)
	case strings.HasPrefix(stored, copying):
		return errCopying(name)
	case strings.HasPrefix(stored, incomplete):
		return fmt.Errorf("the calls of the lake %s are being recomputed\nhint: wait for callsheet init --lake, or run it again if it was interrupted", name)
	case stored != want:
		return fmt.Errorf("the lake %s has other settings than this configuration\nhint: give all machines the same sources, business and timezone, then run callsheet init --lake on one of them", name)
	}
	return nil
}
