package spool

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"callsheet/internal/atomicfile"
)

// repair prepares the end of a file for the next line and returns the file's length, all of which is durable then. It never changes
// anything up to the last newline: a damaged line there is rejected when it is loaded. The bytes after the last newline were not
// acknowledged. If they are a whole line, repair adds its newline; otherwise it quarantines them and truncates the file.
func (w *Writer) repair(file atomicfile.File, path string) (int64, error) {
	size, err := file.Size()
	if err != nil {
		return 0, err
	}
	whole, err := wholeLines(file, size)
	if err != nil {
		return 0, err
	}
	if whole < size {
		if size, err = w.repairTail(file, path, whole, size); err != nil {
			return 0, err
		}
	}
	return size, file.Sync() // a killed process may not have synced it
}

// repairTail repairs the bytes after the last newline of a file and returns the new size.
func (w *Writer) repairTail(file atomicfile.File, path string, whole, size int64) (int64, error) {
	name := filepath.Base(path)
	ended, err := isLine(file, whole, size)
	if err != nil {
		return 0, err
	}
	if ended {
		if _, err := file.Write([]byte("\n")); err != nil {
			return 0, err
		}
		w.options.Log.Warn("the last line had no newline but is whole; the newline was added", "file", name, "offset", whole)
		return size + 1, nil
	}
	copied, err := w.quarantine(path, io.NewSectionReader(file, whole, size-whole))
	if err != nil {
		return 0, err
	}
	if err := file.Truncate(whole); err != nil {
		return 0, err
	}
	w.options.Log.Warn("the file did not end with a whole line; the bytes after its last line are quarantined",
		"file", name, "offset", whole, "bytes", size-whole, "quarantine", filepath.Base(copied))
	return whole, nil
}

// isLine reports whether a part of a file is a whole line without its newline. Only a checksum can prove that.
func isLine(file io.ReaderAt, begin, end int64) (bool, error) {
	if end-begin > MaxLine {
		return false, nil
	}
	text := make([]byte, end-begin)
	if _, err := file.ReadAt(text, begin); err != nil && err != io.EOF {
		return false, err
	}
	has, err := checkLine(text)
	return has && err == nil && isObject(text), nil
}

// wholeLines returns the length of a file up to and including its last newline.
func wholeLines(file io.ReaderAt, size int64) (int64, error) {
	block := make([]byte, 64<<10)
	for end := size; end > 0; {
		begin := max(end-int64(len(block)), 0)
		part := block[:end-begin]
		if _, err := file.ReadAt(part, begin); err != nil && err != io.EOF {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return begin + int64(i) + 1, nil
		}
		end = begin
	}
	return 0, nil
}

// quarantine copies torn bytes durably into a separate file before they are truncated.
func (w *Writer) quarantine(path string, torn io.Reader) (string, error) {
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s.torn-%d", path, n)
		file, err := w.options.Files.Create(name)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = io.Copy(file, torn)
		if err = errors.Join(err, file.Sync(), file.Close(), w.options.Files.SyncDir(w.options.Dir)); err != nil {
			w.options.Files.Remove(name) // the torn bytes are still in the file; on a full disk each try would leave a copy
			return "", err
		}
		return name, nil
	}
}
