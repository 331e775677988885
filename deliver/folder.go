// Package deliver brings a finished file to where its readers are.
package deliver

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Folder copies a file into a folder under its own name and returns its path there. The copy appears whole or not
// at all; one of the same name is replaced.
func Folder(file, folder string) (path string, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	source, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer source.Close()
	target, err := os.CreateTemp(folder, "."+filepath.Base(file)+".*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			os.Remove(target.Name())
		}
	}()
	_, err = io.Copy(target, source)
	if err := errors.Join(err, target.Chmod(0o644), target.Sync(), target.Close()); err != nil {
		return "", fmt.Errorf("copying to %s: %w", folder, err)
	}
	path = filepath.Join(folder, filepath.Base(file))
	if err := os.Rename(target.Name(), path); err != nil {
		return "", err
	}
	dir, err := os.Open(folder)
	if err != nil {
		return "", err
	}
	return path, errors.Join(dir.Sync(), dir.Close())
}
