package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"callsheet/internal/atomicfile"
)

// makeDir makes a folder and those above it, each in its parent for good before anything is put into it.
func makeDir(files atomicfile.FS, dir string) error {
	if there, err := exists(files, dir); err != nil || there {
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

// recover repairs the last file this collector wrote, reports what is damaged in it, and continues its ids. Older files are
// repaired when they are appended to again, which takes a clock set back; until then nobody reads a torn tail in them.
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
	lastID, err := w.examine(file, path, length)
	if err != nil {
		return err
	}
	w.ids.after(lastID)
	return nil
}

// recoverOnFullDisk gives up the last run's reserve if there is no room for what a repair sets aside.
func (w *Writer) recoverOnFullDisk() error {
	err := w.recover()
	if errors.Is(err, syscall.ENOSPC) && w.options.Files.Remove(filepath.Join(w.options.Dir, reserveName)) == nil {
		err = w.recover()
	}
	return err
}

// newest is the last uncompressed file with this collector's name, empty when there is none.
func (w *Writer) newest() (string, error) {
	all, err := w.options.Files.ReadDir(w.options.Dir)
	if err != nil {
		return "", err
	}
	var names []string
	for _, name := range all {
		stem, ok := strings.CutSuffix(name, ".ndjson")
		if !ok || !isDay(stem) {
			continue // somebody else's, which may still be being written
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
		return strings.Compare(strings.TrimSuffix(a, ".ndjson"), strings.TrimSuffix(b, ".ndjson"))
	})), nil
}

// openPart opens path, or the first part of its day that is neither compressed, which a plain file of the same name would
// hide, nor holds a failed group that cannot be cut off. Where both a plain and a compressed file are there the archive
// is not finished, and the plain one counts.
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
				return nil, "", err // it holds nothing: a broken disk must not make part after part
			}
		}
		actual = fmt.Sprintf("%s~%d.ndjson", stem, part)
	}
}

// isArchived tells whether a file is there compressed and not plain.
func (w *Writer) isArchived(path string) (bool, error) {
	plain, err := exists(w.options.Files, path)
	if err != nil || plain {
		return false, err
	}
	for _, ending := range []string{".zst", ".gz"} {
		there, err := exists(w.options.Files, path+ending)
		if err != nil || there {
			return there, err
		}
	}
	return false, nil
}

// truncateFailed removes what a failed group left in the file, if that could not be done at the time.
func (w *Writer) truncateFailed(file atomicfile.File, path string) error {
	durable, left := w.untruncated[path]
	if !left {
		return nil
	}
	if err := file.Truncate(durable); err != nil {
		return fmt.Errorf("truncating it: %w", err)
	}
	delete(w.untruncated, path)
	return nil
}
