// Package atomicfile writes files atomically and durably, and locks files. Its file system is an interface, so that tests can replace it
// with one that fails and crashes (crashfs).
package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// FS is the part of a file system that durable writing needs. Only the owner can read new files.
type FS interface {
	// Open opens a file for reading.
	Open(path string) (File, error)
	// OpenAppend opens a file for reading and appending, and creates it if it is missing.
	OpenAppend(path string) (File, error)
	// Create creates a file for reading and writing. It fails if the file exists.
	Create(path string) (File, error)
	// Stat follows symbolic links.
	Stat(path string) (fs.FileInfo, error)
	// ReadDir returns the names in a directory.
	ReadDir(dir string) ([]string, error)
	// Mkdir creates one directory.
	Mkdir(dir string) error
	// Rename renames a file and replaces a file at the new path.
	Rename(from, to string) error
	Remove(path string) error
	// SyncDir makes created, renamed and removed entries of a directory durable.
	SyncDir(dir string) error
	// SizeAt returns the size of an open file, and whether a path still refers to it: it may have been deleted or replaced. The size is
	// only valid if it does.
	SizeAt(file File, path string) (size int64, isAt bool)
}

// File is an open file.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.WriterAt // not for a file that is open for appending
	Size() (int64, error)
	Truncate(size int64) error
	Sync() error // of the content and the metadata that is needed to read it
	Close() error
}

// OS is the operating system's file system.
type OS struct{}

type osFile struct {
	*os.File
	opened fs.FileInfo // identifies the file; nil if it is open for reading only
}

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
	if flags == os.O_RDONLY {
		return osFile{File: f}, nil
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	// Independent of the umask, and also if the file was created with wider modes. The file of another owner stays as it is.
	if info.Mode().Perm() != 0o600 {
		f.Chmod(0o600)
	}
	return osFile{f, info}, nil
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
	return os.Chmod(dir, 0o700) // independent of the umask
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

// SizeAt makes one system call, since the collector calls it for every commit.
func (OS) SizeAt(file File, path string) (size int64, isAt bool) {
	ours, ok := file.(osFile)
	if !ok { // wrapped by a test
		size, err := file.Size()
		return size, err == nil
	}
	there, err := os.Stat(path)
	if err != nil || !os.SameFile(ours.opened, there) {
		return 0, false
	}
	return there.Size(), true
}

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f osFile) Sync() error { return syncData(f.File) }
