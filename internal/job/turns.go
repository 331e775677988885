package job

import (
	"context"
	"sync"
	"time"
)

// turns let one runner at a time serve a report, when a runner takes over from another.
type turns struct {
	mutex   sync.Mutex
	reports map[string]*turn
}

// turn is the right to serve a report.
type turn struct {
	free chan time.Time // has an element while nobody serves it: up to when the due times are done, zero if only the ledger knows
}

func newTurns() *turns { return &turns{reports: map[string]*turn{}} }

// begin creates the turns of reports that the earlier runner did not have. Their due times up to now are not missed.
func (t *turns) begin(entries []Entry, now time.Time) {
	for _, entry := range entries {
		t.of(entry.Report, now)
	}
}

func (t *turns) of(report string, done time.Time) *turn {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.reports[report] == nil {
		t.reports[report] = &turn{free: make(chan time.Time, 1)}
		t.reports[report].free <- done
	}
	return t.reports[report]
}

// take waits until nobody serves the report. ok is false if ctx ends before.
func (t *turns) take(ctx context.Context, report string) (done time.Time, ok bool) {
	select {
	case done = <-t.of(report, time.Time{}).free:
		return done, true
	case <-ctx.Done():
		return done, false
	}
}

// release lets the next runner serve the report. Its due times up to done are done.
func (t *turns) release(report string, done time.Time) { t.of(report, time.Time{}).free <- done }
