// Package store manages the DuckDB database: it opens and migrates it, loads each spool line exactly once, publishes a read-only
// copy and runs queries on that copy.
//
// DuckDB allows one writing process or many reading processes, never both. So the database itself is open only during a load, and all readers use
// the published copy, which is replaced by rename.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"callsheet/queries"
)

// Options are the location of a database and the resources it may use.
type Options struct {
	Path        string // the database file; with a lake, its definitions
	Lake        *Lake  // where the tables are, if not in the file
	TempDir     string // where DuckDB spills to disk, a folder for each instance; beside the database when empty
	TempLimit   int64  // bytes that all instances together may spill; DuckDB's own limit for each when 0
	MemoryLimit string // in DuckDB's notation, such as 1GiB; DuckDB's own default when empty
	Threads     int    // one per core when 0
	Program     string // the version of callsheet, which the database records
	Settings    Settings
	Now         func() time.Time
	UserQueries []queries.File // the user's own named queries
	DataDir     string         // the data folder, for what was fetched from vendors; nothing if empty
	RunLedger   string         // the scheduler's ledger, which a load into a database file reads; may be missing
	Immutable   bool           // the file is a published copy, which is never written, so any number of instances can open it
	Connections int            // of a reader, each for one query at a time; 1 when 0

	maintains bool       // the lake is maintained
	loadsOnly bool       // the database has no macros of metrics and named queries
	beside    attachment // what a copy reads
}

// attachment is a database that is attached beside the one that is opened.
type attachment struct {
	statements []string
	data       string // its folder or bucket, if it is a lake
}

// Store is a database open for writing.
type Store struct {
	options      Options
	db           *database
	conn         *sql.Conn
	turn         *sql.Conn // with a lake, for the lock of withTurn
	maintenance  *sql.Conn // of a lake that is maintained, for the lock of that
	hasTurn      bool
	transactions int64  // of this loader in the lake
	fingerprint  string // of the settings that a load into a lake supposes

	migrated string                          // from which version, for the summary of the load; empty if it was not
	warnings []string                        // from opening it, for the summary of the load
	unusable map[string]error                // user queries without a macro, by name; see UnusableQueries
	judge    func(ctx context.Context) error // of a preview: takes lines out of `staged`
}

// Open opens the database for writing. It creates the database if it is missing, migrates its schema, and updates its macros and
// settings. Another process that has it open is an error that names its process id. A lake is opened if InitLake has created it.
func Open(ctx context.Context, options Options) (*Store, error) {
	if options.Lake != nil {
		return openLake(ctx, options)
	}
	var warnings []string
	if _, err := os.Stat(options.Path); errors.Is(err, os.ErrNotExist) {
		if warnings, err = create(ctx, options); err != nil {
			return nil, err
		}
	}
	s, err := open(ctx, options)
	if err != nil {
		return nil, err
	}
	s.warnings = append(warnings, s.warnings...)
	return s, nil
}

// create creates an empty database beside its path and renames it when it is complete: a partial file would look like a damaged
// database.
func create(ctx context.Context, options Options) (warnings []string, err error) {
	path := options.Path
	options.Path += ".new"
	if err := Remove(options.Path); err != nil { // left by a killed process
		return nil, err
	}
	s, err := open(ctx, options)
	if err != nil {
		return nil, errors.Join(err, Remove(options.Path))
	}
	if err := s.Close(); err != nil {
		return nil, errors.Join(err, Remove(options.Path))
	}
	return s.warnings, Replace(path, options.Path)
}

