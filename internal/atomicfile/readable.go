package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Modes of what other users of the machine read: the published copy and workbooks, and the folders made for them. They hold whatever
// the umask; everything else is for its owner only.
const (
	Readable    os.FileMode = 0o644
	ReadableDir os.FileMode = 0o755
)

// MkdirReadable creates a folder, and those above it that are missing, for all users to read. One that is there keeps its mode.
func MkdirReadable(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is not a folder", dir)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := MkdirReadable(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, ReadableDir); errors.Is(err, os.ErrExist) {
		return nil // another process was quicker
	} else if err != nil {
		return err
	}
	if info, err = os.Stat(dir); err != nil {
		return err
	}
	return os.Chmod(dir, info.Mode()|ReadableDir) // keeps the group that a folder above hands down
}
