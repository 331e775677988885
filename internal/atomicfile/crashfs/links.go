package crashfs

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
)

var _ atomicfile.LinkFS = (*FS)(nil)

// linkMark is the prefix of a symbolic link's content, which is durable with its name.
const linkMark = "symbolic link to\x00"

func (c *FS) Symlink(target, path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[path] != nil {
		return &fs.PathError{Op: "symlink", Path: path, Err: fs.ErrExist}
	}
	if _, err := c.step(); err != nil {
		return err
	}
	content := []byte(linkMark + target)
	c.changeNames(change{path: &Node{written: content, synced: content}})
	return nil
}

func (c *FS) Readlink(path string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	node := c.seen[path]
	if node == nil {
		return "", notExist("readlink", path)
	}
	target, ok := strings.CutPrefix(string(node.written), linkMark)
	if !ok {
		return "", &fs.PathError{Op: "readlink", Path: path, Err: fs.ErrInvalid}
	}
	return target, nil
}

// follow resolves a path whose last element is a symbolic link to a relative path.
func (c *FS) follow(path string) string {
	if node := c.seen[path]; node != nil {
		if target, ok := strings.CutPrefix(string(node.written), linkMark); ok {
			return filepath.Join(filepath.Dir(path), target)
		}
	}
	return path
}

// SetAccess and Chtimes have no effect: a crash does not change modes and times here.
func (c *FS) SetAccess(string, fs.FileMode, int) error { return c.change() }

func (c *FS) Chtimes(string, time.Time) error { return c.change() }

func (c *FS) change() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.step()
	return err
}

// OpenExclusive fails for the files of InUse.
func (c *FS) OpenExclusive(path string) (atomicfile.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	node := c.seen[path]
	if node == nil {
		return nil, notExist("open", path)
	}
	if c.InUse != nil && c.InUse(node) {
		return nil, atomicfile.ErrNotExclusive
	}
	return &file{fs: c, node: node}, nil
}

// Clone fails, as on most disks.
func (c *FS) Clone(_, _ atomicfile.File) error { return errors.ErrUnsupported }
