// Package atomicfile is the file system as programs use it that must not lose data in a crash: an interface that a test
// replaces by a failing one (crashfs), the operating system's, and writing a file so that it appears whole or not at all.
package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// FS is the part of a file system that durable writing needs. New files are for their owner only.
type FS interface {
	// Open opens a file for reading.
	Open(path string) (File, error)
	// OpenAppend opens a file for reading and appending, and creates it if it is missing.
	OpenAppend(path string) (File, error)
	// Create creates a file for reading and writing; it fails if the file exists.
	Create(path string) (File, error)
	// Stat follows symbolic links.
	Stat(path string) (fs.FileInfo, error)
	// ReadDir returns the names in a directory.
	ReadDir(dir string) ([]string, error)
	// Mkdir creates one directory.
	Mkdir(dir string) error
	// Rename replaces a file at the new path.
	Rename(from, to string) error
	Remove(path string) error
	// SyncDir makes created, renamed and removed names of a directory durable.
	SyncDir(dir string) error
	// IsAt reports whether a path still leads to an open file, which may have been deleted or replaced.
	IsAt(file File, path string) bool
}

// File is an open file.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.WriterAt // not of a file that is open for appending
	Size() (int64, error)
	Truncate(size int64) error
	Sync() error // of the content and what is needed to read it back
	Close() error
}

// OS is the operating system's file system.
type OS struct{}

type osFile struct{ *os.File }

func (OS) Open(path string) (File, error) { return open(path, os.O_RDONLY) }

func (OS) OpenAppend(path string) (File, error) {
	return open(path, os.O_RDWR|os.O_APPEND|os.O_CREATE)
}

func (OS) Create(path string) (File, error) { return open(path, os.O_RDWR|os.O_CREATE|os.O_EXCL) }

func open(path string, flags int) (File, error) {
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	if flags != os.O_RDONLY {
		// Whatever the umask was, and of a file that was made with wider modes. One of another owner stays as it is.
		if info, err := f.Stat(); err == nil && info.Mode().Perm() != 0o600 {
			f.Chmod(0o600)
		}
	}
	return osFile{f}, nil
}

func (OS) Stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

func (OS) ReadDir(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names, err
}

func (OS) Mkdir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return os.Chmod(dir, 0o700) // whatever the umask
}

func (OS) Rename(from, to string) error { return os.Rename(from, to) }

func (OS) Remove(path string) error { return os.Remove(path) }

func (OS) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (OS) IsAt(file File, path string) bool {
	opened, ok := file.(osFile)
	if !ok {
		return true // wrapped by a test
	}
	ours, err := opened.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(ours, there)
}

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f osFile) Sync() error { return syncData(f.File) }
