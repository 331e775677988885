package atomicfile

import (
	"io/fs"
	"os"
	"time"
)

// LinkFS is an FS with symbolic links, modes and times.
type LinkFS interface {
	FS
	Symlink(target, path string) error
	// Readlink returns the target of a symbolic link. It fails if the path is another file.
	Readlink(path string) (string, error)
	// SetAccess sets the mode of a file and, if gid is not negative, its group. It changes nothing that is so already.
	SetAccess(path string, mode fs.FileMode, gid int) error
	// Chtimes sets the modification time of a file.
	Chtimes(path string, modified time.Time) error
}

var _ LinkFS = OS{}

func (OS) Symlink(target, path string) error { return os.Symlink(target, path) }

func (OS) Readlink(path string) (string, error) { return os.Readlink(path) }

func (OS) Chtimes(path string, modified time.Time) error { return os.Chtimes(path, modified, modified) }
