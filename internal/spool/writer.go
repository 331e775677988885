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

// Options configure a spool.
type Options struct {
	Dir         string
	CollectorID string         // part of the file names; may be empty
	Zone        *time.Location // of its days
	Now         func() time.Time
	Log         *slog.Logger
	// Committed is called after each commit, with the lines and bytes of the group and the duration of the commit. It may be nil.
	Committed func(lines, bytes int, took time.Duration)

	// Files is the file system, the operating system's if nil.
	Files atomicfile.FS

	lock       func(path, what string) (release func() error, err error) // takes the folder's lock file
	reserve    int                                                       // bytes
	stallAfter time.Duration
}

// Writer appends deliveries to a spool. Concurrent appends share one write and one sync: while a group is synced, appends fill the next
// one, which is committed right afterwards, without a timer (group commit). A goroutine of the writer commits the groups. Only an append
// that is alone, as the one before it was, commits its group itself.
type Writer struct {
	options Options
	release func() error // releases the folder's lock
	ids     *ids

	mu         sync.Mutex
	queue      []*group // waiting to be committed; the last one is open for appends
	spare      []byte   // buffer for the next group's text
	day        [3]int   // year, month and day of the last append
	dayPath    string   // and its file
	received   stamp    // of the last append
	closed     bool
	failure    error  // of the last commit; nil after a success; written with commitMu locked, too
	full       bool   // the reserve is spent; appends are refused until there is room for a new one; written with commitMu locked, too
	stalled    bool   // a group is older than stallAfter
	committing *group // taken from the queue and not finished
	lone       bool   // the last group had one append, and none was waiting after it

	wake chan struct{} // holds a token while the queue is not empty
	done chan struct{} // closed when commitGroups has returned

	// Locked while a group is committed, before mu; enqueue only tries to lock it.
	commitMu sync.Mutex
	file     atomicfile.File
	filePath string // of the day
	openPath string // of the file: filePath or a later part of the day
	durable  int64  // synced length of the file; later bytes are unacknowledged
	newFile  bool   // its folder must be synced too
	// untruncated has the durable length of each file that ends with a failed group that could not be truncated. Nothing may be
	// appended after such a group: a power loss may remove its bytes, including its last newline.
	untruncated map[string]int64
	reserve     bool // the reserve exists
	mark        mark
}

// ErrClosed is returned by a writer that is closed or closing.
var ErrClosed = errors.New("the spool is closed")

// Open creates the folder if it is missing and takes its lock: one process at a time appends to a spool.
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
		options: options, release: release, ids: newIDs(), lone: true, untruncated: map[string]int64{},
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	if err := w.recoverOnFullDisk(); err != nil {
		return nil, errors.Join(fmt.Errorf("recovering spool folder %s: %w", options.Dir, err), release())
	}
	if err := w.setMark(); err != nil {
		options.Log.Warn("cannot write the durable length; retrying at the next delivery", "error", err)
	}
	if err := w.makeReserve(); err != nil {
		options.Log.Warn("no room for the reserve; a full disk will refuse the first delivery that does not fit", "error", err)
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

// Err returns why the spool cannot store now, nil if it can.
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

// SetZone changes the time zone of the days.
func (w *Writer) SetZone(zone *time.Location) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.options.Zone = zone
}

// Close commits the queue, closes the file and releases the lock. Later appends return ErrClosed.
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
