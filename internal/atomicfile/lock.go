package atomicfile

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

// retryInterval is how often a lock that is held is tried.
const retryInterval = 50 * time.Millisecond

// Lock is a lock file that one process holds. The kernel releases it when the process ends, however it ends.
type Lock struct{ file *flock.Flock }

func newLock(path string) *Lock { return &Lock{flock.New(path, flock.SetPermissions(0o600))} }

// WaitLock takes the lock file at path, waiting until it is free.
func WaitLock(path string) (*Lock, error) {
	lock := newLock(path)
	return lock, lock.file.Lock()
}

// TryLock takes the lock file at path if it is free; otherwise it returns nil.
func TryLock(path string) (*Lock, error) {
	lock := newLock(path)
	free, err := lock.file.TryLock()
	if err != nil || !free {
		return nil, err
	}
	return lock, nil
}

// IsHeld reports whether another process, or another lock of this one, holds the lock file at path.
func IsHeld(path string) (bool, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	file := flock.New(path, flock.SetFlag(os.O_RDONLY))
	free, err := file.TryRLock()
	if err != nil {
		return false, err
	}
	return !free, file.Unlock()
}

// TakeLock takes the lock file at path, waiting at most wait. The file holds the process id of its holder, which the error reports.
// what names what is locked, for errors.
func TakeLock(ctx context.Context, path, what string, wait time.Duration) (*Lock, error) {
	lock, err := TryLock(path)
	if err == nil && lock == nil && wait > 0 {
		lock, err = retryLock(ctx, path, wait)
	}
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", what, err)
	}
	if lock == nil {
		holder := "another process"
		if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
			holder = "process " + strings.TrimSpace(string(text))
		}
		return nil, fmt.Errorf("%s is in use by %s\nhint: wait until it is done, stop it, or use another folder", what, holder)
	}
	_ = os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600) // only for the error of others; there is no room on a full disk
	return lock, nil
}

// retryLock returns nil if the lock is not free after wait.
func retryLock(ctx context.Context, path string, wait time.Duration) (*Lock, error) {
	ctx, stop := context.WithTimeout(ctx, wait)
	defer stop()
	lock := newLock(path)
	_, err := lock.file.TryLockContext(ctx, retryInterval)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, nil
	}
	return lock, err
}

// Release lets another process take the lock.
func (l *Lock) Release() error { return l.file.Unlock() }
