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
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"
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

// DuckDB's options for the two access modes. The storage format of 1.3 is smaller and faster to write than the default, that of 1.0,
// and older clients could not run our macros anyway.
const (
	writing = "storage_compatibility_version=v1.3.0&preserve_insertion_order=false"
	reading = "access_mode=read_only"
)

// file returns the database file that is opened: Path, or the copy to which a published one points.
func (o Options) file() (string, error) {
	if !o.Immutable || o.Lake != nil {
		return o.Path, nil
	}
	file, err := publishedFile(o.Path)
	if errors.Is(err, fs.ErrNotExist) && exists(o.Path) {
		return "", errDamagedCopy(err) // the link leads nowhere
	}
	if err != nil {
		return "", explainOpen(o.Path, err)
	}
	return file, nil
}

// connect opens the file at options.Path, for writing or reading.
func connect(ctx context.Context, options Options, mode string) (_ *database, _ *sql.Conn, err error) {
	file, err := options.file()
	if err != nil {
		return nil, nil, err
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
	// What is divided by 0 is unknown, and not NaN, which is above all numbers and makes the condition of a report true.
	statements = append(statements, "set ieee_floating_point_ops = false")
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
