package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// ErrNotExclusive is the error of OpenExclusive for a file that another program has open, or may have.
var ErrNotExclusive = errors.New("the file may be open elsewhere")

// LinkFS is an FS with symbolic links, modes, times and what rewriting a file in place needs.
type LinkFS interface {
	FS
	Symlink(target, path string) error
	// Readlink returns the target of a symbolic link. It fails if the path is another file.
	Readlink(path string) (string, error)
	// SetAccess sets the mode of a file and, if gid is not negative, its group. It changes nothing that is so already.
	SetAccess(path string, mode fs.FileMode, gid int) error
	// Chtimes sets the modification time of a file.
	Chtimes(path string, modified time.Time) error
	// OpenExclusive opens an existing file for reading and writing if the kernel proves that it is open nowhere else and has no other
	// name. Until the file is closed, the kernel lets other programs that open it wait, for 45 seconds unless the system is configured
	// otherwise; if one did not wait any longer, Sync fails. Without proof the error is ErrNotExclusive.
	OpenExclusive(path string) (File, error)
	// Clone makes an empty file share the blocks of another one, which takes no space or time. It fails where the file system cannot.
	Clone(to, from File) error
}

var _ LinkFS = OS{}

func (OS) Symlink(target, path string) error { return os.Symlink(target, path) }

func (OS) Readlink(path string) (string, error) { return os.Readlink(path) }

func (OS) Chtimes(path string, modified time.Time) error { return os.Chtimes(path, modified, modified) }
