//go:build !unix

package atomicfile

import (
	"io/fs"
	"os"
)

// GroupOf returns the number of a file's group.
func GroupOf(fs.FileInfo) (gid int, ok bool) { return 0, false }

func (OS) SetAccess(path string, mode fs.FileMode, _ int) error { return os.Chmod(path, mode) }
