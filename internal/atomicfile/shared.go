package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// WriteReadable is WriteShared on the operating system's file system, without its warning.
func WriteReadable(path string, write func(io.Writer) error) error {
	_, err := WriteShared(OS{}, path, write)
	return err
}

// WriteShared is Write for a file that all users can read, in a folder that may be on a share: a file system that does not change modes,
// does not sync, or does not rename a file over another, which may be open. The file is written nevertheless, and the warning says what
// was refused. Only if it cannot be renamed is it written in place, where others see a part of it until it is whole. After an error, path
// has the old content or does not exist.
//
// Concurrent writers of one path need no lock: the last one wins. A process that is killed leaves a file named .callsheet-*.tmp.
func WriteShared(files LinkFS, path string, write func(io.Writer) error) (warning string, err error) {
	dir := filepath.Dir(path)
	hidden := filepath.Join(dir, ".callsheet-"+rand.Text()+".tmp")
	file, err := files.Create(hidden)
	if err != nil {
		return "", err
	}
	var refused refusals
	if err := files.SetAccess(hidden, Readable, -1); !isReadable(files, hidden) {
		refused.add("its mode cannot be changed, so others may not be able to read it", err)
	}
	if err = finishShared(file, write(file)); err == nil {
		err = refused.place(files, hidden, path)
	}
	if err != nil {
		return "", errors.Join(err, RemoveIfExists(files, hidden))
	}
	refused.add("its folder cannot be synced, so a crash may lose it", files.SyncDir(dir))
	return strings.Join(refused, "; "), nil
}

// refusals are the operations that a file system refused although the file is written.
type refusals []string

func (r *refusals) add(text string, err error) {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		err = errno // without the path
	}
	if err != nil {
		*r = append(*r, fmt.Sprintf("%s: %v", text, err))
	}
}

// place renames the hidden file to path, or else copies it there.
func (r *refusals) place(files FS, hidden, path string) error {
	refused := files.Rename(hidden, path)
	if refused == nil || isDiskError(refused) {
		return refused
	}
	if err := overwrite(files, hidden, path); err != nil {
		return errors.Join(refused, err)
	}
	r.add("it cannot be renamed, so it was written in place, where a reader may have seen a part of it", refused)
	r.add("a temporary file stays beside it", RemoveIfExists(files, hidden))
	return nil
}

// overwrite copies a file to a path that it cannot be renamed to. After an error the path does not exist, or could not be opened.
func overwrite(files FS, from, to string) error {
	source, err := files.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	file, err := files.Create(to)
	if errors.Is(err, fs.ErrExist) {
		if file, err = files.OpenAppend(to); err == nil {
			err = file.Truncate(0)
		}
	}
	if file == nil {
		return err
	}
	if err == nil {
		_, err = io.Copy(file, source)
	}
	if err != nil {
		_ = file.Truncate(0) // where files cannot be removed
	}
	if err = finishShared(file, err); err != nil {
		return errors.Join(err, RemoveIfExists(files, to))
	}
	return nil
}

// finishShared syncs and closes a file. err is that of writing it.
func finishShared(file File, err error) error {
	if err == nil {
		err = file.Sync()
		if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
			err = nil
		}
	}
	return errors.Join(err, file.Close())
}

// isDiskError reports whether a disk, a quota or a server failed, so that writing in place would fail too, and lose the old content.
func isDiskError(err error) bool {
	return slices.ContainsFunc([]error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS, syscall.ESTALE}, func(errno error) bool {
		return errors.Is(err, errno)
	})
}

// isReadable reports whether all users can read a file: a share may give all files the same mode.
func isReadable(files FS, path string) bool {
	info, err := files.Stat(path)
	return err == nil && info.Mode().Perm()&Readable == Readable
}
