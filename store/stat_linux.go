package store

import (
	"io"
	"io/fs"
	"math"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func statOf(info fs.FileInfo) fileStat {
	stat := fileStat{ModifiedAt: info.ModTime().UTC()}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		stat.Inode, stat.ChangedAt = s.Ino, time.Unix(s.Ctim.Unix()).UTC()
	}
	return stat
}

// isLocked reports whether another process has a database file open: DuckDB locks it, also for reading.
func isLocked(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	lock := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
	err = unix.FcntlFlock(file.Fd(), unix.F_GETLK, &lock)
	return err == nil && lock.Type != unix.F_UNLCK
}

// freeBytes returns the free space of a file system for users other than root.
func freeBytes(dir string) int64 {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return math.MaxInt64
	}
	return int64(stat.Bavail) * stat.Bsize
}
