package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Lock is a file that one process holds. The kernel gives it back when the process ends, however it ends.
type Lock struct{ file *flock.Flock }

// TakeLock takes the lock file at path for what, waiting for at most wait. The file holds the process id of its holder,
// whom the error names.
func TakeLock(ctx context.Context, path, what string, wait time.Duration) (*Lock, error) {
	lock := flock.New(path, flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err == nil && !ok {
		waiting, stop := context.WithTimeout(ctx, wait)
		defer stop()
		ok, err = lock.TryLockContext(waiting, 50*time.Millisecond)
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("locking %s: %w", what, err)
	}
	if !ok {
		holder := "another process"
		if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
			holder = "process " + strings.TrimSpace(string(text))
		}
		return nil, fmt.Errorf("%s is in use by %s\nhint: wait until it is done, stop it, or use another data_dir", what, holder)
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", what, err), lock.Unlock())
	}
	return &Lock{lock}, nil
}

// lockFolder takes the lock of a spool folder at once or not at all.
func lockFolder(path, what string) (release func() error, err error) {
	lock, err := TakeLock(context.Background(), path, what, 0)
	if err != nil {
		return nil, err
	}
	return lock.Release, nil
}

// Release lets others take the lock.
func (l *Lock) Release() error { return l.file.Unlock() }
