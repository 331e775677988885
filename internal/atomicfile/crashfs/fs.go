// Package crashfs is an in-memory file system for tests of durable writing. It models what a crash can lose: written bytes that were not
// synced, and names that were created, renamed or removed since the last sync of their directory. It counts operations, and any of them
// can fail or be the last before a crash.
package crashfs

import (
	"errors"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"callsheet/internal/atomicfile"
)

// BlockSize is the size of a disk block: a crash keeps or loses whole blocks of unsynced bytes.
const BlockSize = 4096

// The errors of operations.
var (
	ErrCrashed = errors.New("the machine is down")
	// ErrShort makes a write store only a part and return no error. It does not affect other operations.
	ErrShort = errors.New("a short write")
)

// FS is an atomicfile.FS. Its exported fields configure failures; a test sets them while nothing uses it.
type FS struct {
	mu      sync.Mutex
	seen    map[string]*Node // names as the running system sees them
	durable map[string]*Node // names as they are after a crash
	pending []change         // changes of names since the last sync of their directory, oldest first
	dirs    map[string]bool
	rng     *rand.Rand
	short   bool // the current operation is a short write

	Operations int                       // number of operations so far, without reads
	CrashAt    int                       // the operation in which the machine crashes; 0 for none
	Failing    func(operation int) error // returns the error of an operation; may be nil
	Broken     func(*Node) bool          // reports files that cannot be written, synced or truncated; may be nil
	InUse      func(*Node) bool          // reports files that other programs have open; may be nil
	Capacity   int                       // bytes that fit on the disk; 0 for no limit

	// Operations that have no effect, to show that a test detects a program without them.
	NoFileSync, NoDirSync, NoTruncate, NoSyncError bool
}

// change is an atomic change of names: the new node of each name, nil if it is removed. A crash keeps all of it or nothing.
type change map[string]*Node

var _ atomicfile.FS = (*FS)(nil)

// New returns an empty file system. Its random choices depend on the seed.
func New(seed uint64) *FS {
	return &FS{
		seen: map[string]*Node{}, durable: map[string]*Node{}, dirs: map[string]bool{"/": true}, rng: rand.New(rand.NewPCG(seed, 7)),
	}
}

// step counts an operation and returns its error. crashing is true in the operation in which the machine crashes.
func (c *FS) step() (crashing bool, err error) {
	c.Operations++
	if c.CrashAt > 0 && c.Operations >= c.CrashAt {
		return c.Operations == c.CrashAt, ErrCrashed
	}
	if c.Failing != nil {
		err = c.Failing(c.Operations)
	}
	c.short = err == ErrShort
	if c.short {
		err = nil
	}
	return false, err
}

// Crash returns the file system after a crash: everything that was synced, and each other block and change of names with the probability
// share. A lost block before a kept one reads as zeros.
func (c *FS) Crash(share float64) *FS {
	c.mu.Lock()
	defer c.mu.Unlock()
	after := New(c.rng.Uint64())
	after.dirs = maps.Clone(c.dirs)
	names := maps.Clone(c.durable)
	for _, change := range c.pending {
		if c.rng.Float64() < share {
			change.apply(names)
		}
	}
	survivors := map[*Node]*Node{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		node := names[name]
		if survivors[node] == nil {
			content := node.survive(c.rng, share)
			survivors[node] = &Node{written: content, synced: slices.Clone(content)}
		}
		after.seen[name], after.durable[name] = survivors[node], survivors[node]
		after.dirs[filepath.Dir(name)] = true // also if it was removed after its files
	}
	return after
}

func (ch change) apply(names map[string]*Node) {
	for name, node := range ch {
		if names[name] = node; node == nil {
			delete(names, name)
		}
	}
}

// changeNames applies a change. The next sync of its directory makes it durable.
func (c *FS) changeNames(ch change) {
	ch.apply(c.seen)
	c.pending = append(c.pending, ch)
}

func (c *FS) Open(path string) (atomicfile.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	node := c.seen[c.follow(path)]
	if node == nil {
		return nil, notExist("open", path)
	}
	return &file{fs: c, node: node, readOnly: true}, nil
}

