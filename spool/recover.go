package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// idPrefix is how an envelope's line begins; the 26 bytes after it are the id.
const idPrefix = `{"id":"`

// makeDir makes a folder and those above it, each in its parent for good before anything is put into it.
func makeDir(files fileSystem, dir string) error {
	there, err := files.exists(dir)
	if err != nil || there {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeDir(files, parent); err != nil {
		return err
	}
	if err := files.mkdir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return files.syncDir(parent)
}

// recover repairs the last file this collector wrote and takes its ids up from there. Older files are repaired when
// they are appended to again, which takes a clock set back; until then a torn tail in them is read by nobody.
func (w *Writer) recover() error {
	path, err := w.newest()
	if err != nil || path == "" {
		return err
	}
	file, _, err := w.options.files.openAppend(path)
	if err != nil {
		return err
	}
	defer file.Close()
	length, err := w.repair(file, path)
	if err != nil || length == 0 {
		return err
	}
	begin, err := wholeLines(file, length-1)
	if err != nil {
		return err
	}
	line := make([]byte, min(length-begin, int64(len(idPrefix)+26)))
	if _, err := file.ReadAt(line, begin); err != nil && err != io.EOF {
		return err
	}
	if id, ok := strings.CutPrefix(string(line), idPrefix); ok {
		w.ids.after(id)
	}
	return nil
}

// newest is the last uncompressed file with this collector's name, empty when there is none.
func (w *Writer) newest() (string, error) {
	all, err := w.options.files.names(w.options.Dir)
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

// unarchived is path, or the first part of its day that is not compressed: a plain file would hide an archive of the
// same name. Where both are there the archive is not finished, and the plain file counts.
func (w *Writer) unarchived(path string) (string, error) {
	stem := strings.TrimSuffix(path, ".ndjson")
	for part := 1; ; part++ {
		if part > 1 {
			path = fmt.Sprintf("%s~%d.ndjson", stem, part)
		}
		plain, err := w.options.files.exists(path)
		if err != nil || plain {
			return path, err
		}
		archived := false
		for _, ending := range []string{".zst", ".gz"} {
			there, err := w.options.files.exists(path + ending)
			if err != nil {
				return "", err
			}
			archived = archived || there
		}
		if !archived {
			return path, nil
		}
	}
}

// cutBack cuts off what a failed group left in the file, if that could not be done at the time.
func (w *Writer) cutBack(file appendFile, path string) error {
	durable, left := w.uncut[path]
	if !left {
		return nil
	}
	if err := file.Truncate(durable); err != nil {
		return err
	}
	delete(w.uncut, path)
	return nil
}