func open(ctx context.Context, options Options) (*Store, error) {
	db, conn, err := connect(ctx, options, writing)
	if err != nil {
		return nil, err
	}
	s := &Store{options: options, db: db, conn: conn}
	if err := errors.Join(registerSpoolLines(ctx, conn), registerRehashing(conn)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if !options.loadsOnly { // a preview attaches the published copy, and has no SQL of users
		if err := options.sandbox(ctx, conn); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if err := s.applySettings(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close checkpoints the database and closes it. DuckDB would checkpoint on close, too, but report no error.
func (s *Store) Close() error {
	if s.options.Lake != nil {
		var errs []error
		for _, lock := range []*sql.Conn{s.turn, s.maintenance} {
			if lock != nil {
				errs = append(errs, lock.Close())
			}
		}
		return errors.Join(append(errs, s.conn.Close(), s.db.Close())...)
	}
	_, err := s.conn.ExecContext(context.Background(), "checkpoint")
	if err != nil {
		err = fmt.Errorf("writing the database %s: %w", s.options.Path, err)
	}
	if err := errors.Join(err, s.conn.Close(), s.db.Close()); err != nil {
		return err
	}
	return checkNoWAL(s.options.Path)
}

// DuckDB's options for the two access modes. The storage format of 1.3 is smaller and faster to write than the default, that of 1.0,
// and older clients could not run our macros anyway.
const (
	writing = "storage_compatibility_version=v1.3.0&preserve_insertion_order=false"
	reading = "access_mode=read_only"
)

// database is an open database file.
type database struct {
	*sql.DB
	release func() // releases the lock within this process
}

func (d *database) Close() error {
	defer d.release()
	return d.DB.Close()
}

// connect opens the file at options.Path, for writing or reading.
func connect(ctx context.Context, options Options, mode string) (_ *database, _ *sql.Conn, err error) {
	file := options.Path
	if options.Immutable && options.Lake == nil {
		if file, err = publishedFile(options.Path); errors.Is(err, fs.ErrNotExist) && exists(options.Path) {
			return nil, nil, errDamagedCopy(err) // the link leads nowhere
		}
		if err != nil {
			return nil, nil, explainOpen(options.Path, err)
		}
	}
	release, err := lockFile(ctx, options)
	if err != nil {
		return nil, nil, err
	}
	settings := append(sessionSettings(options), options.beside.statements...)
	share := int64(writerShare)
	if mode == reading {
		share = readerShare
	}
	if options.Lake != nil {
		session, err := options.Lake.session(ctx, mode, file)
		if err != nil {
			release()
			return nil, nil, err
		}
		settings = append(settings, session...)
		file, mode = "", "allow_unsigned_extensions=true" // an empty database in memory; ensureDefinitions has verified the extensions
	}
	if options.TempDir != "" {
		spill, err := newScratch(options.TempDir, options.TempLimit, share)
		if err != nil {
			release()
			return nil, nil, err
		}
		settings = append(settings, spill.settings()...)
		releaseFile := release
		release = func() {
			_ = spill.close() // the next instance removes leftovers
			releaseFile()
		}
	}
	var db *database
	var conn *sql.Conn
	err = waitForFile(ctx, func() error {
		connector, err := newConnector(file, mode, func(execer driver.ExecerContext) error {
			for _, statement := range settings {
				if _, err := execer.ExecContext(context.Background(), statement, nil); err != nil {
					shown, _, _ := strings.Cut(statement, " (") // the options of a secret are secret
					return fmt.Errorf("%s: %w", shown, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		db = &database{sql.OpenDB(connector), release}
		if conn, err = db.Conn(ctx); err != nil {
			return errors.Join(err, db.DB.Close())
		}
		return nil
	})
	if err != nil {
		release()
		return nil, nil, options.explainOpen(err)
	}
	return db, conn, nil
}

// waitForFile calls open until no other process has the database file open, for up to fileLockTimeout.
func waitForFile(ctx context.Context, open func() error) error {
	ctx, cancel := context.WithTimeout(ctx, fileLockTimeout)
	defer cancel()
	for {
		err := open()
		if err == nil || !isInUse(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(fileLockInterval):
		}
	}
}

// isInUse reports whether another process has the database file open; DuckDB has no error code for that.
func isInUse(err error) bool { return strings.Contains(err.Error(), "Could not set lock") }

// instanceCacheMutex guards the driver's cache of open databases while it is replaced.
var instanceCacheMutex sync.Mutex

// CheckPath returns an error for a path that DuckDB's driver would misread: it takes the options of a database from a URL, in which ? and #
// end the path.
func CheckPath(path string) error {
	if parsed, err := url.Parse(path + "?" + reading); err != nil || parsed.RawQuery != reading {
		return fmt.Errorf("DuckDB's driver cannot open the path %s\nhint: choose a data_dir without ?, # and %%", path)
	}
	return nil
}

// newConnector opens a new database instance. The driver would otherwise return the instance that already has the path open, with
// its settings, even if the file has been replaced since.
func newConnector(path, mode string, init func(driver.ExecerContext) error) (*duckdb.Connector, error) {
	if err := CheckPath(path); err != nil {
		return nil, err
	}
	instanceCacheMutex.Lock()
	defer instanceCacheMutex.Unlock()
	cache := mapping.CreateInstanceCache()
	defer mapping.DestroyInstanceCache(&cache)
	duckdb.GetInstanceCache = func() mapping.InstanceCache { return cache }
	return duckdb.NewConnector(path+"?"+mode, init)
}

// fileLocks has a lock for each database file, by path. The lock of the operating system does not exclude other users within this
// process, and is released as soon as any of them closes the file.
var fileLocks sync.Map

const (
	fileLockTimeout  = time.Minute            // how long to wait for another user of a file, in this process or in another one
	fileLockInterval = 100 * time.Millisecond // how often to try to open a file that another process has open
)

// lockFile waits until nothing else in this process has the file open. A published copy needs no lock.
func lockFile(ctx context.Context, options Options) (release func(), err error) {
	if options.Immutable || options.Lake != nil {
		return func() {}, nil
	}
	path, err := filepath.Abs(options.Path)
	if err != nil {
		return nil, err
	}
	value, _ := fileLocks.LoadOrStore(path, make(chan struct{}, 1))
	lock := value.(chan struct{})
	select {
	case lock <- struct{}{}:
		return sync.OnceFunc(func() { <-lock }), nil
	case <-time.After(fileLockTimeout):
		return nil, fmt.Errorf("database %s is in use by another part of this process", options.Path)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sessionSettings are statements that make connections independent of the machine's zone and size.
func sessionSettings(options Options) []string {
	statements := []string{"set timezone = " + quote(options.Settings.Timezone)}
	if options.MemoryLimit != "" {
		statements = append(statements, "set memory_limit = "+quote(options.MemoryLimit))
	}
	threads := cmp.Or(options.Threads, runtime.GOMAXPROCS(0))
	// DuckDB counts one calling thread among its threads; each further connection adds a caller, which works too.
	threads = max(1, threads+1-max(1, options.Connections))
	statements = append(statements, fmt.Sprintf("set threads = %d", threads))
	// DuckDB expects tables filled in the same transaction to be empty, and would join each of their rows with every other one.
	statements = append(statements, "set asof_loop_join_threshold = 0")
	return statements
}

// sandbox restricts SQL to the open database, the data of the lake and the ledger of runs: no other file can be read or written, nothing attached,
// no extension loaded, and none of these settings changed. It applies to all connections of an instance, so it runs when all are open.
func (o Options) sandbox(ctx context.Context, conn *sql.Conn) error {
	var files, folders string
	if o.RunLedger != "" {
		files = quote(o.RunLedger)
	}
	switch {
	case o.Lake != nil:
		folders = quote(o.Lake.dataPath())
	case o.beside.data != "":
		folders = quote(o.beside.data)
	}
	for _, statement := range []string{
		"set allowed_paths = [" + files + "]", "set allowed_directories = [" + folders + "]",
		"set autoload_known_extensions = false", "set autoinstall_known_extensions = false",
		"set enable_external_access = false", "set lock_configuration = true",
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func (o Options) explainOpen(err error) error {
	if o.Lake != nil {
		return o.Lake.explain(err)
	}
	return explainOpen(o.Path, err)
}

// explainOpen rewrites DuckDB's error for a locked or missing file, with a hint.
func explainOpen(path string, err error) error {
	text := err.Error()
	switch {
	case isInUse(err):
		holder := "another process"
		if _, after, ok := strings.Cut(text, "(PID "); ok {
			holder, _, _ = strings.Cut(after, ")")
			holder = "process " + holder
		}
		return fmt.Errorf("database %s is in use by %s\nhint: wait for it, or close the program that has the file open; readers should open the published copy", path, holder)
	case strings.Contains(text, "Trying to read a database file with version number"):
		return nameError{fmt.Sprintf("database %s was made by a newer DuckDB than the %s of this callsheet\nhint: update callsheet", path, DuckDBVersion()), err}
	case strings.Contains(text, "database does not exist"), errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("database %s does not exist\nhint: run callsheet load first", path)
	}
	if errors.Is(err, fs.ErrPermission) || strings.Contains(text, "Permission denied") {
		return fmt.Errorf("no permission to read %s: %w\nhint: it must belong to the user that runs callsheet; others may read the published copy, if store.published_mode and store.published_group let them", path, err)
	}
	return fmt.Errorf("opening database %s: %w", path, err)
}

// explainRead adds a hint to an error of reading a damaged published copy.
func explainRead(err error) error {
	if isDamage(err) {
		return errDamagedCopy(err)
	}
	return err
}

// IsDamaged reports whether an error means that the database file is corrupt. DuckDB has no error code for that, so its messages are
// matched.
func IsDamaged(err error, path string) bool {
	return isDamage(err) && (strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "Corrupt database file"))
}

func isDamage(err error) bool {
	if err == nil {
		return false
	}
	for _, words := range []string{"Corrupt database file", "not a valid DuckDB database file", "Could not read enough bytes from file",
		"Failure while replaying WAL file"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// quote returns a text as a SQL literal, for statements that take no parameters.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
