//go:build unix

package main

import "golang.org/x/sys/unix"

// diskSpace is what the file system of a folder has left for others than root, and all it has, in bytes.
func diskSpace(dir string) (free, all uint64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}
