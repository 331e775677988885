package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"callsheet/internal/atomicfile"
)

// makeDir creates a folder and its missing parents. Each is durable in its parent before anything is created in it.
func makeDir(files atomicfile.FS, dir string) error {
	if found, err := exists(files, dir); err != nil || found {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeDir(files, parent); err != nil {
		return err
	}
	if err := files.Mkdir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return files.SyncDir(parent)
}

func exists(files atomicfile.FS, path string) (bool, error) {
	_, err := files.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// recover repairs the last file of this collector, logs damage in it, and continues its ids. Older files are repaired when they are
// appended to again, which happens only after the clock is set back; until then readers skip a torn tail.
func (w *Writer) recover() error {
	path, err := w.newest()
	if err != nil || path == "" {
		return err
	}
	file, err := w.options.Files.OpenAppend(path)
	if err != nil {
		return err
	}
	defer file.Close()
	length, err := w.repair(file, path)
	if err != nil {
		return err
	}
	lastID, err := w.checkEnd(file, path, length)
	if err != nil {
		return err
	}
	w.ids.after(lastID)
	return nil
}

// recoverOnFullDisk removes the reserve of the last run if the disk has no room for the bytes that a repair quarantines.
func (w *Writer) recoverOnFullDisk() error {
	err := w.recover()
	if errors.Is(err, syscall.ENOSPC) && w.options.Files.Remove(filepath.Join(w.options.Dir, reserveName)) == nil {
		err = w.recover()
	}
	return err
}

// newest returns the path of this collector's last uncompressed file, empty if there is none.
func (w *Writer) newest() (string, error) {
	all, err := w.options.Files.ReadDir(w.options.Dir)
	if err != nil {
		return "", err
	}
	var names []string
	for _, name := range all {
		stem, ok := strings.CutSuffix(name, ".ndjson")
		if !ok || !isDay(stem) {
			continue // of another program, which may be writing it
		}
		id, _, _ := strings.Cut(stem[len(time.DateOnly):], "~")
		if id == "" && w.options.CollectorID == "" || id == "."+w.options.CollectorID {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "", nil
	}
	return filepath.Join(w.options.Dir, slices.MaxFunc(names, func(a, b string) int {
		return cmp.Or(strings.Compare(a[:len(time.DateOnly)], b[:len(time.DateOnly)]), cmp.Compare(partOf(a), partOf(b)))
	})), nil
}

// partOf returns which part of its day a file is: 2 for YYYY-MM-DD~2.ndjson, and 0 for the first one or another program's.
func partOf(name string) int {
	_, part, _ := strings.Cut(strings.TrimSuffix(name, ".ndjson"), "~")
	number, _ := strconv.Atoi(part)
	return number
}

// openPart opens path or, if it cannot be appended to, the next part of its day. A file cannot be appended to if it is archived, since
// a new plain file would hide the archive, or if it ends with a failed group that cannot be truncated. If both the plain and the
// compressed file exist, the archive is not finished and the plain one is opened.
func (w *Writer) openPart(path string) (file atomicfile.File, actual string, err error) {
	stem := strings.TrimSuffix(path, ".ndjson")
	actual = path
	for part := 2; ; part++ {
		archived, err := w.isArchived(actual)
		if err != nil {
			return nil, "", err
		}
		if !archived {
			if file, err = w.options.Files.OpenAppend(actual); err != nil {
				return nil, "", err
			}
			if err = w.truncateFailed(file, actual); err == nil {
				return file, actual, nil
			}
			file.Close()
			if w.untruncated[actual] == 0 {
				return nil, "", err // it has no lines: a broken disk must not create part after part
			}
		}
		actual = fmt.Sprintf("%s~%d.ndjson", stem, part)
	}
}

// isArchived reports whether a file exists compressed and not plain.
func (w *Writer) isArchived(path string) (bool, error) {
	plain, err := exists(w.options.Files, path)
	if err != nil || plain {
		return false, err
	}
	for _, ending := range []string{".zst", ".gz"} {
		found, err := exists(w.options.Files, path+ending)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// truncateFailed removes the bytes of a failed group from the file, if commit could not.
func (w *Writer) truncateFailed(file atomicfile.File, path string) error {
	durable, failed := w.untruncated[path]
	if !failed {
		return nil
	}
	if err := file.Truncate(durable); err != nil {
		return fmt.Errorf("truncating it: %w", err)
	}
	delete(w.untruncated, path)
	return nil
}
