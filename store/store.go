// Package store manages the DuckDB database: it opens and migrates it, loads each spool line exactly once, publishes a read-only
// copy and runs queries on that copy.
//
// DuckDB allows one writing process or many reading processes, never both. So the database itself is open only during a load, and all readers use
// the published copy, which is replaced by rename.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

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
	options       Options
	db            *database
	conn          *sql.Conn
	loadLock      *sql.Conn // with a lake, for the lock of withLoadLock
	maintenance   *sql.Conn // of a lake that is maintained, for the lock of that
	holdsLoadLock bool
	transactions  int64  // of this loader in the lake
	fingerprint   string // of the settings that a load into a lake supposes

	migrated string                          // from which version, for the summary of the load; empty if it was not
	warnings []string                        // from opening it, for the summary of the load
	unusable map[string]error                // user queries without a macro, by name; see UnusableQueries
	validate func(ctx context.Context) error // of a preview: removes lines from `staged`
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
	if !options.loadsOnly { // a preview attaches the data, and has no SQL of users
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
		for _, lock := range []*sql.Conn{s.loadLock, s.maintenance} {
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

// quote returns a text as a SQL literal, for statements that take no parameters.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
