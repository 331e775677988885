package spool

import (
	"errors"
	"time"
)

// stallAfter is how old a group may be that is not durable. A sync takes milliseconds; a disk that needs this long hangs, and
// senders do better to try again than to wait.
const stallAfter = 5 * time.Second

// ErrStalled is the answer while the disk hangs.
var ErrStalled = errors.New("the disk does not answer")

// stall refuses appends from the moment on that a group is too old, until any group is committed.
func (w *Writer) stall(g *group) {
	w.mu.Lock()
	before := w.stalled
	w.stalled = before || !g.finished
	after := w.stalled
	w.mu.Unlock()
	if after && !before {
		w.options.Log.Error("the disk does not answer; deliveries are refused until it does", "waiting_for", w.options.stallAfter)
	}
}

// endStall marks a group as finished: the disk has answered, be it with an error.
func (w *Writer) endStall(g *group) {
	g.overdue.Stop()
	w.mu.Lock()
	g.finished = true
	before := w.stalled
	w.stalled, w.committing = false, nil
	w.mu.Unlock()
	if before {
		w.options.Log.Info("the disk answers again", "after", w.options.Now().Sub(g.since))
	}
}

// OldestUncommitted is the age of the oldest delivery that is not durable, 0 when there is none.
func (w *Writer) OldestUncommitted() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.committing != nil:
		return w.options.Now().Sub(w.committing.since)
	case len(w.queue) > 0:
		return w.options.Now().Sub(w.queue[0].since)
	}
	return 0
}
