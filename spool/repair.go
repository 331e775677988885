package spool

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// repair keeps aside what a crash left behind the last newline, which nobody was told is stored, and returns the
// length of the whole lines. Without it the next line would be joined to the torn one.
func (w *Writer) repair(file appendFile, path string) (int64, error) {
	size, err := file.Size()
	if err != nil {
		return 0, err
	}
	length, err := wholeLines(file, size)
	if err != nil || length == size {
		return length, err
	}
	torn := make([]byte, size-length)
	if _, err := file.ReadAt(torn, length); err != nil && err != io.EOF {
		return 0, err
	}
	kept, err := w.keepAside(path, torn)
	if err != nil {
		return 0, err
	}
	if err := file.Truncate(length); err != nil {
		return 0, err
	}
	w.options.Log.Warn("a crash left an unfinished line; it was not acknowledged and is kept aside",
		"file", filepath.Base(path), "bytes", len(torn), "kept", filepath.Base(kept))
	return length, nil
}

// wholeLines is the length of a file up to and with its last newline.
func wholeLines(file appendFile, size int64) (int64, error) {
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

// keepAside writes torn bytes into a file of their own, durably, before they are cut off.
func (w *Writer) keepAside(path string, torn []byte) (string, error) {
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.torn-%d", path, n)
		file, err := w.options.files.create(aside)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = file.Write(torn)
		if err = errors.Join(err, file.Sync(), file.Close(), w.options.files.syncDir(w.options.Dir)); err != nil {
			w.options.files.remove(aside) // the torn bytes are still where they were; on a full disk each try would leave one
			return "", err
		}
		return aside, nil
	}
}
