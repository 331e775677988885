package spool

import (
	"math/rand/v2"
	"path/filepath"

	"callsheet/internal/atomicfile"
)

// reserveSize is enough for the group that finds the disk full, for the bytes that a repair quarantines and for the last log lines of
// other programs.
const reserveSize = 1 << 20

const reserveName = ".reserve"

// makeReserve writes and syncs a file that can be removed when the disk is full. A failing spool calls it to find out whether it can
// store again.
func (w *Writer) makeReserve() error {
	files, path := w.options.Files, filepath.Join(w.options.Dir, reserveName)
	if err := atomicfile.RemoveIfExists(files, path); err != nil {
		return err
	}
	content := make([]byte, w.options.reserve)
	rand.NewChaCha8([32]byte{}).Read(content) // a file system may allocate no space for zeros
	if err := atomicfile.WriteFile(files, path, content); err != nil {
		return err
	}
	w.reserve = true
	return nil
}

// spendReserve removes the reserve and reports whether there was one.
func (w *Writer) spendReserve() bool {
	if !w.reserve {
		return false
	}
	w.reserve = false
	return w.options.Files.Remove(filepath.Join(w.options.Dir, reserveName)) == nil
}
