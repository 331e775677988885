package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Modes of files and folders for all users of the machine: the published copy and workbooks. They do not depend on the umask. Only the
// owner can read all other files.
const (
	Readable    os.FileMode = 0o644
	readableDir os.FileMode = 0o755
)

// MkdirReadable creates a folder and its missing parents, readable by all users unless it is on a share that does not change modes. An
// existing folder keeps its mode.
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
	if err := os.Mkdir(dir, readableDir); errors.Is(err, os.ErrExist) {
		return nil // created by another process meanwhile
	} else if err != nil {
		return err
	}
	if info, err = os.Stat(dir); err != nil {
		return err
	}
	_ = os.Chmod(dir, info.Mode()|readableDir) // keeps a setgid bit from the parent
	return nil
}
