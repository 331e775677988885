package spool

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// takeLock makes this process the only one that appends to the folder. The kernel gives the lock back when the
// process ends, however it ends.
func takeLock(dir string) (*flock.Flock, error) {
	path := filepath.Join(dir, ".lock")
	lock := flock.New(path, flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking spool folder %s: %w", dir, err)
	}
	if !ok {
		holder := "another process"
		if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
			holder = "process " + strings.TrimSpace(string(text))
		}
		return nil, fmt.Errorf("spool folder %s is in use by %s\nhint: stop that collector first, or give this one another data_dir", dir, holder)
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		lock.Unlock()
		return nil, fmt.Errorf("locking spool folder %s: %w", dir, err)
	}
	return lock, nil
}
