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

// dataCache reads the data for all who ask at the same time, once.
type dataCache struct {
	mu   sync.Mutex
	last *Data
}

// get returns the data, read not longer than dataAge ago.
func (c *dataCache) get(ctx context.Context, now func() time.Time, read func(context.Context) (*Data, error)) (*Data, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last != nil && now().Sub(c.last.ReadAt) < dataAge {
		return c.last, nil
	}
	limited, cancel := context.WithTimeout(ctx, dataTimeout)
	defer cancel()
	data, err := read(limited)
	if err != nil {
		return nil, err
	}
	data.ReadAt = now()
	c.last = data
	return data, nil
}

// showData shows the state of the data.
func (s *Server) showData(w http.ResponseWriter, r *http.Request) {
	v, ok := s.authorize(w, r, Analyst)
	if !ok {
		return
	}
	if err := http.NewResponseController(w).SetWriteDeadline(s.options.Now().Add(2 * dataTimeout)); err != nil { // it may wait for others
		s.fail(w, "data", err)
		return
	}
	data, err := s.data.get(r.Context(), s.options.Now, s.options.Data)
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
