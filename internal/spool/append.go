package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"
)

const (
	// maxAppend is the maximum size of the lines of one Append, in bytes.
	maxAppend = 64 << 20
	// maxGroup is the maximum size of a group, so that a small delivery does not wait until many large ones are written. A larger
	// append becomes a separate group.
	maxGroup = 4 << 20
)

// TooLargeError is returned for a delivery or a request that exceeds a limit, so that a retry cannot succeed.
type TooLargeError struct {
	What  string // "a delivery" or "a request"
	Limit int64  // in bytes in the spool
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s takes more than %d bytes in the spool", e.What, e.Limit)
}

// group is a group of lines that are committed together: one write and one sync make all of them durable, or none.
type group struct {
	path     string
	since    time.Time // when its first line was received
	appends  int
	lines    int
	text     []byte
	overdue  *time.Timer
	finished bool // guarded by the writer's mu
	err      error
	done     chan struct{} // closed when err is final
}

// Append sets the id and time of each envelope and returns nil once all of them are durable. After an error none of them counts as
// stored. If the error is that of ctx, they may still be stored later.
//
// A lone append, while no other is waiting, writes and syncs in its own goroutine, and then it cannot return before the disk responds. So
// timedOut is called, in another goroutine, if ctx ends meanwhile; Append returns after both. If timedOut is nil, Append never writes
// itself.
func (w *Writer) Append(ctx context.Context, envelopes []Envelope, timedOut func()) error {
	if len(envelopes) == 0 {
		return nil
	}
	lines, err := prepare(envelopes)
	if err != nil {
		return err
	}
	g, leads, err := w.enqueue(envelopes, lines, timedOut != nil)
	lines.release()
	if err != nil {
		return err
	}
	if leads {
		return w.lead(ctx, g, timedOut)
	}
	select {
	case <-g.done:
		return g.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// prepared holds the text of lines without their heads and checksums, which need an id and a time.
type prepared struct {
	text []byte
	ends []int // end of each line in text
}

var preparedPool = sync.Pool{New: func() any { return new(prepared) }}

// prepare does the part of an append that needs no lock.
func prepare(envelopes []Envelope) (*prepared, error) {
	p := preparedPool.Get().(*prepared)
	p.text, p.ends = p.text[:0], p.ends[:0]
	var err error
	total := 0
	for i := range envelopes {
		e := &envelopes[i]
		begin := len(p.text)
		if total += len(e.Payload) + len(e.Body); total > maxAppend { // before memory is allocated for it
			err = &TooLargeError{"a request", maxAppend}
			break
		}
		if bytes.IndexByte(e.Payload, '\n') >= 0 {
			err = errors.New("a payload with a newline is not compact")
			break
		}
		p.text = e.appendRest(p.text)
		if len(p.text)-begin+maxHead+len(checksumPattern) > MaxLine {
			err = &TooLargeError{"a delivery", MaxLine}
			break
		}
		p.ends = append(p.ends, len(p.text))
	}
	if err == nil && len(p.text)+len(envelopes)*(maxHead+len(checksumPattern)) > maxAppend {
		err = &TooLargeError{"a request", maxAppend}
	}
	if err != nil {
		p.release()
		return nil, err
	}
	return p, nil
}

// size returns an upper bound of the lines' size in the spool.
func (p *prepared) size() int {
	return len(p.text) + len(p.ends)*(maxHead+len(checksumPattern)+len("\n"))
}

// release returns the memory to the pool.
func (p *prepared) release() {
	if cap(p.text) <= maxSpare {
		preparedPool.Put(p)
	}
}

// enqueue adds the lines to the open group of their day's file. leads reports whether the caller must commit the group, with commitMu
// locked; it may if mayLead is set.
func (w *Writer) enqueue(envelopes []Envelope, lines *prepared, mayLead bool) (g *group, leads bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, false, ErrClosed
	}
	if w.stalled {
		return nil, false, ErrStalled
	}
	if w.full {
		return nil, false, w.failure
	}
	// Under the lock, so that ids and times increase in the order of the lines.
	now := w.options.Now().In(w.options.Zone)
	g = w.openGroup(w.pathFor(now), lines.size(), now)
	receivedAt := w.received.set(now)
	begin := 0
	for i, end := range lines.ends {
		id, err := w.ids.next(now)
		if err != nil {
			return nil, false, fmt.Errorf("creating an id: %w", err)
		}
		envelopes[i].ID, envelopes[i].ReceivedAt = id, now
		g.text = appendLine(g.text, id, receivedAt, lines.text[begin:end])
		g.lines++
		begin = end
	}
	g.appends++
	if mayLead && w.lone && w.failure == nil && w.queue[0] == g && g.appends == 1 && w.commitMu.TryLock() {
		w.takeFirst()
		return g, true, nil
	}
	w.signal()
	return g, false, nil
}

// openGroup returns the last group of the queue if it is for this file and has room, and a new group otherwise.
func (w *Writer) openGroup(path string, size int, now time.Time) *group {
	if n := len(w.queue); n > 0 && w.queue[n-1].path == path && len(w.queue[n-1].text)+size <= maxGroup {
		return w.queue[n-1]
	}
	g := &group{path: path, since: now, text: w.spare, done: make(chan struct{})}
	g.overdue = time.AfterFunc(w.options.stallAfter, func() { w.stall(g) })
	if cap(g.text) < size && size > maxSpare {
		g.text = make([]byte, 0, size)
	}
	w.spare = nil
	w.queue = append(w.queue, g)
	return g
}

// pathFor returns the path of the file for a time's day.
func (w *Writer) pathFor(now time.Time) string {
	year, month, date := now.Date()
	day := [3]int{year, int(month), date}
	if day == w.day {
		return w.dayPath
	}
	name := now.Format(time.DateOnly)
	if w.options.CollectorID != "" {
		name += "." + w.options.CollectorID
	}
	w.day, w.dayPath = day, filepath.Join(w.options.Dir, name+".ndjson")
	return w.dayPath
}
