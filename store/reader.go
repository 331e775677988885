package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// Reader runs queries on a published copy or a snapshot of a lake, one per connection at a time.
type Reader struct {
	db          *database
	all         []*sql.Conn
	free        chan *sql.Conn // idle connections
	zone        *time.Location
	userQueries []queries.File
	lake        *Lake // nil for a published copy
}

// OpenReader opens a published copy, or the latest snapshot of a lake, read-only and sandboxed.
func OpenReader(ctx context.Context, options Options) (*Reader, error) {
	zone, err := time.LoadLocation(options.Settings.Timezone)
	if err != nil {
		return nil, err
	}
	if options.Lake != nil {
		if err := ensureDefinitions(ctx, options); err != nil {
			return nil, err
		}
	}
	db, conn, err := connect(ctx, options, reading)
	if err != nil {
		return nil, explainRead(err)
	}
	r := readerOf(db, conn, zone, options.UserQueries)
	if r.lake = options.Lake; r.lake != nil {
		err = r.showComplete(ctx) // before there are other connections
	}
	for range options.Connections - 1 {
		if err == nil {
			err = r.connect(ctx)
		}
	}
	if err == nil {
		err = checkComplete(ctx, conn, options)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	options.RunLedger = "" // only a load reads it
	if err := options.sandbox(ctx, conn); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// showComplete copies the settings of a lake. While all calls are recomputed, the reader sees the snapshot from before.
func (r *Reader) showComplete(ctx context.Context) error {
	conn := r.all[0]
	if err := copySettings(ctx, conn, queriedSettings); err != nil {
		return r.lake.explain(err)
	}
	var complete sql.NullInt64
	if err := conn.QueryRowContext(ctx, "select max(complete_snapshot) from settings").Scan(&complete); err != nil || !complete.Valid {
		return err
	}
	if err := r.lake.pinTo(ctx, conn, complete.Int64); err != nil {
		return err
	}
	return copySettings(ctx, conn, queriedSettings)
}

// connect adds a connection.
func (r *Reader) connect(ctx context.Context) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	r.add(conn)
	if r.lake == nil {
		return nil
	}
	return copySettings(ctx, conn, queriedSettings)
}

// checkComplete returns an error if the database has only a part of the calls.
func checkComplete(ctx context.Context, conn *sql.Conn, options Options) error {
	var stored string
	if err := conn.QueryRowContext(ctx, "select coalesce(max(fingerprint), '') from settings").Scan(&stored); err != nil {
		return explainRead(err)
	}
	switch {
	case stored == "" && options.Lake != nil: // its tables have been created, and the settings not yet applied
		return errNoLake(options.Lake.Catalog.Redacted())
	case strings.HasPrefix(stored, copying):
		return errCopying(options.Lake.Catalog.Redacted())
	case strings.HasPrefix(stored, incomplete):
		return fmt.Errorf("%s has only a part of the calls: a load was interrupted while it computed them again\nhint: run callsheet load", options.Path)
	}
	return nil
}

func readerOf(db *database, conn *sql.Conn, zone *time.Location, userQueries []queries.File) *Reader {
	r := &Reader{db: db, free: make(chan *sql.Conn, maxConnections), zone: zone, userQueries: userQueries}
	r.add(conn)
	return r
}

// maxConnections bounds Options.Connections.
const maxConnections = 16

func (r *Reader) add(conn *sql.Conn) {
	r.all = append(r.all, conn)
	r.free <- conn
}

// Close closes the connections; no query may be running.
func (r *Reader) Close() error {
	var errs []error
	for _, conn := range r.all {
		errs = append(errs, conn.Close())
	}
	return errors.Join(append(errs, r.db.Close())...)
}

// AsOf limits all later queries to deliveries received by a given time. A file of a period is refused: what was known then of the days around it,
// such as who had called before, is not in it.
func (r *Reader) AsOf(ctx context.Context, asOf time.Time) error {
	var isPeriod bool
	if err := r.all[0].QueryRowContext(ctx, "select period_from is not null from settings").Scan(&isPeriod); err != nil {
		return fmt.Errorf("as of %s: %w", asOf, err)
	}
	if isPeriod {
		return errors.New("the file of a period has no earlier state\nhint: ask the data that it was published from, without --db")
	}
	for _, conn := range r.all {
		if r.lake != nil {
			if err := copySettings(ctx, conn, settingsTables); err != nil {
				return fmt.Errorf("as of %s: %w", asOf, err)
			}
		}
		if _, err := conn.ExecContext(ctx, "set variable as_of = ?::timestamptz", asOf); err != nil {
			return fmt.Errorf("as of %s: %w", asOf, err)
		}
		if err := setAsOf(ctx, conn); err != nil {
			return fmt.Errorf("as of %s: %w", asOf, err)
		}
	}
	return nil
}

// Problems lists the problems of spool files: those of the last load, and those that have appeared since. It is never nil. undone are the
// files of undone imports.
func (r *Reader) Problems(ctx context.Context, files []spool.File, undone map[string]bool) ([]string, error) {
	known, err := positions(ctx, r.all[0])
	if err != nil {
		return nil, err
	}
	found := problems{}
	found.addMissing(known, files, undone)
	for _, file := range files {
		if at := known[file.Name]; !file.Compressed() && at.bytes > file.Size {
			at.file = file
			found[file.Name] = at.shorter().Error()
		}
	}
	for name, at := range known {
		if at.problem != "" {
			found[name] = at.problem
		}
	}
	return found.list(), nil
}
