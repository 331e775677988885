package crashfs

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"
)

// Node is the content of a file, as written and as synced. As on Linux, a failed sync may mark pages as clean that are not on the disk:
// the bytes from lostFrom to lostTo stay lost in later syncs, until they are truncated.
type Node struct {
	written, synced  []byte
	lostFrom, lostTo int
}

// Written returns the content as the running system sees it.
func (n *Node) Written() string { return string(n.written) }

// Synced returns the content that survives every crash.
func (n *Node) Synced() string { return string(n.synced) }

func (n *Node) survive(rng *rand.Rand, share float64) []byte {
	content := slices.Clone(n.synced)
	if len(n.written) < len(n.synced) && rng.Float64() < share {
		content = content[:len(n.written)] // the truncation itself had reached the disk
	}
	for begin := 0; begin < len(n.written); begin += BlockSize {
		end := min(begin+BlockSize, len(n.written))
		if end <= len(n.synced) && string(n.written[begin:end]) == string(n.synced[begin:end]) || rng.Float64() >= share {
			continue
		}
		if len(content) < end {
			content = append(content, make([]byte, end-len(content))...)
		}
		copy(content[begin:end], n.written[begin:end])
	}
	return content
}

// file is an open file.
type file struct {
	fs       *FS
	node     *Node
	appends  bool
	readOnly bool
	offset   int64 // of the next Read, and of the next Write unless it appends
}

// step is the file system's step, which also fails for a broken file.
func (f *file) step() (crashing bool, err error) {
	if f.readOnly {
		return false, syscall.EBADF
	}
	if crashing, err = f.fs.step(); err == nil && f.fs.Broken != nil && f.fs.Broken(f.node) {
		err = syscall.EIO
	}
	return crashing, err
}

func (f *file) Write(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.appends {
		f.offset = int64(len(f.node.written))
	}
	n, err := f.writeAt(p, f.offset)
	f.offset += int64(n)
	return n, err
}

func (f *file) WriteAt(p []byte, offset int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return f.writeAt(p, offset)
}

func (f *file) writeAt(p []byte, offset int64) (int, error) {
	crashing, err := f.step()
	switch {
	case err != nil && (crashing || !errors.Is(err, ErrCrashed)):
		p = p[:f.fs.rng.IntN(len(p)+1)] // a part of it was written
	case err != nil:
		return 0, err
	case f.fs.short && len(p) > 0:
		p = p[:f.fs.rng.IntN(len(p))]
	}
	size := len(f.node.written)
	if grows := int(offset) + len(p) - size; err == nil && grows > 0 {
		if free := f.fs.free(); free < grows {
			p, err = p[:max(len(p)-grows+free, 0)], syscall.ENOSPC
		}
	}
	if end := int(offset) + len(p); end > size {
		f.node.written = append(f.node.written, make([]byte, end-size)...)
	}
	return copy(f.node.written[offset:], p), err
}

func (f *file) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if _, err := f.step(); err != nil {
		f.node.lostFrom, f.node.lostTo = min(len(f.node.synced), len(f.node.written)), len(f.node.written)
		if f.fs.NoSyncError && !errors.Is(err, ErrCrashed) {
			return nil
		}
		return err
	}
	if !f.fs.NoFileSync {
		f.node.synced = slices.Clone(f.node.written)
		clear(f.node.synced[f.node.lostFrom:f.node.lostTo])
	}
	return nil
}

func (f *file) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if _, err := f.step(); err != nil {
		return err
	}
	if !f.fs.NoTruncate {
		f.node.written = slices.Clone(f.node.written[:size])
		f.node.lostFrom, f.node.lostTo = min(f.node.lostFrom, int(size)), min(f.node.lostTo, int(size))
	}
	return nil
}

func (f *file) Read(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.offset >= int64(len(f.node.written)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.written[f.offset:])
	f.offset += int64(n)
	return n, nil
}

func (f *file) ReadAt(p []byte, offset int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if offset >= int64(len(f.node.written)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.written[offset:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return int64(len(f.node.written)), nil
}

func (f *file) Close() error { return nil }

// info is the FileInfo of a file. Modification times are zero.
type info struct {
	name string
	size int64
	mode fs.FileMode
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }
