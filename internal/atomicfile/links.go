package atomicfile

import (
	"io/fs"
	"os"
	"time"
)

// LinkFS is an FS with what publishing a file under a symbolic link needs besides.
type LinkFS interface {
	FS
	Symlink(target, path string) error
	// Readlink returns what a symbolic link holds; it fails if the path is none.
	Readlink(path string) (string, error)
	Chmod(path string, mode fs.FileMode) error
	// Chtimes sets when a file was last changed.
	Chtimes(path string, at time.Time) error
}

var _ LinkFS = OS{}

func (OS) Symlink(target, path string) error { return os.Symlink(target, path) }

func (OS) Readlink(path string) (string, error) { return os.Readlink(path) }

func (OS) Chmod(path string, mode fs.FileMode) error { return os.Chmod(path, mode) }

func (OS) Chtimes(path string, at time.Time) error { return os.Chtimes(path, at, at) }
