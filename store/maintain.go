package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// MaintainOptions are the limits of a maintenance of a lake.
type MaintainOptions struct {
	Keep      time.Duration // how long a snapshot is kept after it was written; snapshotsKept if 0
	TimeLimit time.Duration // after which no further portion begins; none if 0
}

// snapshotsKept is how long a reader may stay open on its snapshot.
const snapshotsKept = 7 * 24 * time.Hour

// fileGrace is how long a file stays after it was replaced or, if no snapshot knows it, written: a query that runs may be reading it, and a transaction
// may be about to commit it.
const fileGrace = 24 * time.Hour

// targetFileSize is the size of files, in bytes: a load waits for one that is written while the maintenance holds its lock.
const targetFileSize = 64 << 20

// rewriteThresholds are the shares of deleted rows from which files are rewritten. A file with deleted rows is not merged, so few are enough. The files of
// large tables are rewritten in portions, those with the most deleted rows first.
var rewriteThresholds = []float64{0.5, 0.2, 0.1, 0.05, 0.02, 0.01}

// Maintained is what a maintenance did.
type Maintained struct {
	ExpiredSnapshots int64 `json:"expired_snapshots"`
	DeletedFiles     int64 `json:"deleted_files"` // no snapshot needs them
	FlushedRows      int64 `json:"flushed_rows"`  // from the catalog into files
	RewrittenFiles   int64 `json:"rewritten_files"`
	MergedFiles      int64 `json:"merged_files"`
	WrittenFiles     int64 `json:"written_files"`
	Unfinished       bool  `json:"unfinished"` // by the time limit; the next run goes on
	Elsewhere        bool  `json:"elsewhere"`  // nothing was done, since another process maintains the lake
}

// errTimeLimit ends a maintenance.
var errTimeLimit = errors.New("the time limit is reached")

// MaintainLake keeps a lake cheap to load into and to read: it expires old snapshots, deletes files that no snapshot needs, writes the rows of small
// loads from the catalog into files, rewrites files with many deleted rows and merges small files. It works in portions of a table and a file of
// target_file_size, each a transaction, so that a killed run leaves a whole lake and the next one resumes. Portions that would conflict with a load
// take the lock of loaders, so a load waits for one portion at most. Readers keep the snapshot that they have.
func MaintainLake(ctx context.Context, options Options, limits MaintainOptions) (done Maintained, err error) {
	options.maintains = true
	s, err := connectLake(ctx, options, writing)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.checkCreated(ctx); err != nil {
		return done, err
	}
	release, err := s.lockMaintenance(ctx)
	if err != nil {
		return done, fmt.Errorf("maintaining the lake: %w", err)
	}
	if release == nil {
		done.Elsewhere = true
		return done, nil
	}
	defer release()
	m := maintenance{Store: s, done: &done, keep: limits.Keep}
	if m.keep == 0 {
		m.keep = snapshotsKept
	}
	if limits.TimeLimit > 0 {
		m.until = options.Now().Add(limits.TimeLimit)
	}
	for _, step := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"expiring snapshots", m.expire}, {"deleting replaced files", m.deleteReplaced}, {"writing rows into files", m.flush},
		{"rewriting files", m.rewrite}, {"merging files", m.merge}, {"deleting files of killed loads", m.deleteOrphaned},
	} {
		if err := step.run(ctx); errors.Is(err, errTimeLimit) {
			done.Unfinished = true
			return done, nil
		} else if err != nil {
			return done, fmt.Errorf("maintaining the lake: %s: %w", step.name, err)
		}
	}
	return done, nil
}

