package page

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	figuresTick    = time.Second      // of looking whether something else is published
	figuresTimeout = time.Minute      // of computing the figures of a group
	figuresRetry   = 30 * time.Second // after they could not be computed
	figuresKept    = streamTime + time.Minute
	maxFigures     = 100 // groups whose figures are kept
)

// figures computes the figures of Today: for each group that somebody looks at, once for each publication, one group at a time.
type figures struct {
	asked chan struct{} // has a token when a group is asked for that has no figures

	mu         sync.Mutex
	scopes     map[string]*scope // by group; "" is all calls
	published  string            // as in Options
	computed   string            // the published data from which figures were computed last; empty if nobody has looked for a while
	received   time.Time         // receipt of the newest delivery before figures were computed
	waitsSince time.Time         // since when the oldest delivery waits that is not in the computed data; zero if none does
	late       time.Time         // as in todayData
	groups     []string          // with calls in the last days
}

// scope has the figures of a group.
type scope struct {
	asked    time.Time
	tried    time.Time // when computing them began last
	of       string    // the published data that they are computed from
	today    *Today
	failed   bool
	rendered *part // nil if it has to be rendered
}

func newFigures() *figures {
	return &figures{asked: make(chan struct{}, 1), scopes: map[string]*scope{}}
}

// todayBoard returns the part of Today that changes. It never waits: figures that are not there yet are computed soon.
func (s *Server) todayBoard(group string) (*part, error) {
	f := s.figures
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.scopes[group]
	if one == nil {
		f.makeRoom()
		one = &scope{}
		f.scopes[group] = one
		select {
		case f.asked <- struct{}{}:
		default:
		}
	}
	one.asked = s.options.Now()
	if one.rendered == nil {
		var html bytes.Buffer
		data := todayData{Today: one.today, Failed: one.failed, Unpublished: one.today == nil && f.published == "", Late: f.late, Target: s.options.Target}
		if err := s.templates.write(&html, "today-board", data); err != nil {
			return nil, err
		}
		one.rendered = newPart(html.Bytes())
	}
	return one.rendered, nil
}

// makeRoom removes the least recently used scope, if there are too many.
func (f *figures) makeRoom() {
	if len(f.scopes) < maxFigures {
		return
	}
	oldest := ""
	for group, one := range f.scopes {
		if other := f.scopes[oldest]; other == nil || one.asked.Before(other.asked) {
			oldest = group
		}
	}
	delete(f.scopes, oldest)
}

// withGroups adds the groups with calls in the last days to a list.
func (f *figures) withGroups(groups []string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(groups, f.groups))))
}

// followFigures computes the requested figures until ctx ends. It sleeps as long as it has worked, so that it takes half a core at most.
func (s *Server) followFigures(ctx context.Context) {
	ticker := time.NewTicker(figuresTick)
	defer ticker.Stop()
	for {
		s.noteFigures()
		if group, ok := s.figures.next(s.options.Now(), s.options.Zone); ok {
			began := time.Now()
			s.compute(ctx, group)
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Since(began)):
			}
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-s.figures.asked:
		}
	}
}

// noteFigures notes what is published now, and whether loads have stopped.
func (s *Server) noteFigures() {
	f, now := s.figures, s.options.Now()
	published, received := s.options.Published(), s.options.Board.Received()
	f.mu.Lock()
	changed := (published == "") != (f.published == "")
	f.published = published
	maps.DeleteFunc(f.scopes, func(_ string, one *scope) bool { return now.Sub(one.asked) > figuresKept })
	late := f.late // until the figures are computed, it is not known what a new publication has
	switch {
	case len(f.scopes) == 0:
		f.computed, late = "", time.Time{}
	case f.computed == published && published != "":
		if f.waitsSince.IsZero() && received.After(f.received) {
			f.waitsSince = received
		}
		late = f.lateSince(now, s.options.LateAfter)
	}
	if !late.Equal(f.late) {
		f.late, changed = late, true
	}
	if changed {
		for _, one := range f.scopes {
			one.rendered = nil
		}
	}
	f.mu.Unlock()
	if changed {
		s.updates.next()
	}
}

// lateSince returns since when deliveries wait for a load, if they wait longer than after; else the zero time.
func (f *figures) lateSince(now time.Time, after time.Duration) time.Time {
	if f.waitsSince.IsZero() || after == 0 || now.Sub(f.waitsSince) <= after {
		return time.Time{}
	}
	return f.waitsSince
}

// next returns the group to compute: of those whose figures are not of the published data and of today, the one that waits longest.
func (f *figures) next(now time.Time, zone *time.Location) (group string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.published == "" {
		return "", false
	}
	day := now.In(zone).Format(time.DateOnly)
	for name, one := range f.scopes {
		isCurrent := one.today != nil && one.of == f.published && one.today.Day.Format(time.DateOnly) == day
		if isCurrent || one.failed && now.Sub(one.tried) < figuresRetry {
			continue
		}
		if !ok || one.tried.Before(f.scopes[group].tried) {
			group, ok = name, true
		}
	}
	return group, ok
}

// compute computes the figures of a group. Those before stay until there are new ones.
func (s *Server) compute(ctx context.Context, group string) {
	f := s.figures
	f.mu.Lock()
	published := f.published
	if one := f.scopes[group]; one != nil {
		one.tried = s.options.Now()
	}
	f.mu.Unlock()
	received := s.options.Board.Received() // what the computation looks for in the published data
	limited, cancel := context.WithTimeout(ctx, figuresTimeout)
	defer cancel()
	today, err := s.options.Today(limited, group)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		s.options.Log.Error("the figures of the page cannot be computed", "group", group, "error", err)
	}
	f.mu.Lock()
	one := f.scopes[group]
	if one == nil { // removed meanwhile
		one = &scope{}
	}
	one.failed, one.rendered = err != nil, nil
	if err == nil {
		one.today, one.of = today, published
		f.computed, f.waitsSince, f.received = published, today.WaitsSince, received
		if today.Through.After(received) {
			f.received = today.Through
		}
		if group == "" {
			f.groups = today.Groups
		}
	}
	f.mu.Unlock()
	s.updates.next()
}
