package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"

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

// The modes of attaching a lake beside writing and reading: one that is created if there is none, and one that is read as of the snapshot in the variable
// snapshot, so that all statements of all connections see one state, as those on a published copy do.
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

// dataPath returns where the Parquet files are, as DuckDB names it: an absolute folder or s3://bucket/path/.
func (l Lake) dataPath() string {
	path := l.Data
	if l.isBucket() {
		path, _, _ = strings.Cut(path, "?")
	}
	return strings.TrimSuffix(path, "/") + "/"
}

func (l Lake) isBucket() bool { return strings.HasPrefix(l.Data, "s3://") }

// dataSecret returns the statement that gives DuckDB access to the bucket; empty for a folder. The credentials are where the AWS tools find them: in
// the environment, in ~/.aws or at the machine's role.
func (l Lake) dataSecret(ctx context.Context) (string, error) {
	if !l.isBucket() {
		return "", nil
	}
	found, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return "", fmt.Errorf("credentials of the bucket: %w", err)
	}
	credentials, err := found.Credentials.Retrieve(ctx)
	if err != nil {
		return "", fmt.Errorf("credentials of the bucket: %w\nhint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them into ~/.aws/credentials", err)
	}
	_, query, _ := strings.Cut(l.Data, "?")
	parameters, _ := url.ParseQuery(query) // validated with the configuration
	values := []string{"type s3", "scope " + quote(l.dataPath())}
	add := func(key, value string) {
		if value != "" {
			values = append(values, key+" "+quote(value))
		}
	}
	add("key_id", credentials.AccessKeyID)
	add("secret", credentials.SecretAccessKey)
	add("session_token", credentials.SessionToken)
	add("region", cmp.Or(parameters.Get("region"), found.Region))
	endpoint, plain := strings.CutPrefix(parameters.Get("endpoint"), "http://")
	add("endpoint", strings.TrimPrefix(endpoint, "https://"))
	if plain {
		values = append(values, "use_ssl false")
	}
	if parameters.Get("use_path_style") == "true" {
		add("url_style", "path")
	}
	return "create secret if not exists lake_data (" + strings.Join(values, ", ") + ")", nil
}

// explain adds a hint to an error of attaching a lake.
func (l Lake) explain(err error) error {
	text := err.Error()
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
	}
	switch {
	case has("extension") && has("Failed to download", "not found", "no such file", "signature", "was built"): // stack traces name extensions, too
		return fmt.Errorf("the lake needs DuckDB's extensions %s: %w\nhint: without internet, put their files NAME.duckdb_extension of DuckDB %s into %s; store.lake.extension_directory sets another folder",
			strings.Join(l.extensions(), ", "), err, DuckDBVersion(), l.extensionFolder())
	case has("Unable to connect to Postgres"):
		return fmt.Errorf("the lake's catalog %s cannot be reached: %w\nhint: check store.lake.catalog, and that PostgreSQL runs and lets this user in; the password is in store.lake.password_file, PGPASSWORD or ~/.pgpass",
			l.Catalog.Redacted(), err)
	case has("creating a new DuckLake is explicitly disabled", `relation "ducklake_snapshot" does not exist`, "Table with name settings does not exist"):
		return errNoLake(l.Catalog.Redacted())
	case has("does not match existing data path"):
		return fmt.Errorf("the lake has its data elsewhere: %w\nhint: all machines need the same store.lake.data", err)
	}
	return fmt.Errorf("opening the lake %s: %w", l.Catalog.Redacted(), err)
}

func errNoLake(name string) error {
	return fmt.Errorf("there is no lake in %s yet\nhint: run callsheet init --lake", name)
}

