package spool

import (
	"errors"
	"time"
)

// stallAfter is the age at which an uncommitted group means that the disk hangs: a sync takes milliseconds. Deliveries are refused then,
// so that senders retry instead of waiting.
const stallAfter = 5 * time.Second

// ErrStalled is returned while the disk hangs.
var ErrStalled = errors.New("the disk does not respond")

// stall refuses appends if a group is not committed yet. It is called when the group is too old; appends are accepted again once any
// group is finished.
func (w *Writer) stall(g *group) {
	w.mu.Lock()
	previous := w.stalled
	w.stalled = previous || !g.finished
	stalled := w.stalled
	w.mu.Unlock()
	if stalled && !previous {
		w.options.Log.Error("the disk does not respond; deliveries are refused until it does", "waiting_for", w.options.stallAfter)
	}
}

// endStall marks a group as finished: the disk has responded, with or without an error.
func (w *Writer) endStall(g *group) {
	g.overdue.Stop()
	w.mu.Lock()
	g.finished = true
	previous := w.stalled
	w.stalled, w.committing = false, nil
	w.lone = g.appends == 1 && len(w.queue) == 0
	w.mu.Unlock()
	if previous {
		w.options.Log.Info("the disk responds again", "after", w.options.Now().Sub(g.since))
	}
}

// OldestUncommitted returns the age of the oldest delivery that is not durable, 0 if there is none.
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
