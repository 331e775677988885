//go:build unix

package pipeline

import "golang.org/x/sys/unix"

// diskSpace returns the bytes that are free to other users than root and the total bytes of the file system of a folder.
func diskSpace(dir string) (free, total uint64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}
