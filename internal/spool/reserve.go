package spool

import (
	"errors"
	"math/rand/v2"
	"path/filepath"

	"callsheet/internal/atomicfile"
)

// reserveSize has room for the group that finds the disk full, for what a repair keeps aside and for other programs' last
// words.
const reserveSize = 1 << 20

const reserveName = ".reserve"

// makeReserve writes and syncs a file that can be given up when the disk is full. It is also how a spool that could not
// store finds out that it can again.
func (w *Writer) makeReserve() error {
	files, path := w.options.Files, filepath.Join(w.options.Dir, reserveName)
	if err := atomicfile.RemoveIfExists(files, path); err != nil {
		return err
	}
	file, err := files.Create(path)
	if err != nil {
		return err
	}
	content := make([]byte, w.options.reserve)
	rand.NewChaCha8([32]byte{}).Read(content) // a file system may keep nothing of zeros
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, files.Remove(path))
	}
	w.reserve = true
	return nil
}

// spendReserve gives the reserve's room to others and tells whether there was one.
func (w *Writer) spendReserve() bool {
	if !w.reserve {
		return false
	}
	w.reserve = false
	return w.options.Files.Remove(filepath.Join(w.options.Dir, reserveName)) == nil
}
