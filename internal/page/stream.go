package page

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	pollInterval = 250 * time.Millisecond // of the spool; a page shows a delivery half a second after it is durable, at most
	tickInterval = time.Second            // of what changes with time: calls that wait longer than the target, calls without an end
	aliveEvery   = 3 * time.Second        // a stream says at least, so that a page knows that it is live
	streamTime   = 15 * time.Minute       // until a browser asks again, and is authorized again
	sendTimeout  = 10 * time.Second       // for a browser to take what is sent to it
	stuckAfter   = 5 * time.Second        // a poll takes a millisecond, unless the disk hangs
)

// updates tells the streams that there is something new. A stream that is slow misses some, and sends the newest state afterwards.
type updates struct {
	mu       sync.Mutex
	version  int
	changed  chan struct{} // closed with the next version
	restored bool
	polled   time.Time        // when the spool was read last
	failed   time.Time        // since when the spool cannot be read; zero if it can
	rendered map[string]*part // of this version, by what is shown
}

// current returns the version, and a channel that is closed when there is a newer one.
func (u *updates) current() (version int, changed <-chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.version, u.changed
}

// next begins a new version, which wakes the streams.
func (u *updates) next() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.version++
	u.rendered = map[string]*part{}
	close(u.changed)
	u.changed = make(chan struct{})
}

// follow reads the spool until ctx ends.
func (s *Server) follow(ctx context.Context) {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	var seen uint64 // changes of the board
	var ticked time.Time
	for {
		now := s.options.Now()
		err := s.options.Spool.Poll(now, s.options.Board.Read)
		isNews := s.note(err, now)
		if now.Sub(ticked) >= tickInterval || now.Before(ticked) {
			ticked = now
			s.options.Board.Expire(now)
			isNews = isNews || s.options.Board.View(nil, now).Total.Waiting > 0
		}
		if changes := s.options.Board.Changes(); isNews || changes != seen {
			seen = changes
			s.updates.next()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// watch checks at intervals whether the spool is still being read, until ctx ends: on a disk that hangs, a poll blocks instead of failing.
func (s *Server) watch(ctx context.Context) {
	ticker := time.NewTicker(tickInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.noteStuck(s.options.Now())
		}
	}
}

// noteStuck notes that the spool was not read for long.
func (s *Server) noteStuck(now time.Time) {
	u := &s.updates
	u.mu.Lock()
	isStuck := u.restored && u.failed.IsZero() && now.Sub(u.polled) > stuckAfter
	if isStuck {
		u.failed = u.polled
	}
	u.mu.Unlock()
	if isStuck {
		s.options.Log.Error("the spool cannot be read", "error", "the disk does not respond")
		u.next()
	}
}

// note notes whether the spool can be read. It reports whether that has changed.
func (s *Server) note(err error, now time.Time) (changed bool) {
	u := &s.updates
	u.mu.Lock()
	defer u.mu.Unlock()
	if err == nil {
		u.polled = s.options.Now() // the poll may have taken long
	}
	switch {
	case err != nil && u.failed.IsZero():
		u.failed = now
		s.options.Log.Error("the spool cannot be read", "error", err)
		return true
	case err == nil && !u.failed.IsZero():
		u.failed = time.Time{}
		s.options.Log.Info("the spool can be read again")
		return true
	}
	if err == nil && !u.restored {
		u.restored = true
		if s.options.Restored != nil {
			s.options.Restored()
		}
		return true
	}
	return false
}

// part is the part of a page that changes. Many streams send the same one.
type part struct {
	html  []byte
	lines []byte // the same as lines of an event
}

func newPart(html []byte) *part {
	return &part{html, append(append([]byte("data: "), bytes.ReplaceAll(html, []byte("\n"), []byte("\ndata: "))...), '\n')}
}

// changingPart returns the part of a page that changes.
func (s *Server) changingPart(name string, v visit) (*part, error) {
	if name == "today" {
		return s.todayBoard(todayGroup(v))
	}
	u := &s.updates
	u.mu.Lock()
	defer u.mu.Unlock()
	key := fmt.Sprintf("%s %t %q", name, v.groups == nil, v.groups)
	if known, ok := u.rendered[key]; ok {
		return known, nil
	}
	var html bytes.Buffer
	now := s.options.Now()
	data := boardData{View: s.options.Board.View(v.groups, now), Failed: u.failed, Restored: u.restored, Target: s.options.Target}
	if err := s.templates.write(&html, name+"-board", data); err != nil {
		return nil, err
	}
	rendered := newPart(html.Bytes())
	if u.rendered != nil && len(u.rendered) < maxStreams { // anyone who sees all groups can ask for any
		u.rendered[key] = rendered
	}
	return rendered, nil
}

// stream sends the part of a page that changes, each time it does.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	v, ok := s.authorize(w, r, Viewer)
	if !ok {
		return
	}
	name := r.URL.Query().Get("view")
	if name != "live" && name != "wall" && name != "today" {
		s.refuse(w, http.StatusNotFound, "not_found")
		return
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "10")
		s.refuse(w, http.StatusServiceUnavailable, "too_many_pages")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would collect the events
	send := sender{w, http.NewResponseController(w), s.options.Now}
	if send.control.SetReadDeadline(time.Time{}) != nil { // that of the request would end the stream
		return
	}
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	ended := time.NewTimer(streamTime)
	defer ended.Stop()
	var sent []byte
	for {
		_, changed := s.updates.current()
		if v.session != "" && s.sessions.use(v.session) != v.user {
			_ = send.event("signed-out", nil)
			return
		}
		changing, err := s.changingPart(name, v)
		if err != nil {
			s.options.Log.Error("a page cannot be shown", "page", name, "error", err)
			return
		}
		if !bytes.Equal(changing.html, sent) {
			if send.event("board", changing.lines) != nil {
				return // the browser is gone, or takes nothing
			}
			sent = changing.html
		}
	waiting:
		for {
			select {
			case <-changed:
				break waiting
			case <-alive.C:
				if v.session != "" && s.sessions.use(v.session) != v.user {
					_ = send.event("signed-out", nil)
					return
				}
				if send.event("alive", nil) != nil {
					return
				}
			case <-ended.C:
				return
			case <-r.Context().Done():
				return
			case <-s.ended.Done():
				return
			}
		}
	}
}

// sender sends events to a browser.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
	now     func() time.Time
}

// event sends an event with lines of data, which begin with "data: ". Its id is the time, from which a page knows how its own clock differs.
func (s sender) event(name string, lines []byte) error {
	now := s.now()
	if err := s.control.SetWriteDeadline(now.Add(sendTimeout)); err != nil {
		return err
	}
	if lines == nil {
		lines = []byte("data: \n") // without data, a browser would ignore the event
	}
	if _, err := fmt.Fprintf(s.w, "retry: 1000\nid: %d\nevent: %s\n", now.UnixMilli(), name); err != nil {
		return err
	}
	if _, err := s.w.Write(lines); err != nil {
		return err
	}
	if _, err := io.WriteString(s.w, "\n"); err != nil {
		return err
	}
	return s.control.Flush()
}