func (c *FS) OpenAppend(path string) (atomicfile.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.step(); err != nil {
		return nil, err
	}
	node := c.seen[path]
	if node == nil {
		node = &Node{}
		c.changeNames(change{path: node})
	}
	return &file{fs: c, node: node, appends: true}, nil
}

func (c *FS) Create(path string) (atomicfile.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[path] != nil {
		return nil, &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	if _, err := c.step(); err != nil {
		return nil, err
	}
	node := &Node{}
	c.changeNames(change{path: node})
	return &file{fs: c, node: node}, nil
}

func (c *FS) Rename(from, to string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.step(); err != nil {
		return err
	}
	node := c.seen[from]
	if node == nil {
		return notExist("rename", from)
	}
	c.changeNames(change{from: nil, to: node})
	return nil
}

func (c *FS) Remove(path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.step(); err != nil {
		return err
	}
	if c.dirs[path] {
		return c.removeDir(path)
	}
	if c.seen[path] == nil {
		return notExist("remove", path)
	}
	c.changeNames(change{path: nil})
	return nil
}

func (c *FS) SyncDir(dir string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.step(); err != nil {
		return err
	}
	if c.NoDirSync {
		return nil
	}
	c.pending = slices.DeleteFunc(c.pending, func(ch change) bool {
		for name := range ch {
			if filepath.Dir(name) == dir {
				ch.apply(c.durable)
				return true
			}
		}
		return false
	})
	return nil
}

func (c *FS) SizeAt(opened atomicfile.File, path string) (size int64, isAt bool) {
	f, ok := opened.(*file)
	if !ok { // wrapped by a test
		size, err := opened.Size()
		return size, err == nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return int64(len(f.node.written)), c.seen[path] == f.node
}

func (c *FS) Stat(path string) (fs.FileInfo, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if node := c.seen[c.follow(path)]; node != nil {
		return info{name: filepath.Base(path), size: int64(len(node.written))}, nil
	}
	if c.dirs[path] {
		return info{name: filepath.Base(path), mode: fs.ModeDir | 0o700}, nil
	}
	return nil, notExist("stat", path)
}

func (c *FS) Mkdir(dir string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dirs[dir] = true
	return nil
}

// removeDir removes an empty directory. A crash does not affect directories.
func (c *FS) removeDir(dir string) error {
	if len(c.names(dir)) > 0 {
		return &fs.PathError{Op: "remove", Path: dir, Err: syscall.ENOTEMPTY}
	}
	delete(c.dirs, dir)
	return nil
}

func (c *FS) ReadDir(dir string) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.names(dir), nil
}

// names returns the files and directories in a directory.
func (c *FS) names(dir string) (names []string) {
	for name := range c.seen {
		if filepath.Dir(name) == dir {
			names = append(names, filepath.Base(name))
		}
	}
	for name := range c.dirs {
		if filepath.Dir(name) == dir && name != dir {
			names = append(names, filepath.Base(name))
		}
	}
	slices.Sort(names)
	return names
}

// Put durably stores a file and its directory.
func (c *FS) Put(path, content string) *Node {
	c.mu.Lock()
	defer c.mu.Unlock()
	node := &Node{written: []byte(content), synced: []byte(content)}
	c.seen[path], c.durable[path], c.dirs[filepath.Dir(path)] = node, node, true
	return node
}

// Node returns a file as the running system sees it, nil if there is none.
func (c *FS) Node(path string) *Node {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[path]
}

// Files returns the content of every file whose name ends with suffix, as the running system sees it.
func (c *FS) Files(suffix string) map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	content := map[string]string{}
	for name, node := range c.seen {
		if strings.HasSuffix(name, suffix) {
			content[name] = string(node.written)
		}
	}
	return content
}

// free returns how many bytes still fit.
func (c *FS) free() int {
	if c.Capacity == 0 {
		return math.MaxInt
	}
	free := c.Capacity
	for _, node := range c.seen {
		free -= len(node.written)
	}
	return max(free, 0)
}

func notExist(op, path string) error {
	return &fs.PathError{Op: op, Path: path, Err: fs.ErrNotExist}
}