// lockMaintenance keeps other maintenances out until release is called; it is nil if one is running.
func (s *Store) lockMaintenance(ctx context.Context) (release func() error, err error) {
	tx, err := s.maintenance.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	acquired, err := tryLock(ctx, tx, maintenanceKey)
	if err != nil || !acquired {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx.Rollback, nil // which releases the lock
}

type maintenance struct {
	*Store
	done  *Maintained
	keep  time.Duration
	until time.Time // zero without a limit
}

// portion runs a query that returns two counts, in a transaction. It adds the first to count and returns the second.
func (m *maintenance) portion(ctx context.Context, count *int64, query string) (second int64, err error) {
	if !m.until.IsZero() && !m.options.Now().Before(m.until) {
		return 0, errTimeLimit
	}
	tx, err := m.conn.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() // does nothing after a commit
	var first int64
	if err := tx.QueryRowContext(ctx, query).Scan(&first, &second); err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	*count += first
	return second, nil
}

// lockedPortion runs a portion with the lock of loaders. After one that did something it waits, so that loaders, which try every loadLockPoll, get
// the lock.
func (m *maintenance) lockedPortion(ctx context.Context, count *int64, query string) (second int64, err error) {
	err = m.withLoadLock(ctx, func() error {
		second, err = m.portion(ctx, count, query)
		return err
	})
	if err == nil && second > 0 {
		select {
		case <-time.After(2 * loadLockPoll):
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
	}
	return second, err
}

// before returns the time of a span before now as a literal.
func (m *maintenance) before(span time.Duration) string {
	return quote(m.options.Now().Add(-span).UTC().Format("2006-01-02 15:04:05.999999+00")) + "::timestamptz"
}

// expiredAtOnce is how many snapshots are expired in a portion. Tests lower it.
var expiredAtOnce = 1000

func (m *maintenance) expire(ctx context.Context) error {
	for {
		if _, err := m.conn.ExecContext(ctx, fmt.Sprintf(`set variable expire_before = (select least(%s, min(snapshot_time))
			from (select snapshot_time from lake.snapshots() order by snapshot_id offset %d limit 1))`, m.before(m.keep), expiredAtOnce)); err != nil {
			return err
		}
		expired, err := m.portion(ctx, &m.done.ExpiredSnapshots,
			"select count(*), count(*) from ducklake_expire_snapshots('lake', older_than => getvariable('expire_before'))")
		if err != nil || expired == 0 {
			return err
		}
	}
}

func (m *maintenance) deleteReplaced(ctx context.Context) error {
	_, err := m.portion(ctx, &m.done.DeletedFiles, "select count(*), 0 from ducklake_cleanup_old_files('lake', older_than => "+m.before(fileGrace)+")")
	return err
}

func (m *maintenance) deleteOrphaned(ctx context.Context) error {
	_, err := m.portion(ctx, &m.done.DeletedFiles, "select count(*), 0 from ducklake_delete_orphaned_files('lake', older_than => "+m.before(fileGrace)+")")
	return err
}

func (m *maintenance) flush(ctx context.Context) error {
	inCatalog := func(statement string) ([]string, error) {
		return texts(ctx, m.conn, fmt.Sprintf("from postgres_query(%s, %s)", quote(catalogName), quote(statement)))
	}
	withRows, err := inCatalog(`select format('select %L as name where exists (select from %I)', t.table_name, i.table_name)
		from ducklake_inlined_data_tables as i join ducklake_table as t using (table_id) where t.end_snapshot is null`)
	if err != nil {
		return err
	}
	tables, err := inCatalog(strings.Join(withRows, " union ") + " order by name")
	for _, table := range tables {
		_, err := m.lockedPortion(ctx, &m.done.FlushedRows, fmt.Sprintf(
			"select coalesce(sum(rows_flushed), 0)::bigint as flushed, flushed from ducklake_flush_inlined_data('lake', table_name => %s)", quote(table)))
		if err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return err
}

func (m *maintenance) rewrite(ctx context.Context) error {
	for _, portion := range []struct {
		tables     string // a condition
		thresholds []float64
	}{{"<=", rewriteThresholds[len(rewriteThresholds)-1:]}, {">", rewriteThresholds}} {
		tables, err := texts(ctx, m.conn, fmt.Sprintf(
			"select table_name from ducklake_table_info('lake') where file_count > 0 and file_size_bytes %s %d order by all", portion.tables, targetFileSize))
		if err != nil {
			return err
		}
		for _, table := range tables {
			for _, threshold := range portion.thresholds {
				if _, err := m.writeFiles(ctx, &m.done.RewrittenFiles, "ducklake_rewrite_data_files", table, fmt.Sprintf("delete_threshold => %g", threshold)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (m *maintenance) merge(ctx context.Context) error {
	tables, err := texts(ctx, m.conn, "select table_name from ducklake_table_info('lake') where file_count > 1 order by all")
	for _, table := range tables {
		for {
			written, err := m.writeFiles(ctx, &m.done.MergedFiles, "ducklake_merge_adjacent_files", table, "max_compacted_files => 1")
			if err != nil {
				return err
			}
			if written == 0 {
				break
			}
		}
	}
	return err
}

// writeFiles runs a function of DuckLake that replaces files of a table. It counts these, and returns the number of written ones.
func (m *maintenance) writeFiles(ctx context.Context, replaced *int64, function, table, limit string) (written int64, err error) {
	written, err = m.lockedPortion(ctx, replaced, fmt.Sprintf("select coalesce(sum(files_processed), 0)::bigint, coalesce(sum(files_created), 0)::bigint from %s('lake', %s, %s)",
		function, quote(table), limit))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", table, err)
	}
	m.done.WrittenFiles += written
	return written, nil
}
