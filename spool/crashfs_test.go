package spool

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// blockSize is what a disk writes at once: a crash keeps or loses whole blocks of what was not synced.
const blockSize = 4096

var (
	errCrashed = errors.New("the machine is down")
	errShort   = errors.New("only a part is written, and nobody says so") // of a write; it fails nothing else
)

// crashFS is a file system in memory that tells what a crash can lose: written bytes that were not synced, and names
// of files that were made since their folder was synced. Operations are counted, and any of them can fail or be the last.
type crashFS struct {
	mu      sync.Mutex
	seen    map[string]*inode // as the running system sees it
	durable map[string]*inode // as a crash leaves it
	dirs    map[string]bool
	dice    *rand.Rand

	operations int
	short      bool                      // the operation under way, if it is a write, is a short one
	crashAt    int                       // the machine goes down in this operation; 0 never
	failing    func(operation int) error // the error of an operation, nil for none

	brokenNode func(*inode) bool // files that can be neither written, synced nor cut; nil for none
	capacity   int               // bytes that fit on the disk; 0 for any number

	// What a broken program would leave out, to show that the checks notice.
	noFileSync, noDirSync, noTruncate, noSyncError bool
}

// inode is a file's content as written and as synced. A failed sync may leave pages marked clean that are not on the disk,
// as Linux does: what was written from lostFrom to lostTo then stays lost however often it is synced, until it is cut off.
type inode struct {
	written, synced  []byte
	lostFrom, lostTo int
}

func newCrashFS(seed uint64) *crashFS {
	return &crashFS{seen: map[string]*inode{}, durable: map[string]*inode{}, dirs: map[string]bool{"/": true}, dice: rand.New(rand.NewPCG(seed, 7))}
}

// step counts an operation and tells whether it may be done. down is true in the one that the machine goes down in.
func (c *crashFS) step() (down bool, err error) {
	c.operations++
	if c.crashAt > 0 && c.operations >= c.crashAt {
		return c.operations == c.crashAt, errCrashed
	}
	if c.failing != nil {
		err = c.failing(c.operations)
	}
	c.short = err == errShort
	if c.short {
		err = nil
	}
	return false, err
}

// crash is the file system that comes up again: what was synced, and of the rest each block and each name with the
// chance of share. A lost block before a kept one reads as zeros.
func (c *crashFS) crash(share float64) *crashFS {
	after := newCrashFS(c.dice.Uint64())
	after.dirs = maps.Clone(c.dirs)
	for _, name := range slices.Sorted(maps.Keys(c.seen)) {
		node := c.seen[name]
		if c.durable[name] != node && c.dice.Float64() >= share {
			continue
		}
		content := node.survive(c.dice, share)
		after.seen[name] = &inode{written: content, synced: slices.Clone(content)}
		after.durable[name] = after.seen[name]
	}
	return after
}

func (n *inode) survive(dice *rand.Rand, share float64) []byte {
	content := slices.Clone(n.synced)
	if len(n.written) < len(n.synced) && dice.Float64() < share {
		content = content[:len(n.written)] // the cut itself had reached the disk
	}
	for begin := 0; begin < len(n.written); begin += blockSize {
		end := min(begin+blockSize, len(n.written))
		if end <= len(n.synced) && string(n.written[begin:end]) == string(n.synced[begin:end]) || dice.Float64() >= share {
			continue
		}
		if len(content) < end {
			content = append(content, make([]byte, end-len(content))...)
		}
		copy(content[begin:end], n.written[begin:end])
	}
	return content
}

func (c *crashFS) openAppend(path string) (appendFile, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.step(); err != nil {
		return nil, false, err
	}
	node, there := c.seen[path]
	if !there {
		node = &inode{}
		c.seen[path] = node
	}
	return &crashFile{c, node}, !there, nil
}

func (c *crashFS) create(path string) (appendFile, error) {
	if there, _ := c.exists(path); there {
		return nil, fs.ErrExist
	}
	file, _, err := c.openAppend(path)
	return file, err
}

func (c *crashFS) syncDir(dir string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.step(); err != nil {
		return err
	}
	if c.noDirSync {
		return nil
	}
	for name := range c.durable {
		if filepath.Dir(name) == dir && c.seen[name] == nil {
			delete(c.durable, name)
		}
	}
	for name, node := range c.seen {
		if filepath.Dir(name) == dir {
			c.durable[name] = node
		}
	}
	return nil
}

func (c *crashFS) isAt(file appendFile, path string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[path] == file.(*crashFile).node
}

func (c *crashFS) remove(path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.step(); err != nil {
		return err
	}
	delete(c.seen, path)
	return nil
}

func (c *crashFS) exists(path string) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, there := c.seen[path]
	return there || c.dirs[path], nil
}

func (c *crashFS) mkdir(dir string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dirs[dir] = true
	return nil
}

func (c *crashFS) names(dir string) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []string
	for name := range c.seen {
		if filepath.Dir(name) == dir {
			list = append(list, filepath.Base(name))
		}
	}
	return list, nil
}

func (c *crashFS) lock(string, string) (func() error, error) {
	return func() error { return nil }, nil
}

// room is how many bytes still fit.
func (c *crashFS) room() int {
	if c.capacity == 0 {
		return math.MaxInt
	}
	room := c.capacity
	for _, node := range c.seen {
		room -= len(node.written)
	}
	return room
}

// spooled is the content of every file that a loader reads.
func (c *crashFS) spooled() map[string]string {
	content := map[string]string{}
	for name, node := range c.seen {
		if strings.HasSuffix(name, ".ndjson") {
			content[name] = string(node.written)
		}
	}
	return content
}

// crashFile is an open file; after a crash or in a failing file system it does less than it is asked.
type crashFile struct {
	fs   *crashFS
	node *inode
}

// step is the file system's, and fails on a broken file.
func (f *crashFile) step() (down bool, err error) {
	if down, err = f.fs.step(); err == nil && f.fs.brokenNode != nil && f.fs.brokenNode(f.node) {
		err = syscall.EIO
	}
	return down, err
}

func (f *crashFile) Write(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	down, err := f.step()
	if err != nil {
		part := 0
		if down || !errors.Is(err, errCrashed) {
			part = f.fs.dice.IntN(len(p) + 1) // some of it was written all the same
		}
		f.node.written = append(f.node.written, p[:part]...)
		return part, err
	}
	if f.fs.short {
		p = p[:f.fs.dice.IntN(len(p))]
	}
	if room := f.fs.room(); room < len(p) {
		p, err = p[:room], syscall.ENOSPC
	}
	f.node.written = append(f.node.written, p...)
	return len(p), err
}

func (f *crashFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if _, err := f.step(); err != nil {
		f.node.lostFrom, f.node.lostTo = len(f.node.synced), len(f.node.written)
		if f.fs.noSyncError && !errors.Is(err, errCrashed) {
			return nil
		}
		return err
	}
	if !f.fs.noFileSync {
		f.node.synced = slices.Clone(f.node.written)
		clear(f.node.synced[f.node.lostFrom:f.node.lostTo])
	}
	return nil
}

func (f *crashFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if _, err := f.step(); err != nil {
		return err
	}
	if !f.fs.noTruncate {
		f.node.written = slices.Clone(f.node.written[:size])
		f.node.lostFrom, f.node.lostTo = min(f.node.lostFrom, int(size)), min(f.node.lostTo, int(size))
	}
	return nil
}

func (f *crashFile) ReadAt(p []byte, offset int64) (int, error) {
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

func (f *crashFile) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return int64(len(f.node.written)), nil
}

func (f *crashFile) Close() error { return nil }
