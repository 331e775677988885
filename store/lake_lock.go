package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// countTransaction increments the counter of this loader, and changes a row that all loaders share, so that concurrent transactions conflict. It
// returns a transientError if another process has loaded the same spool, or the settings have changed, since this loader began.
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
	loadLockKey    = 0x63616c6c73686565
	maintenanceKey = 0x6d61696e7461696e
)

// tryLock takes an advisory lock until the end of a transaction, and reports whether it was free.
func tryLock(ctx context.Context, tx *sql.Tx, key int64) (acquired bool, err error) {
	query := fmt.Sprintf("from postgres_query(%s, 'select pg_try_advisory_xact_lock(%d)')", quote(catalogName), key)
	err = tx.QueryRowContext(ctx, query).Scan(&acquired)
	return acquired, err
}

// loadLockPoll is how often a loader tries to take the lock.
const loadLockPoll = 50 * time.Millisecond

// withLoadLock runs do while no other loader computes calls, from the state that the one before has committed. For a database file it only runs do: the
// file has one writer.
//
// The lock is an advisory one in the catalog, which ends with the connection of a loader that dies. It only saves work: what keeps two loaders
// apart, also when the connection with the lock has been cut, is the first row of loaders, which each transaction changes. DuckLake commits only one
// of two transactions that change a row.
func (s *Store) withLoadLock(ctx context.Context, do func() error) (err error) {
	if s.loadLock == nil || s.holdsLoadLock {
		return do()
	}
	tx, err := s.loadLock.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("waiting for other loaders: %w", err)
	}
	defer tx.Rollback() // releases the lock
	for acquired := false; !acquired; {
		if acquired, err = tryLock(ctx, tx, loadLockKey); err != nil {
			return fmt.Errorf("waiting for other loaders: %w", err)
		}
		if !acquired {
			select {
			case <-time.After(loadLockPoll):
			case <-ctx.Done():
				return fmt.Errorf("waiting for other loaders: %w", context.Cause(ctx))
			}
		}
	}
	s.holdsLoadLock = true
	defer func() { s.holdsLoadLock = false }()
	return do()
}
