// Package pipeline does the work between the spool and a workbook, for commands and scheduled runs alike: it loads and publishes
// the database, opens it for readers, builds workbooks, and runs reports, in this process or in child processes.
package pipeline

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/backup"
	"callsheet/internal/child"
	"callsheet/internal/config"
)

// Pipeline is the work on the data of one configuration.
type Pipeline struct {
	Config     *config.Config
	ConfigPath string // for child processes
	Version    string // of the program, for workbooks
	Now        func() time.Time
	Uptime     func() time.Duration // of the machine; setting the clock does not change it
	Log        *slog.Logger
	Stderr     io.Writer     // of child processes
	Parent     *child.Parent // the process that watches this one; may be nil
	Loads      *LoadLoop     // of a scheduler; may be nil
	NoDatabase bool          // of a process with a collector, which must survive a crash of DuckDB: only child processes open the database

	summaryTime time.Duration // that summaries of workbooks have taken
}

var errNoDatabase = errors.New("the process of a collector does not open the database")

// MakeDataDir creates the data folder if it is missing. Other users can pass through it to the published copy and the workbooks in
// reports; everything else in it is closed to them, also what an older version or a person created. A folder that has only a part of a backup is
// an error.
func MakeDataDir(c *config.Config) error {
	return errors.Join(backup.CheckFinished(c.Data()), makeDataDir(c))
}

func makeDataDir(c *config.Config) error {
	if err := atomicfile.MkdirReadable(c.Data()); err != nil {
		return fmt.Errorf("data_dir: %w", err)
	}
	for _, path := range PrivatePaths(c) {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 == 0 {
			continue // removed in the meantime, or closed
		}
		err = os.Chmod(path, info.Mode()&^0o077)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) { // removed in the meantime, or another user's
			return fmt.Errorf("closing %s to other users: %w", path, err)
		}
	}
	return nil
}

// PrivatePaths returns the files and folders in data_dir that only the service opens.
func PrivatePaths(c *config.Config) (paths []string) {
	for _, pattern := range []string{"spool", "spool/*", "vendor", "vendor/*", "sessions.json*", "tmp", "calls.duckdb*", "runs.ndjson*", "alerts.json*", "alerts", "alerts/*", "process.json*", ".*.lock"} {
		paths = append(paths, atomicfile.Glob(c.Data("."), pattern)...)
	}
	return paths
}
