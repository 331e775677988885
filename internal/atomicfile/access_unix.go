//go:build unix

package atomicfile

import (
	"io/fs"
	"os"
	"syscall"
)

// GroupOf returns the number of a file's group.
func GroupOf(info fs.FileInfo) (gid int, ok bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Gid), true
}

func (OS) SetAccess(path string, mode fs.FileMode, gid int) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if now, ok := GroupOf(info); gid >= 0 && (!ok || now != gid) {
		if err := os.Chown(path, -1, gid); err != nil {
			return err
		}
	}
	if info.Mode().Perm() == mode {
		return nil
	}
	return os.Chmod(path, mode)
}
