package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"callsheet/internal/atomicfile"
)

// undoneDir is the folder in a spool with the files of undone imports.
const undoneDir = "undone"

// Undo removes the file of an import from a spool, by one rename. The file is kept in a folder of its own until RemoveUndone: it tells a
// load that the file is not missing by mistake. No import or archive may run at the same time.
func Undo(dir, id string) error { return undo(atomicfile.OS{}, dir, id) }

func undo(files atomicfile.FS, dir, id string) error {
	aside := filepath.Join(dir, undoneDir)
	if err := files.Mkdir(aside); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := files.SyncDir(dir); err != nil {
		return err
	}
	// While an archive is not finished, its plain file counts, so that goes last.
	found := false
	for i := len(endings) - 1; i >= 0; i-- {
		name := id + endings[i]
		err := files.Rename(filepath.Join(dir, name), filepath.Join(aside, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("undoing import %s: %w", id, err)
		}
		found = found || err == nil
	}
	if !found {
		return fmt.Errorf("import %s is not in the spool", id)
	}
	return errors.Join(files.SyncDir(aside), files.SyncDir(dir))
}

// HasUndone reports whether a spool may have files of undone imports.
func HasUndone(dir string) bool {
	names, err := os.ReadDir(filepath.Join(dir, undoneDir))
	return err == nil && len(names) > 0
}

// Undone returns the names of the files of undone imports. present are the files of the spool: a file that is there is not undone.
func Undone(dir string, present []File) (map[string]bool, error) {
	return undone(atomicfile.OS{}, dir, present)
}

func undone(files atomicfile.FS, dir string, present []File) (map[string]bool, error) {
	names := map[string]bool{}
	aside := filepath.Join(dir, undoneDir)
	if _, err := files.Stat(aside); errors.Is(err, fs.ErrNotExist) {
		return names, nil
	}
	list, err := list(files, aside)
	if err != nil {
		return nil, err
	}
	for _, file := range list {
		if _, ok := file.ImportID(); ok {
			names[file.Name] = true
		}
	}
	for _, file := range present {
		delete(names, file.Name)
	}
	return names, nil
}

// ListUndone returns the names of the files of undone imports.
func ListUndone(dir string) (map[string]bool, error) {
	if !HasUndone(dir) {
		return nil, nil
	}
	present, err := List(dir)
	if err != nil {
		return nil, err
	}
	return Undone(dir, present)
}

// RemoveUndone removes the files and records of undone imports, once the database has no lines of them. names are those that ListUndone returned
// before the load: the load may not have seen one that was undone since.
func RemoveUndone(dir string, names map[string]bool) error {
	if len(names) == 0 {
		return nil
	}
	files := atomicfile.OS{}
	for name := range names {
		id, _ := File{Name: name}.ImportID()
		if err := atomicfile.RemoveIfExists(files, recordPath(dir, id)); err != nil {
			return err
		}
		for _, ending := range endings {
			if err := atomicfile.RemoveIfExists(files, filepath.Join(dir, undoneDir, id+ending)); err != nil {
				return err
			}
		}
	}
	return files.SyncDir(dir)
}
