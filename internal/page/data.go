package page

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Data is the state of the data, in the words of callsheet status.
type Data struct {
	ReadAt       time.Time
	Problems     []Problem
	Sections     []Section
	Freshness    []string // how new the figures are; all that viewers see
	Rejects      []Reject // the newest
	RejectsError string   // why they cannot be read
}

// Problem is what needs attention, and how to fix it.
type Problem struct{ Text, Hint string }

// Section is a heading with its lines.
type Section struct {
	Heading string
	Lines   []string
}

// Reject is a line that was not loaded.
type Reject struct {
	At                 time.Time
	File, Reason, Text string
	Line               int64
}

const (
	dataAge     = 10 * time.Second // of data that is shown again
	dataTimeout = time.Minute      // of reading it
)

// cache reads something for all who ask at the same time, once.
type cache[T any] struct {
	mu     sync.Mutex
	last   *T
	readAt time.Time
}

// get returns what was read, not longer than age ago.
func (c *cache[T]) get(ctx context.Context, now func() time.Time, age time.Duration, read func(context.Context) (*T, error)) (*T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last != nil && now().Sub(c.readAt) < age {
		return c.last, nil
	}
	limited, cancel := context.WithTimeout(ctx, dataTimeout)
	defer cancel()
	found, err := read(limited)
	if err != nil {
		return nil, err
	}
	c.last, c.readAt = found, now()
	return found, nil
}

// showData shows the state of the data.
func (s *Server) showData(w http.ResponseWriter, r *http.Request) {
	v, ok := s.authorize(w, r, Viewer)
	if !ok || !s.extendDeadlines(w, 2*dataTimeout) { // it may wait for others
		return
	}
	data, err := s.data.get(r.Context(), s.options.Now, dataAge, func(ctx context.Context) (*Data, error) {
		data, err := s.options.Data(ctx)
		if err == nil {
			data.ReadAt = s.options.Now()
		}
		return data, err
	})
	if r.Context().Err() != nil {
		return // the browser is gone
	}
	if err != nil {
		s.fail(w, "data", err)
		return
	}
	shown := s.pageData("data", v)
	shown.Data = data
	s.show(w, http.StatusOK, "data", shown)
}
