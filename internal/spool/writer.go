package spool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"callsheet/internal/atomicfile"
)

// Options say where a spool is and how its days are told apart.
type Options struct {
	Dir         string
	CollectorID string // part of the file names; may be empty
	Zone        *time.Location
	Now         func() time.Time
	Log         *slog.Logger
	// Committed is told of every group after its sync: lines, bytes and how long the commit took. May be nil.
	Committed func(lines, bytes int, took time.Duration)

	// Files is the file system; nil for the operating system's.
	Files atomicfile.FS

	lock       func(path, what string) (release func() error, err error) // takes the folder's lock file
	reserve    int                                                       // bytes
	stallAfter time.Duration
}

// Writer appends deliveries to a spool. Appends at the same time share a write and a sync: while one group is being
// synced the next one fills, and no timer holds it back.
type Writer struct {
	options Options
	release func() error // gives the folder's lock back
	ids     *ids

	mu         sync.Mutex
	queue      []*group // waiting to be committed; the last one is still filling
	spare      []byte   // room for the next group's text
	day        [3]int   // year, month and day of the last append
	dayPath    string   // and the file it belongs into
	closed     bool
	failure    error  // of the last commit; nil after one that worked
	full       bool   // the reserve is spent; nothing is taken in until there is room for a new one
	stalled    bool   // a group is older than stallAfter
	committing *group // taken from the queue and not finished

	wake chan struct{} // holds a token while the queue is not empty
	done chan struct{} // closed when the committer has ended

	// Only the committer uses these.
	file     atomicfile.File
	filePath string // as the day gives it
	openPath string // as it is, where that one is archived or left behind
	durable  int64  // length of file that is synced; what lies behind it is unacknowledged
	newFile  bool   // its folder is to be synced too
	// untruncated are files that a failed group could not be truncated from, with their durable length. Nothing may be
	// appended behind such a group: a power cut may take its bytes, its last newline among them.
	untruncated map[string]int64
	reserve     bool // the reserve is there
	mark        mark
}

// ErrClosed is the answer of a writer that is closed or closing.
var ErrClosed = errors.New("the spool is closed")

// Open makes the folder if it is missing and takes its lock: one process appends to a spool.
func Open(options Options) (*Writer, error) {
	if options.Files == nil {
		options.Files = atomicfile.OS{}
	}
	if options.lock == nil {
		options.lock = lockFolder
	}
	options.reserve = cmp.Or(options.reserve, reserveSize)
	options.stallAfter = cmp.Or(options.stallAfter, stallAfter)
	if err := makeDir(options.Files, options.Dir); err != nil {
		return nil, fmt.Errorf("spool folder: %w", err)
	}
	release, err := options.lock(filepath.Join(options.Dir, ".lock"), "spool folder "+options.Dir)
	if err != nil {
		return nil, err
	}
	w := &Writer{
		options: options, release: release, ids: newIDs(), untruncated: map[string]int64{},
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	if err := w.recoverOnFullDisk(); err != nil {
		return nil, errors.Join(fmt.Errorf("recovering spool folder %s: %w", options.Dir, err), release())
	}
	if err := w.setMark(); err != nil {
		options.Log.Warn("cannot write which lines are durable; trying again at the next delivery", "error", err)
	}
	if err := w.makeReserve(); err != nil {
		options.Log.Warn("no room for a reserve; a full disk will be noticed when a delivery does not fit", "error", err)
	}
	go w.commitGroups()
	return w, nil
}

// lockFolder takes the lock of a spool folder, without waiting.
func lockFolder(path, what string) (release func() error, err error) {
	lock, err := atomicfile.TakeLock(context.Background(), path, what, 0)
	if err != nil {
		return nil, err
	}
	return lock.Release, nil
}

// Err is why the spool cannot store now, nil when it can.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return ErrClosed
	case w.stalled:
		return ErrStalled
	}
	return w.failure
}

// Close commits what is queued, then closes the file and gives the lock back. Later appends get ErrClosed.
func (w *Writer) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	close(w.wake)
	w.mu.Unlock()
	<-w.done
	return errors.Join(w.closeFile(), w.closeMark(), w.release())
}
