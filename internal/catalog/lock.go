package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// pollInterval is how often a lock that is held is tried, and how often a held lock's connection is checked.
const pollInterval = time.Second

// heldError is the error of a lock that another session holds.
type heldError struct{ what, holder string }

func (e heldError) Error() string { return e.what + " is running on " + e.holder }

// IsHeld reports whether an error is that another session holds the lock.
func IsHeld(err error) bool { return errors.As(err, new(heldError)) }

// Lock takes the lock with a name, waiting at most wait, and keeps it until release is called or the connection ends. Sessions of all machines,
// and of other processes of this one, exclude one another; goroutines that share the Database do not.
func (d *Database) Lock(ctx context.Context, name string, wait time.Duration) (release func(), err error) {
	for end := time.Now().Add(wait); ; {
		err := d.tryLock(ctx, name)
		if err == nil {
			return func() { d.unlock(name) }, nil
		}
		if !IsHeld(err) || !time.Now().Before(end) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pollInterval):
		}
	}
}

// lockKey is the key of the lock $1.
const lockKey = "hashtextextended('callsheet ' || $1, 0)"

func (d *Database) tryLock(ctx context.Context, name string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	conn := d.conn
	if conn == nil {
		if conn, err = d.connect(ctx); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				closeConn(conn)
			}
		}()
	}
	if conn.IsClosed() {
		return errLost
	}
	var acquired bool
	if err := conn.QueryRow(ctx, "select pg_try_advisory_lock("+lockKey+")", name).Scan(&acquired); err != nil {
		return fmt.Errorf("locking %s in the lake's catalog: %w", name, err)
	}
	if !acquired {
		return heldError{name, holder(ctx, conn, name)}
	}
	d.conn = conn
	d.locks++
	return nil
}

// holder names the machine that holds a lock.
func holder(ctx context.Context, conn *pgx.Conn, name string) string {
	const query = `select application_name from pg_locks join pg_stat_activity using (pid)
		where locktype = 'advisory' and granted and objsubid = 1 and (classid::bigint << 32) | objid::bigint = ` + lockKey
	var application string
	if err := conn.QueryRow(ctx, query, name).Scan(&application); err != nil || !strings.HasPrefix(application, applicationPrefix) {
		return "another machine"
	}
	return "the machine " + strings.TrimPrefix(application, applicationPrefix)
}

// unlock ends the session with its last lock, or if it cannot release one of several.
func (d *Database) unlock(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.conn.Exec(ctx, "select pg_advisory_unlock("+lockKey+")", name)
	if d.locks--; d.locks == 0 || err != nil {
		closeConn(d.conn)
	}
	if d.locks == 0 {
		d.conn = nil
	}
}

// Watch returns a context that ends with ctx, and with the cause errLost soon after the connection of the session that holds the locks was lost.
func (d *Database) Watch(ctx context.Context) (watched context.Context, stop func()) {
	watched, cancel := context.WithCancelCause(ctx)
	go func() {
		for {
			select {
			case <-watched.Done():
				return
			case <-time.After(pollInterval):
			}
			if err := d.do(watched, func(ctx context.Context, conn *pgx.Conn) error { return conn.Ping(ctx) }); err != nil && watched.Err() == nil {
				cancel(err)
			}
		}
	}()
	return watched, func() { cancel(nil) }
}
