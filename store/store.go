// Package store owns the DuckDB database: it opens and migrates it, loads the spool into it exactly once,
// publishes a read-only copy and answers queries on that copy.
//
// DuckDB lets one process write or many read, never both. So the database proper is open only for as long as
// a load takes, and everybody reads the published copy, which is swapped by rename.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
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

// Options say where a database is and what it may use.
type Options struct {
	Path        string // the database file
	TempDir     string // where DuckDB spills, in a folder for each instance; beside the database when empty
	TempLimit   int64  // of what all instances spill there, in bytes; DuckDB's own limit for each when 0
	MemoryLimit string // as DuckDB writes it: 1GiB; DuckDB's own default when empty
	Threads     int    // 0: one a core
	Settings    Settings
	Now         func() time.Time
	UserQueries []queries.File // the user's own named queries
	Immutable   bool           // a published copy, which is never written in its place, so that any number can read it
	Connections int            // that a reader answers with, each one query at a time; 1 when 0
}

// Store is a database open for writing.
type Store struct {
	options Options
	db      *database
	conn    *sql.Conn

	warnings []string // that opening it met, for the summary of the load
}

// Open opens the database for writing, creates it in its folder if it is missing, brings its schema and macros up to date and
// puts the settings into it. Another process that has it open is an error that names its process id.
func Open(ctx context.Context, options Options) (*Store, error) {
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

// create makes an empty database beside its path and puts it there once it is whole: a file that was left half made would look
// like a damaged database.
func create(ctx context.Context, options Options) (warnings []string, err error) {
	path := options.Path
	options.Path += ".new"
	if err := Remove(options.Path); err != nil { // of a creation that was cut short
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
	if err := registerSpoolLines(ctx, conn); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.applySettings(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close checkpoints the database and closes it. DuckDB checkpoints at the close too, but says nothing when that fails.
func (s *Store) Close() error {
	_, err := s.conn.ExecContext(context.Background(), "checkpoint")
	if err != nil {
		err = explainFull(fmt.Errorf("writing the database %s: %w", s.options.Path, err))
	}
	if err := errors.Join(err, s.conn.Close(), s.db.Close()); err != nil {
		return err
	}
	return checkNoWAL(s.options.Path)
}

// How a database is opened: DuckDB's options. The storage of 1.3 is smaller and quicker to write than that of 1.0, which is the
// default, and no older client could run our macros anyway.
const (
	writing = "storage_compatibility_version=v1.3.0&preserve_insertion_order=false"
	reading = "access_mode=read_only"
)

// A database is an open file.
type database struct {
	*sql.DB
	release func() // lets others of this process have the file
}

func (d *database) Close() error {
	defer d.release()
	return d.DB.Close()
}

// connect opens the file at options.Path, for writing or reading.
func connect(ctx context.Context, options Options, mode string) (_ *database, _ *sql.Conn, err error) {
	file := options.Path
	if options.Immutable {
		if file, err = publishedFile(options.Path); err != nil {
			return nil, nil, explainOpen(options.Path, err)
		}
	}
	release, err := takeFile(ctx, options)
	if err != nil {
		return nil, nil, err
	}
	settings := sessionSettings(options)
	if options.TempDir != "" {
		share := int64(writerShare)
		if mode == reading {
			share = readerShare
		}
		spill, err := newScratch(options.TempDir, options.TempLimit, share)
		if err != nil {
			release()
			return nil, nil, err
		}
		settings = append(settings, spill.settings()...)
		releaseFile := release
		release = func() {
			_ = spill.close() // what is left is removed by the next instance
			releaseFile()
		}
	}
	connector, err := newConnector(file+"?"+mode, func(execer driver.ExecerContext) error {
		for _, statement := range settings {
			if _, err := execer.ExecContext(context.Background(), statement, nil); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
	if err != nil {
		release()
		return nil, nil, explainOpen(options.Path, err)
	}
	db := &database{sql.OpenDB(connector), release}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(explainOpen(options.Path, err), db.Close())
	}
	return db, conn, nil
}

// opening is held while the driver's cache of open databases is exchanged.
var opening sync.Mutex

// newConnector opens a database of its own. The driver would give everybody who opens a path the database that is open there
// already, with the settings that it has, even when another file has been put in its place meanwhile.
func newConnector(dsn string, init func(driver.ExecerContext) error) (*duckdb.Connector, error) {
	opening.Lock()
	defer opening.Unlock()
	cache := mapping.CreateInstanceCache()
	defer mapping.DestroyInstanceCache(&cache)
	duckdb.GetInstanceCache = func() mapping.InstanceCache { return cache }
	return duckdb.NewConnector(dsn, init)
}

// files are those that are open in this process, by path. The kernel's lock keeps other processes out and not this one, and it is
// given back as soon as one of several that have the file closes it.
var files sync.Map

// fileWait is how long one waits for another of this process.
const fileWait = time.Minute

// takeFile waits until nobody of this process has a file open that is written in its place.
func takeFile(ctx context.Context, options Options) (release func(), err error) {
	if options.Immutable {
		return func() {}, nil
	}
	path, err := filepath.Abs(options.Path)
	if err != nil {
		return nil, err
	}
	held, _ := files.LoadOrStore(path, make(chan struct{}, 1))
	place := held.(chan struct{})
	select {
	case place <- struct{}{}:
		return sync.OnceFunc(func() { <-place }), nil
	case <-time.After(fileWait):
		return nil, fmt.Errorf("database %s is in use by another part of this process", options.Path)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sessionSettings make every connection alike, whatever the machine's zone or size.
func sessionSettings(options Options) []string {
	statements := []string{"set timezone = " + quote(options.Settings.Timezone)}
	if options.MemoryLimit != "" {
		statements = append(statements, "set memory_limit = "+quote(options.MemoryLimit))
	}
	threads := cmp.Or(options.Threads, runtime.GOMAXPROCS(0))
	// DuckDB counts one caller among its threads; every further connection has a caller of its own, which works too.
	threads = max(1, threads+1-max(1, options.Connections))
	statements = append(statements, fmt.Sprintf("set threads = %d", threads))
	return statements
}

// sandbox keeps the statements that people type to what is published: no other file can be read or written, nothing attached,
// no extension loaded, and none of this set back. It holds for all connections, once all are open.
var sandbox = []string{
	"set autoload_known_extensions = false", "set autoinstall_known_extensions = false",
	"set enable_external_access = false", "set lock_configuration = true",
}

// explainOpen turns DuckDB's words for a lock or a missing file into ours.
func explainOpen(path string, err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "Could not set lock"):
		holder := "another process"
		if _, after, ok := strings.Cut(text, "(PID "); ok {
			holder, _, _ = strings.Cut(after, ")")
			holder = "process " + holder
		}
		return fmt.Errorf("database %s is in use by %s\nhint: wait for it, or close the program that has the file open; readers should open the published copy", path, holder)
	case strings.Contains(text, "database does not exist"), errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("database %s does not exist\nhint: run callsheet load first", path)
	}
	return fmt.Errorf("opening database %s: %w", path, err)
}

// IsDamaged tells whether an error is of a database file whose content is not what was written. DuckDB has no code for that,
// so these are its words.
func IsDamaged(err error, path string) bool {
	if err == nil || !strings.Contains(err.Error(), path) && !strings.Contains(err.Error(), "Corrupt database file") {
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

// quote writes a text as a SQL literal, for statements that take no parameters.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