// IsTransient reports whether an error may be gone when the load is repeated: another loader committed at the same moment, or the catalog or the
// bucket could not be reached. The extensions have no error codes, so their messages are matched.
func IsTransient(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if errors.As(err, new(transientError)) {
		return true
	}
	for _, words := range []string{ // a person has to do something
		"authentication failed", "no password supplied", "no pg_hba.conf entry", "permission denied", `" does not exist`, "HTTP code 40", "(HTTP 40", "Failed to download extension",
	} {
		if strings.Contains(err.Error(), words) {
			return false
		}
	}
	for _, words := range []string{
		"Transaction conflict", "Failed to commit", // of DuckLake
		"Unable to connect to Postgres", "server closed the connection", "terminating connection", "connection to server", "no connection to the server",
		"the database system is", "could not connect", "SSL connection has been closed", "SSL SYSCALL",
		"HTTP Error", "HTTP code", "Could not establish connection", "HTTP GET", "HTTP PUT", "HTTP POST", "HTTP HEAD",
	} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// transientError is of a transaction of a loader that began from another state of the lake.
type transientError struct{ message string }

func (e transientError) Error() string { return e.message }

// countTransaction counts a transaction of this loader, and changes a row that each transaction of any loader changes. It returns a transientError if
// another process has loaded the same spool since this one began, which read other positions, or if the settings have changed.
func (s *Store) countTransaction(ctx context.Context, tx *sql.Tx) error {
	transactions, err := loaderTransactions(ctx, tx)
	if err != nil {
		return err
	}
	if transactions != s.transactions {
		return transientError{fmt.Sprintf("another process has loaded as %s at the same time\nhint: each collector needs a collector.id of its own, and one machine that loads its spool", s.options.Lake.Loader)}
	}
	if s.fingerprint != "" {
		var stored string
		if err := tx.QueryRowContext(ctx, "select fingerprint from "+lakeName+".main.settings").Scan(&stored); err != nil {
			return fmt.Errorf("reading the settings: %w", err)
		}
		if stored != s.fingerprint {
			return transientError{"the settings of the lake have changed during the load"}
		}
	}
	return runStep(ctx, tx, "load/count_transaction")
}

// loaderTransactions returns how many transactions this loader has committed.
func loaderTransactions(ctx context.Context, db session) (count int64, err error) {
	err = db.QueryRowContext(ctx, "select coalesce(max(transactions), 0) from loaders where loader = getvariable('loader')").Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("reading the loaders: %w", err)
	}
	return count, nil
}

// The keys of advisory locks in the catalog: that of a loader, from its look at the stored calls to its commit, and that of a maintenance. "callshee" and
// "maintain" in ASCII.
const (
	turnKey        = 0x63616c6c73686565
	maintenanceKey = 0x6d61696e7461696e
)

// tryLock takes an advisory lock until the end of a transaction, and reports whether it was free.
func tryLock(ctx context.Context, tx *sql.Tx, key int64) (acquired bool, err error) {
	query := fmt.Sprintf("from postgres_query(%s, 'select pg_try_advisory_xact_lock(%d)')", quote(catalogName), key)
	err = tx.QueryRowContext(ctx, query).Scan(&acquired)
	return acquired, err
}

// turnPoll is how often a loader asks whether its turn has come.
const turnPoll = 50 * time.Millisecond

// withTurn runs do while no other loader computes calls, from the state that the one before has committed. For a database file it only runs do: the
// file has one writer.
//
// The turn is an advisory lock in the catalog, which ends with the connection of a loader that dies. It only saves work: what keeps two loaders
// apart, also when the connection with the lock has been cut, is the first row of loaders, which each transaction changes. DuckLake commits only one
// of two transactions that change a row.
func (s *Store) withTurn(ctx context.Context, do func() error) (err error) {
	if s.turn == nil || s.hasTurn {
		return do()
	}
	tx, err := s.turn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("waiting for other loaders: %w", err)
	}
	defer tx.Rollback() // releases the lock
	for acquired := false; !acquired; {
		if acquired, err = tryLock(ctx, tx, turnKey); err != nil {
			return fmt.Errorf("waiting for other loaders: %w", err)
		}
		if !acquired {
			select {
			case <-time.After(turnPoll):
			case <-ctx.Done():
				return fmt.Errorf("waiting for other loaders: %w", context.Cause(ctx))
			}
		}
	}
	s.hasTurn = true
	defer func() { s.hasTurn = false }()
	return do()
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

// settingsTables are the tables of the configuration. A statement can read them dozens of times, each time from the catalog, so they are copied. A reader
// copies those that most queries read, since a copy takes some 20 ms, and all before it computes calls.
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

// connectLake attaches the lake and, for the lock of withTurn, its catalog.
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
		if s.turn, err = db.Conn(ctx); err != nil {
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
		return fmt.Errorf("the calls of the lake %s are being computed again\nhint: wait for callsheet init --lake, or run it again if it was interrupted", name)
	case stored != want:
		return fmt.Errorf("the lake %s has other settings than this configuration\nhint: give all machines the same sources, business and timezone, then run callsheet init --lake on one of them", name)
	}
	return nil
}
