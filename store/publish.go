package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"callsheet/internal/atomicfile"
)

// Publish makes a read-only copy of a closed database at path: beside it first, synced, then renamed into place.
// Whoever has the old copy open goes on reading it. The copy carries the database's time of change, so that one that
// is there already is not made again.
func Publish(database, path string) (err error) {
	dir := filepath.Dir(path)
	if err := atomicfile.MkdirReadable(dir); err != nil {
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
	target, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, atomicfile.Readable)
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
	if err := errors.Join(err, target.Chmod(atomicfile.Readable), target.Sync(), target.Close()); err != nil {
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

// Replace puts a closed database in the place of another. The other's write-ahead log goes first, and durably: it would be
// replayed over the new one.
func Replace(database, by string) error {
	dir := filepath.Dir(database)
	err := errors.Join(checkNoWAL(by), removeIfThere(database+".wal"), syncDir(dir))
	if err == nil {
		err = os.Rename(by, database)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("replacing the database: %w", err)
	}
	return nil
}

// SetAside moves a database, with what its last writer had not checkpointed, to another name.
func SetAside(database, to string) error {
	err := os.Rename(database+".wal", to+".wal")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("setting the database aside: %w", err)
	}
	if err := os.Rename(database, to); err != nil {
		return fmt.Errorf("setting the database aside: %w", err)
	}
	return nil
}

// Remove removes a database that nobody has open, if it is there.
func Remove(database string) error {
	return errors.Join(removeIfThere(database), removeIfThere(database+".wal"))
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
