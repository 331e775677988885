// Package catalog uses the PostgreSQL database of a lake's catalog without DuckDB, for what machines that share the lake must agree on beside its
// data: which of them runs the schedule and each report, and what was sent. The process of a collector, which never opens DuckDB, needs it, and so do
// locks that are held for longer than a transaction of DuckLake.
package catalog

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Database is the database of a catalog. It has a connection while it holds locks, and connects for each statement otherwise.
type Database struct {
	Resolve func() (address *url.URL, password string, err error) // postgres://…, without the password
	Machine string                                                // the name that other machines see, of who holds a lock

	mu    sync.Mutex
	conn  *pgx.Conn // of the session that holds the locks
	locks int       // that it holds
}

// timeout is how long a statement may take, with connecting.
const timeout = 20 * time.Second

// errLost is the error of each statement after the connection of the session that held the locks was lost, until all of them are released.
// Another machine may have taken them.
var errLost = errors.New("the connection to the lake's catalog was lost, and with it the locks")

// settings are those of a session. PostgreSQL notices within 30 seconds that a machine with locks is gone.
var settings = map[string]string{"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "4"}

// libpqOnly are parameters of an address for DuckDB's client, which is libpq, that pgx would send to the server.
var libpqOnly = []string{"keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
	"fallback_application_name", "gssencmode", "gssdelegation", "gsslib", "requirepeer", "sslcompression", "sslcrl", "sslcrldir",
	"ssl_min_protocol_version", "ssl_max_protocol_version", "load_balance_hosts", "hostaddr"}

func (d *Database) connect(ctx context.Context) (*pgx.Conn, error) {
	address, password, err := d.Resolve()
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(address.String())
	if err != nil {
		return nil, fmt.Errorf("store.lake.catalog: %w", err)
	}
	if password != "" {
		config.Password = password
	}
	for _, parameter := range libpqOnly {
		delete(config.RuntimeParams, parameter)
	}
	config.RuntimeParams["application_name"] = applicationPrefix + d.Machine
	for name, value := range settings {
		config.RuntimeParams[name] = value
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("the lake's catalog cannot be opened: %w", err)
	}
	return conn, nil
}

// closeConn ends a session. It does not wait long for a server that is away.
func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = conn.Close(ctx) // the session ends with the connection
}

// applicationPrefix begins the names by which PostgreSQL shows the sessions of callsheet.
const applicationPrefix = "callsheet "

// do runs statements in the session that holds the locks, or else in one of their own.
func (d *Database) do(ctx context.Context, statements func(ctx context.Context, conn *pgx.Conn) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	conn := d.conn
	switch {
	case conn == nil:
		if conn, err = d.connect(ctx); err != nil {
			return err
		}
		defer closeConn(conn)
	case conn.IsClosed():
		return errLost
	}
	if err := statements(ctx, conn); err != nil {
		if d.conn != nil && d.conn.IsClosed() {
			return fmt.Errorf("%w: %w", errLost, err)
		}
		return fmt.Errorf("the lake's catalog: %w", err)
	}
	return nil
}

// hasCode reports whether an error of PostgreSQL has a code.
func hasCode(err error, code string) bool {
	var failed *pgconn.PgError
	return errors.As(err, &failed) && failed.Code == code
}
