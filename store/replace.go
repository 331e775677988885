package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"callsheet/internal/atomicfile"
)

// Replace replaces a database with another, closed one.
func Replace(database, by string) error {
	err := checkNoWAL(by)
	if err == nil {
		err = replace(atomicfile.OS{}, database, by)
	}
	if err != nil {
		return fmt.Errorf("replacing the database: %w", err)
	}
	return nil
}

// replace durably removes the old database's write-ahead log first, since it would be replayed over the new database. DuckDB has
// synced the new database; SyncDir makes its name durable before the rename.
func replace(files atomicfile.FS, database, by string) error {
	dir := filepath.Dir(database)
	if err := atomicfile.RemoveIfExists(files, database+".wal"); err != nil {
		return err
	}
	if err := files.SyncDir(dir); err != nil {
		return err
	}
	if err := files.Rename(by, database); err != nil {
		return err
	}
	return files.SyncDir(dir)
}

// Quarantine renames a damaged database and its write-ahead log.
func Quarantine(database, to string) error {
	err := os.Rename(database+".wal", to+".wal")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("moving the damaged database away: %w", err)
	}
	if err := os.Rename(database, to); err != nil {
		return fmt.Errorf("moving the damaged database away: %w", err)
	}
	return nil
}

// Remove removes a database that is not open, if it exists.
func Remove(database string) error {
	files := atomicfile.OS{}
	return errors.Join(atomicfile.RemoveIfExists(files, database), atomicfile.RemoveIfExists(files, database+".wal"))
}
