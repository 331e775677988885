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

// DuckDB names the files that it spills into alike in every instance, so each has a folder of its own, TEMP/PID-N. While its
// file .lock is held, the instance lives; the folder of one that was killed is removed by the next. .lock holds how many bytes
// the instance may spill.
const scratchLock = ".lock"

// What an instance may spill, as a part of the total: a load and ten readers have room at once.
const (
	writerShare = 2
	readerShare = 20
)

// scratchFloor is what an instance may spill in any case, unless the total is less.
const scratchFloor = 256 << 20

var scratchNumber atomic.Int64

// scratch is the folder that an instance spills into.
type scratch struct {
	dir   string
	limit int64 // bytes; 0 for DuckDB's own limit
	lock  *atomicfile.Lock
}

// newScratch creates a folder in parent, which is made if it is missing, and removes those of processes that were killed. The
// instance may spill total/share bytes, or what the others leave of the total. nil, without an error, is for users who may not
// write there: their statements cannot spill.
func newScratch(parent string, total, share int64) (*scratch, error) {
	s, err := openScratch(parent, total, share)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil, nil
	}
	if err != nil {
		return nil, explainFull(fmt.Errorf("temporary folder: %w", err))
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
		if !errors.Is(err, fs.ErrExist) { // of a process of this number in another container
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

// settings make an instance spill into the folder.
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

// removeStaleScratch removes the folders whose instance is gone, and what older versions spilled, and returns how much the others may
// spill.
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

// removeIfStale removes a folder unless its instance lives, and then returns what it may spill.
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
