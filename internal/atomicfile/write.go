package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
)

// Write replaces the file at path by what write produces: into a hidden file beside it, which is synced and then renamed. A
// crash at any moment leaves the old content or the new, whole. After an error the old content stands, unless only the last sync
// of the directory failed. Callers keep two writers of one path apart.
func Write(files FS, path string, write func(io.Writer) error) error {
	dir := filepath.Dir(path)
	temporary := filepath.Join(dir, "."+filepath.Base(path)+".tmp")
	if err := RemoveIfExists(files, temporary); err != nil { // of a process that was killed
		return err
	}
	file, err := files.Create(temporary)
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = files.Rename(temporary, path)
	}
	if err != nil {
		return errors.Join(err, RemoveIfExists(files, temporary))
	}
	return files.SyncDir(dir)
}

// WriteFile is Write with the content at hand.
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
