package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"callsheet/internal/atomicfile"
)

// DuckDB uses the same names for spill files in every instance, so each instance has its own folder, TEMP/PID-N. A running instance
// holds a lock on the file .lock in it; the next instance removes the folders of killed ones. .lock contains the instance's spill
// limit in bytes.
const scratchLock = ".lock"

// The spill limit of an instance is the total divided by its share: a load and ten readers fit at the same time.
const (
	writerShare = 2
	readerShare = 20
)

// scratchFloor is the minimum spill limit of an instance, unless the total is less.
const scratchFloor = 256 << 20

var scratchNumber atomic.Int64

// scratch is the folder that an instance spills into.
type scratch struct {
	dir   string
	limit int64 // bytes; 0 for DuckDB's own limit
	lock  *atomicfile.Lock
}

// newScratch creates a folder in parent, and parent if it is missing, and removes the folders of killed processes. The spill limit
// is total/share bytes, or less if the others have reserved more. It returns nil without an error for users who have no write
// permission, and for readers of a full disk: their statements cannot spill.
func newScratch(parent string, total, share int64) (*scratch, error) {
	s, err := openScratch(parent, total, share)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || share == readerShare && IsFull(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("temporary folder: %w", err)
	}
	return s, nil
}

func openScratch(parent string, total, share int64) (*scratch, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, err
	}
	// One process at a time removes and creates folders: a new one that is not locked yet must not be removed.
	all, err := atomicfile.WaitLock(filepath.Join(parent, scratchLock))
	if err != nil {
		return nil, err
	}
	defer all.Release()
	reserved, err := removeStaleScratch(parent)
	if err != nil {
		return nil, err
	}
	s := &scratch{}
	if total > 0 {
		s.limit = max(min(total/share, total-reserved), min(scratchFloor, total))
		s.limit = max(min(s.limit, freeBytes(parent)/10*9), 1<<10) // as DuckDB does without a limit
	}
	for {
		s.dir = filepath.Join(parent, fmt.Sprintf("%d-%d", os.Getpid(), scratchNumber.Add(1)))
		err := os.Mkdir(s.dir, 0o700)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) { // of a process with the same PID in another container
			return nil, err
		}
	}
	path := filepath.Join(s.dir, scratchLock)
	s.lock, err = atomicfile.TryLock(path)
	if err == nil && s.lock == nil {
		err = fmt.Errorf("%s is in use", path)
	}
	if err == nil {
		err = os.WriteFile(path, []byte(strconv.FormatInt(s.limit, 10)), 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// close removes the folder. The lock is released last, so that no other process removes the folder meanwhile.
func (s *scratch) close() error {
	if s == nil {
		return nil
	}
	err := os.RemoveAll(s.dir)
	if s.lock != nil {
		err = errors.Join(err, s.lock.Release())
	}
	return err
}

// settings returns the statements that make DuckDB spill into the folder.
func (s *scratch) settings() []string {
	if s == nil {
		return []string{"set temp_directory = ''"}
	}
	settings := []string{"set temp_directory = " + quote(s.dir)}
	if s.limit > 0 {
		settings = append(settings, fmt.Sprintf("set max_temp_directory_size = '%dKiB'", s.limit>>10))
	}
	return settings
}

// removeStaleScratch removes the folders of instances that have ended, and spill files of older versions. It returns the sum of the
// other instances' limits.
func removeStaleScratch(parent string) (reserved int64, err error) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return 0, err
	}
	for _, entry := range entries {
		path := filepath.Join(parent, entry.Name())
		if strings.HasPrefix(entry.Name(), "duckdb_temp_") {
			err = errors.Join(err, os.RemoveAll(path))
		}
		if !entry.IsDir() || !isScratch(entry.Name()) {
			continue
		}
		limit, removeErr := removeIfStale(path)
		reserved += limit
		err = errors.Join(err, removeErr)
	}
	return reserved, err
}

// isScratch reports whether a name is PID-N: other folders are not ours.
func isScratch(name string) bool {
	pid, number, _ := strings.Cut(name, "-")
	_, err := strconv.Atoi(pid)
	_, err2 := strconv.Atoi(number)
	return err == nil && err2 == nil
}

// removeIfStale removes the folder of an instance that has ended, or returns the limit of a running one.
func removeIfStale(dir string) (limit int64, err error) {
	path := filepath.Join(dir, scratchLock)
	switch lock, err := atomicfile.TryLock(path); {
	case errors.Is(err, fs.ErrNotExist): // it was closed meanwhile
		return 0, nil
	case err != nil && !errors.Is(err, fs.ErrPermission):
		return 0, err
	case lock != nil:
		return 0, errors.Join(os.RemoveAll(dir), lock.Release())
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) { // of another user
		return 0, nil
	}
	limit, _ = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return limit, err
}
