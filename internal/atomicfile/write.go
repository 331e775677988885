package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
)

// Write replaces the file at path with what write produces. It writes a hidden file in the same folder, syncs it, renames it and
// syncs the folder, so a crash leaves the old content or the new, whole. After an error the old content stays, unless only the sync of
// the folder failed. Concurrent writers of one path need a lock.
func Write(files FS, path string, write func(io.Writer) error) error {
	return WriteChecked(files, path, write, func(string) error { return nil })
}

// WriteChecked is Write that calls check with the path of the hidden file, once that is synced. If check fails, path stays as it is.
// The hidden file has the extension of path.
func WriteChecked(files FS, path string, write func(io.Writer) error, check func(hidden string) error) error {
	hidden := filepath.Join(filepath.Dir(path), ".new."+filepath.Base(path))
	if err := RemoveIfExists(files, hidden); err != nil { // of a process that was killed
		return err
	}
	file, err := files.Create(hidden)
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = check(hidden)
	}
	if err == nil {
		err = files.Rename(hidden, path)
	}
	if err != nil {
		return errors.Join(err, RemoveIfExists(files, hidden))
	}
	return files.SyncDir(filepath.Dir(path))
}

// WriteFile is Write of a content in memory.
func WriteFile(files FS, path string, content []byte) error {
	return Write(files, path, func(w io.Writer) error {
		n, err := w.Write(content)
		if err == nil && n < len(content) {
			err = io.ErrShortWrite
		}
		return err
	})
}

// RemoveIfExists removes a file that may be missing.
func RemoveIfExists(files FS, path string) error {
	if err := files.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
