package job

import (
	"context"
	"sync"
	"time"
)

// reportLocks let one runner at a time serve a report, when a runner takes over from another.
type reportLocks struct {
	mutex   sync.Mutex
	reports map[string]*reportLock
}

// reportLock is the right to serve a report.
type reportLock struct {
	free chan time.Time // holds a time while no runner serves the report: its due times up to then are done; zero if only the ledger knows
}

func newReportLocks() *reportLocks { return &reportLocks{reports: map[string]*reportLock{}} }

// begin creates the locks of reports that the earlier runner did not have. Their due times up to now are not missed.
func (l *reportLocks) begin(entries []Entry, now time.Time) {
	for _, entry := range entries {
		l.of(entry.Report, now)
	}
}

func (l *reportLocks) of(report string, done time.Time) *reportLock {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.reports[report] == nil {
		l.reports[report] = &reportLock{free: make(chan time.Time, 1)}
		l.reports[report].free <- done
	}
	return l.reports[report]
}

// take waits until no other runner serves the report. ok is false if ctx ends before.
func (l *reportLocks) take(ctx context.Context, report string) (done time.Time, ok bool) {
	select {
	case done = <-l.of(report, time.Time{}).free:
		return done, true
	case <-ctx.Done():
		return done, false
	}
}

// release lets the next runner serve the report. Its due times up to done are done.
func (l *reportLocks) release(report string, done time.Time) { l.of(report, time.Time{}).free <- done }
