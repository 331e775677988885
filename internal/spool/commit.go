package spool

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"callsheet/internal/atomicfile"
)

// probeEvery is how often a spool that could not store is tried again when nothing comes in: a balancer that looks
// at readyz sends nothing until it is ready.
const probeEvery = time.Second

// commitGroups makes one group after the other durable until the writer is closed and the queue is empty.
func (w *Writer) commitGroups() {
	defer close(w.done)
	for {
		select {
		case _, open := <-w.wake:
			for g := w.take(); g != nil; g = w.take() {
				w.finish(g)
			}
			if !open {
				return
			}
		case <-w.probeTime():
			w.setFailure(w.makeReserve(), false)
		}
	}
}

// take removes the first group from the queue; nobody adds to it any more. Those who are ready to add to it do so first:
// a sync costs as much as taking in a dozen deliveries.
func (w *Writer) take() *group {
	runtime.Gosched()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return nil
	}
	g := w.queue[0]
	w.queue = w.queue[1:]
	w.committing = g
	return g
}

// finish commits a group and tells everybody who waits for it. On a full disk the reserve makes room for it, and what
// comes after it is turned away.
func (w *Writer) finish(g *group) {
	started := w.options.Now()
	g.err = w.commit(g)
	if full := errors.Is(g.err, syscall.ENOSPC); full && w.spendReserve() {
		w.setFailure(g.err, true)
		g.err = w.commit(g)
	} else {
		w.setFailure(g.err, full)
	}
	w.endStall(g)
	close(g.done)
	if g.err == nil && w.options.Committed != nil {
		w.options.Committed(g.lines, len(g.text), w.options.Now().Sub(started))
	}
	w.reuse(g.text)
}

// maxSpare is the largest text whose room is kept, so that one large group does not hold its memory for ever.
const maxSpare = 1 << 20

// reuse gives the room of a written text to the next group.
func (w *Writer) reuse(text []byte) {
	if cap(text) > maxSpare {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spare = text[:0]
}

// commit writes and syncs a group. After an error the file is cut back to what was durable and its descriptor is
// never used again: the kernel may drop the pages of a failed sync and call the next one a success.
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
		if cut := w.file.Truncate(w.durable); cut != nil {
			w.untruncated[w.openPath] = w.durable
			w.options.Log.Error("could not cut the file back; nothing is appended to it before that is done", "file", filepath.Base(w.openPath), "error", cut)
		}
		w.closeFile()
		return fmt.Errorf("writing %s: %w", filepath.Base(g.path), err)
	}
	if !w.options.Files.IsAt(w.file, w.openPath) {
		// What was synced is in a file that nobody will find. One that stands in its place is another's.
		w.options.Log.Warn("the spool file was deleted or replaced; going on in a new one", "file", filepath.Base(w.openPath))
		w.closeFile()
		return w.commit(g)
	}
	w.newFile = false
	w.grown(len(g.text))
	return nil
}

// grown moves the durable length behind a group that is synced.
func (w *Writer) grown(bytes int) {
	w.durable += int64(bytes)
	if size, err := w.file.Size(); err == nil {
		w.durable = size // another program may have appended a line of its own
	}
	// The group is stored all the same; readers get it once the mark can be written again.
	if err := w.setMark(); err != nil {
		w.options.Log.Warn("cannot write which lines are durable; they are loaded later", "error", err)
	}
}

// setMark tells readers how much of the files being written is durable.
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

// openFile makes path the open file, and repairs its end if a crash left it torn.
func (w *Writer) openFile(path string) error {
	if w.file != nil && w.filePath == path {
		return nil
	}
	if err := w.closeFile(); err != nil {
		w.options.Log.Warn("closing a finished file", "file", filepath.Base(w.filePath), "error", err)
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
	// Every file counts as new when it is opened: the process that made it may have been killed before it synced
	// the folder, whatever the file already holds.
	w.file, w.filePath, w.openPath, w.durable, w.newFile = file, path, actual, length, true
	if err := w.setMark(); err != nil { // before anything is written that readers must not see yet
		w.closeFile()
		return fmt.Errorf("writing which lines are durable: %w", err)
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

// setFailure keeps why nothing can be stored, and logs it when that begins and when it ends. While the disk is full
// nothing is even tried.
func (w *Writer) setFailure(err error, full bool) {
	w.mu.Lock()
	before := w.failure
	w.failure, w.full = err, full
	w.mu.Unlock()
	switch {
	case err != nil && before == nil:
		w.options.Log.Error("deliveries cannot be stored and are not acknowledged", "error", err)
	case err == nil && before != nil:
		w.options.Log.Info("deliveries are stored again")
	}
}

// probeTime fires while the spool is failing.
func (w *Writer) probeTime() <-chan time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failure == nil {
		return nil
	}
	return time.After(probeEvery)
}
