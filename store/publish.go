package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Publish makes a read-only copy of a closed database at path: beside it first, synced, then renamed into place.
// Whoever has the old copy open goes on reading it. The copy carries the database's time of change, so that one that
// is there already is not made again.
func Publish(database, path string) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	source, err := os.Open(database)
	if err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	if copied, err := os.Stat(path); err == nil && copied.Size() == info.Size() && copied.ModTime().Equal(info.ModTime()) {
		return nil
	}
	// A copy that was cut short by a kill is overwritten by the next.
	temporary := filepath.Join(dir, "."+filepath.Base(path)+".tmp")
	if err := os.RemoveAll(temporary); err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	target, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("publishing: %w", err), os.Remove(temporary))
		}
	}()
	// Between two files io.Copy asks the kernel, which shares the blocks where the file system can.
	_, err = io.Copy(target, source)
	if err := errors.Join(err, target.Sync(), target.Close()); err != nil {
		return err
	}
	if err := os.Chtimes(temporary, info.ModTime(), info.ModTime()); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
