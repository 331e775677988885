package page

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// The limits of the queue of questions. Each one that runs has a process, with its memory.
const (
	maxRunning   = 2
	maxQuestions = 10               // that run, wait, or have their file sent
	queueTime    = 30 * time.Second // that one waits
)

// queue lets a few questions run at a time, and one of each user.
type queue struct {
	mu      sync.Mutex
	users   map[string]bool // who has a question
	running chan struct{}   // has a token for each question that runs
}

func newQueue() queue {
	return queue{users: map[string]bool{}, running: make(chan struct{}, maxRunning)}
}

// enter reserves a place for a user's query, until leave is called. If there is none, it returns the reason, as the key of a text.
func (q *queue) enter(user string) (leave func(), reason string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.users[user] {
		return nil, "query_runs"
	}
	if len(q.users) == maxQuestions {
		return nil, "queue_full"
	}
	q.users[user] = true
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.users, user)
	}, ""
}

// begin waits until a question may run, until done is called.
func (q *queue) begin(ctx context.Context) (done func(), ok bool) {
	limited, cancel := context.WithTimeout(ctx, queueTime)
	defer cancel()
	select {
	case q.running <- struct{}{}:
		return sync.OnceFunc(func() { <-q.running }), true
	case <-limited.Done():
		return nil, false
	}
}

// errTooMuch is the error of a writer that is full.
var errTooMuch = errors.New("the result is too large")

// stopper calls stop when a writer is full.
type stopper struct {
	io.Writer
	stop context.CancelCauseFunc
}

func (s stopper) Write(text []byte) (n int, err error) {
	if n, err = s.Writer.Write(text); errors.Is(err, errTooMuch) {
		s.stop(errTooMuch)
	}
	return n, err
}

// limitedWriter writes so many bytes at most.
type limitedWriter struct {
	io.Writer
	left int
}

func (l *limitedWriter) Write(text []byte) (int, error) {
	if len(text) > l.left {
		return 0, errTooMuch
	}
	l.left -= len(text)
	return l.Writer.Write(text)
}

// limitedBuffer keeps so many bytes at most, the first.
type limitedBuffer struct {
	text bytes.Buffer
	max  int
}

func (l *limitedBuffer) Write(text []byte) (int, error) {
	kept := min(len(text), l.max-l.text.Len())
	l.text.Write(text[:kept])
	if kept < len(text) {
		return kept, errTooMuch
	}
	return kept, nil
}
