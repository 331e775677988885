package spool

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// fileSystem is what the writer needs of one; a test puts a failing one in its place.
type fileSystem interface {
	// openAppend opens a file for appending and makes it if it is missing.
	openAppend(path string) (f appendFile, created bool, err error)
	// syncDir makes new and renamed files of a folder durable.
	syncDir(dir string) error
	// create makes a file that must not be there.
	create(path string) (appendFile, error)
	remove(path string) error
	exists(path string) (bool, error)
	// mkdir makes one folder.
	mkdir(dir string) error
	// isAt tells whether a path still leads to an open file: it may have been deleted or replaced.
	isAt(file appendFile, path string) bool
	// names lists a folder.
	names(dir string) ([]string, error)
	// lock takes a folder's lock file for this process.
	lock(path, what string) (release func() error, err error)
}

// appendFile is an open file of the spool.
type appendFile interface {
	Write(p []byte) (int, error)
	ReadAt(p []byte, offset int64) (int, error)
	Size() (int64, error)
	Truncate(size int64) error
	Sync() error // of the content and what is needed to read it back
	Close() error
}

// osFiles is the real file system.
type osFiles struct{}

type osFile struct{ *os.File }

func (osFiles) openAppend(path string) (appendFile, bool, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err == nil {
		return osFile{f}, false, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, false, err
	}
	f, err = os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	return osFile{f}, true, err
}

func (osFiles) create(path string) (appendFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return osFile{f}, err
}

func (osFiles) syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (osFiles) remove(path string) error { return os.Remove(path) }

func (osFiles) isAt(file appendFile, path string) bool {
	open, ok := file.(osFile)
	if !ok {
		return true // wrapped by a test
	}
	mine, err := open.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(mine, there)
}

func (osFiles) names(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	list := make([]string, len(entries))
	for i, entry := range entries {
		list[i] = entry.Name()
	}
	return list, err
}

func (osFiles) lock(path, what string) (func() error, error) {
	lock, err := TakeLock(context.Background(), path, what, 0)
	if err != nil {
		return nil, err
	}
	return lock.Release, nil
}

func (osFiles) mkdir(dir string) error { return os.Mkdir(dir, 0o700) }

func (osFiles) exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f osFile) Sync() error { return syncData(f.File) }
