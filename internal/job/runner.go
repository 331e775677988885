// Package job runs reports when they are due. Each due time is a run of a fixed period, so a run that is late or repeated by hand
// reports the same days. The ledger records every state of a run before and after the step that changes it, so that a crash at any
// point neither sends a message twice nor loses one unnoticed.
package job

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"callsheet/internal/notify"
	"callsheet/internal/schedule"
)

// Entry is a report of the configuration.
type Entry struct {
	Report      string
	Schedule    *schedule.Schedule // nil: run by hand only
	Zone        *time.Location     // of the schedule and of the reader's yesterday
	DataZone    *time.Location     // in which days are counted; Zone if nil
	Period      string             // relative to the due time
	Burst       bool               // a workbook for each part
	Channels    []notify.Channel
	CatchUp     int           // maximum number of missed due times that are run late
	WaitForData time.Duration // how long to wait for data through the end of the period
	RetryFor    time.Duration // how long a failed run or delivery is retried
	NotifyEmpty bool          // say when there is nothing to report, through the channels that can

	WaitForReconciliation bool // WaitForData is how long to wait until the period is complete by the vendors' own lists
}

// Runner runs the reports of the configuration.
type Runner struct {
	Entries []Entry
	Steps   Steps
	Ledger  Ledger
	Machine string // that the rows of a shared ledger name; may be empty
	Now     func() time.Time
	Uptime  func() time.Duration // monotonic, so that Serve notices when the clock is set; nil: the clock is never set
	Log     *slog.Logger
	// Attempt makes one attempt of a run; Run in this process when nil. An attempt that crashes is recorded by Fail.
	Attempt func(ctx context.Context, entry Entry, due time.Time, options RunOptions) ([]Run, error)
	// DataTime loads new deliveries and returns the latest time that they prove to have passed. Serve needs it.
	DataTime func(ctx context.Context) (time.Time, error)
	// OnFinished is called with the rows of a run that reached a terminal state.
	OnFinished func(ctx context.Context, entry Entry, runs []Run)
	// OnMissed is called with due times that are skipped, newest first. Serve needs it.
	OnMissed func(ctx context.Context, entry Entry, due []time.Time)

	clock *clock       // of Serve
	locks *reportLocks // of Serve
}

// Find returns the entry of a report.
func (r *Runner) Find(report string) (Entry, bool) {
	for _, entry := range r.Entries {
		if entry.Report == report {
			return entry, true
		}
	}
	return Entry{}, false
}

// HasSchedule reports whether any report is scheduled.
func (r *Runner) HasSchedule() bool {
	return slices.ContainsFunc(r.Entries, func(entry Entry) bool { return entry.Schedule != nil })
}

// RunOptions are the options of a run, by hand or by the scheduler.
type RunOptions struct {
	Resend bool // also send what may have arrived; send everything if all of it arrived
	ByHand bool // a person is waiting: wait neither for the end of the period nor for data. Look for recipients who lack a report that was sent

	retry  bool            // an earlier attempt failed
	active context.Context // no further attempt begins once it has ended; may be nil
}

// ErrStopped is returned by a run that ends because the program ends. A later run resumes it.
var ErrStopped = errors.New("stopped before every recipient was served\nhint: callsheet run resumes it; so does the scheduler when it starts again")

// Run makes one attempt of an entry for a due time. It resumes an earlier attempt, and sends again only what Resend or an idempotent
// channel allows. It returns the summary row first, then those of parts and recipients; a run that failed and can be retried is
// Retrying. When ctx ends, the attempt stops before the next recipient.
func (r *Runner) Run(ctx context.Context, entry Entry, due time.Time, options RunOptions) (runs []Run, err error) {
	release, err := r.Steps.Lock(ctx, entry.Report)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	x, err := r.resume(entry, due, options)
	if err != nil {
		return nil, err
	}
	if x.isUpToDate() {
		if err := x.findMissing(ctx); err != nil || len(x.missing) == 0 {
			return x.results(), err
		}
	}
	err = x.execute(ctx)
	if err != nil && ctx.Err() != nil {
		return x.results(), ErrStopped
	}
	return x.finish(ctx, err)
}

// Earlier returns the rows that earlier attempts of a run left, the summary row first. delivered reports whether every recipient of that
// time has the report.
func (r *Runner) Earlier(entry Entry, due time.Time, options RunOptions) (rows []Run, delivered bool, err error) {
	x, err := r.resume(entry, due, options)
	if err != nil {
		return nil, false, err
	}
	return x.results(), x.isDelivered(), nil
}

// Fail records an attempt whose process crashed. The run is retried like any other failed run.
func (r *Runner) Fail(ctx context.Context, entry Entry, due time.Time, reason error) (runs []Run, err error) {
	release, err := r.Steps.Lock(ctx, entry.Report)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	x, err := r.resume(entry, due, RunOptions{})
	if err != nil {
		return nil, err
	}
	if _, started := x.rows[x.base.key()]; !started {
		if err := x.setState(Building); err != nil {
			return nil, err
		}
	}
	// Nothing was received from the process: what it was sending may have arrived.
	for _, k := range slices.Clone(x.keys) {
		if row := x.rows[k]; row.Recipient != "" && row.State == Sending {
			if err := x.recordInterrupted(row); err != nil {
				return nil, err
			}
		}
	}
	return x.finish(ctx, reason)
}
