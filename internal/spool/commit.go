package spool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"callsheet/internal/atomicfile"
)

// probeInterval is how often a failing spool is tried again without a delivery: a load balancer that checks readyz sends none until
// it is ready.
const probeInterval = time.Second

// commitGroups commits group after group until the writer is closed and the queue is empty.
func (w *Writer) commitGroups() {
	defer close(w.done)
	for {
		select {
		case _, open := <-w.wake:
			w.commitMu.Lock()
			for g := w.take(); g != nil; g = w.take() {
				w.finish(g)
			}
			w.commitMu.Unlock()
			if !open {
				return
			}
		case <-w.probeTime():
			w.probe()
		}
	}
}

// probe finds out whether a failing spool can store again.
func (w *Writer) probe() {
	w.commitMu.Lock()
	defer w.commitMu.Unlock()
	err := w.makeReserve()
	w.setFailure(err, err != nil && w.full)
}

// signal wakes commitGroups; mu is locked.
func (w *Writer) signal() {
	if w.closed {
		return // it is awake
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// lead commits a group in the goroutine of its only append, with commitMu locked: waking another goroutine and being woken by it takes
// as long as everything else but the sync.
func (w *Writer) lead(ctx context.Context, g *group, timedOut func()) error {
	called := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(called)
		timedOut()
	})
	w.finish(g)
	w.commitMu.Unlock()
	if !stop() {
		<-called
		return ctx.Err()
	}
	return g.err
}

// take removes the first group from the queue, which closes it for appends. Appends that are ready run first: a sync costs as much as a
// dozen of them.
func (w *Writer) take() *group {
	runtime.Gosched()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.takeFirst()
}

// takeFirst is take with mu locked.
func (w *Writer) takeFirst() *group {
	if len(w.queue) == 0 {
		return nil
	}
	g := w.queue[0]
	w.queue = w.queue[1:]
	w.committing = g
	return g
}

// finish commits a group and wakes the appends that wait for it. On a full disk it frees the reserve to make room for this group;
// later appends are refused.
func (w *Writer) finish(g *group) {
	started := w.options.Now()
	g.err = w.commit(g)
	switch full := errors.Is(g.err, syscall.ENOSPC); {
	case full && w.spendReserve():
		w.setFailure(g.err, true)
		g.err = w.commit(g)
	case g.err == nil && w.full: // it was queued before the reserve was spent, and is stored in its space
	default:
		w.setFailure(g.err, full || w.full)
	}
	w.endStall(g)
	close(g.done)
	if g.err == nil && w.options.Committed != nil {
		w.options.Committed(g.lines, len(g.text), w.options.Now().Sub(started))
	}
	w.reuse(g.text)
}

// maxSpare is the largest buffer that is kept for reuse, so that one large group does not hold its memory forever.
const maxSpare = 1 << 20

// reuse keeps a buffer for the next group.
func (w *Writer) reuse(text []byte) {
	if cap(text) > maxSpare {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spare = text[:0]
}

// commit writes and syncs a group. After an error it truncates the file to its durable length and never uses the descriptor again: the
// kernel may drop the pages of a failed sync and report success for the next one.
func (w *Writer) commit(g *group) error {
	if err := w.openFile(g.path); err != nil {
		return err
	}
	n, err := w.file.Write(g.text)
	if err == nil && n < len(g.text) {
		err = io.ErrShortWrite
	}
	if err == nil {
		err = w.file.Sync()
	}
	if err == nil && w.newFile {
		err = w.options.Files.SyncDir(w.options.Dir)
	}
	if err != nil {
		if truncateErr := w.file.Truncate(w.durable); truncateErr != nil {
			w.untruncated[w.openPath] = w.durable
			w.options.Log.Error("cannot truncate the file after a failed write; nothing is appended to it until that succeeds", "file", filepath.Base(w.openPath), "error", truncateErr)
		}
		w.closeFile()
		return fmt.Errorf("writing %s: %w", filepath.Base(g.path), err)
	}
	size, isAt := w.options.Files.SizeAt(w.file, w.openPath)
	if !isAt {
		// The synced group is in a file without a name. A file of this name was put there by another program.
		w.options.Log.Warn("the spool file was deleted or replaced; continuing in a new one", "file", filepath.Base(w.openPath))
		w.closeFile()
		return w.commit(g)
	}
	w.newFile = false
	w.durable = size // not the sum of the groups: another program may have appended a line
	// The group is stored. Readers see it once the mark can be written again.
	if err := w.setMark(); err != nil {
		w.options.Log.Warn("cannot write the durable length; new lines are loaded later", "error", err)
	}
	return nil
}

// setMark writes, for readers, how much of the files being written is durable.
func (w *Writer) setMark() error {
	durable := map[string]int64{}
	for path, length := range w.untruncated {
		durable[filepath.Base(path)] = length
	}
	if w.file != nil {
		durable[filepath.Base(w.openPath)] = w.durable
	}
	return w.mark.set(w.options.Files, w.options.Dir, durable)
}

// closeMark removes the mark if every line in the spool is durable.
func (w *Writer) closeMark() error {
	err := w.mark.close()
	if len(w.untruncated) > 0 {
		return err
	}
	return errors.Join(err, atomicfile.RemoveIfExists(w.options.Files, filepath.Join(w.options.Dir, markName)))
}

// openFile makes path the open file and repairs its end after a crash.
func (w *Writer) openFile(path string) error {
	if w.file != nil && w.filePath == path {
		return nil
	}
	if err := w.closeFile(); err != nil {
		w.options.Log.Warn("cannot close a finished file", "file", filepath.Base(w.filePath), "error", err)
	}
	file, actual, err := w.openPart(path)
	if err != nil {
		return fmt.Errorf("opening %s: %w", filepath.Base(path), err)
	}
	length, err := w.repair(file, actual)
	if err != nil {
		file.Close()
		return fmt.Errorf("repairing %s: %w", filepath.Base(actual), err)
	}
	// Every file counts as new when it is opened: the process that created it may have been killed before it synced the folder.
	w.file, w.filePath, w.openPath, w.durable, w.newFile = file, path, actual, length, true
	if err := w.setMark(); err != nil { // before anything is written that is not durable
		w.closeFile()
		return fmt.Errorf("writing the durable length: %w", err)
	}
	return nil
}

func (w *Writer) closeFile() error {
	if w.file == nil {
		return nil
	}
	file := w.file
	w.file = nil
	return file.Close()
}

// setFailure sets the error of the last commit, nil after a success, and logs when failing begins and ends. While the disk is full, no
// commit is tried but those of the queue; only a probe ends that. commitMu is locked.
func (w *Writer) setFailure(err error, full bool) {
	w.mu.Lock()
	previous := w.failure
	w.failure, w.full = err, full
	if err != nil {
		w.signal() // commitGroups has to probe
	}
	w.mu.Unlock()
	switch {
	case err != nil && previous == nil:
		w.options.Log.Error("deliveries cannot be stored and are not acknowledged", "error", err)
	case err == nil && previous != nil:
		w.options.Log.Info("deliveries are stored again")
	}
}

// probeTime returns a channel that fires at the next probe of a failing spool.
func (w *Writer) probeTime() <-chan time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failure == nil {
		return nil
	}
	return time.After(probeInterval)
}
