package job

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	missedAfter = 10 * time.Minute    // a due time that is later than this counts as missed
	maxLookback = 31 * 24 * time.Hour // older due times are not caught up with
)

// Serve runs every entry at its due times until ctx ends, and waits for runs in progress. First it resumes interrupted runs and
// catches up with the due times since the last one in the ledger. Failed runs are logged and recorded.
//
// A runner from next takes over: the attempt of a run in progress ends under the runner that began it, everything else is up to the new
// one. Serve returns when a runner without a schedule takes over, too, and at once with the error of a ledger that cannot be read. next may be nil.
func (r *Runner) Serve(ctx context.Context, next <-chan *Runner) error {
	if err := r.Ledger.Compact(); err != nil {
		r.Log.Warn("the run ledger cannot be compacted; it grows", "error", err)
	}
	if _, err := r.Ledger.Runs(); err != nil {
		return err
	}
	if r.Uptime != nil {
		r.clock = newClock(r.Now, r.Uptime)
	}
	var tasks sync.WaitGroup
	defer tasks.Wait()
	r.locks = newReportLocks()
	for running := r; ; {
		retire := running.serveEntries(ctx, &tasks)
		select {
		case <-ctx.Done():
			retire()
			return nil
		case following := <-next:
			retire()
			if !following.HasSchedule() {
				return nil
			}
			following.clock, following.locks = running.clock, running.locks
			following.locks.begin(following.Entries, following.now())
			running = following
		}
	}
}

// serveEntries starts a task for each entry and for the clock. retire ends them, but for the attempts in progress.
func (r *Runner) serveEntries(ctx context.Context, tasks *sync.WaitGroup) (retire context.CancelFunc) {
	active, retire := context.WithCancel(ctx)
	if r.clock != nil {
		tasks.Go(func() { r.watchClock(ctx, active) })
	}
	for _, entry := range r.Entries {
		if entry.Schedule != nil {
			tasks.Go(func() { r.serveEntry(ctx, active, entry) })
		}
	}
	return retire
}

// serveEntry runs one entry at its due times while active, or once the period is over where days are counted. Each run is for the
// scheduled time, not for when it starts.
func (r *Runner) serveEntry(ctx, active context.Context, entry Entry) {
	done, ok := r.locks.take(active, entry.Report)
	if !ok {
		return
	}
	defer func() { r.locks.release(entry.Report, done) }()
	runs, err := r.Ledger.Runs()
	for err != nil {
		r.Log.Error("the run ledger cannot be read; trying again", "report", entry.Report, "error", err)
		if !sleep(active, time.Minute) {
			return
		}
		runs, err = r.Ledger.Runs()
	}
	last, unfinished, found := r.progress(entry, runs)
	if done.After(last) || !found && !done.IsZero() {
		last = done
	}
	var waiting []time.Time // due times whose period is not over
	for _, due := range unfinished {
		if entry.Ready(due).After(r.now()) {
			waiting = append(waiting, due)
			continue
		}
		r.runDue(ctx, active, entry, due)
	}
	for active.Err() == nil {
		now := r.now()
		if now.Sub(last) > maxLookback {
			last = now.Add(-maxLookback)
		}
		due := mergeDue(waiting, entry.Schedule.Between(last, now))
		ready, _ := slices.BinarySearchFunc(due, now, func(t, now time.Time) int { // later due times are ready later
			if entry.Ready(t).After(now) {
				return 1
			}
			return -1
		})
		if waiting = due[ready:]; ready > 0 {
			done = time.Time{} // if another runner takes over meanwhile, the ledger has what was run
			r.runOverdue(ctx, active, entry, due[:ready], now)
		}
		next := entry.Schedule.Next(now)
		if len(waiting) > 0 {
			r.recordDue(entry, waiting, func(due time.Time) string {
				return entry.EndText(entry.Ready(due)) + ", when its period is over where days are counted"
			})
			if end := entry.Ready(waiting[0]); next.IsZero() || end.Before(next) {
				next = end
			}
		}
		last = now
		if next.IsZero() || !r.sleepUntil(active, next) {
			if done = r.now(); len(waiting) > 0 {
				done = waiting[0].Add(-1) // they are in the ledger, unless it could not be written
			}
			return
		}
		if now = r.now(); last.Sub(now) > clockStep { // the clock was set back
			last = now
			waiting = slices.DeleteFunc(waiting, func(due time.Time) bool { return due.After(now) })
		}
	}
}

// runOverdue runs due times that have passed, newest first: all that are not missed yet, and at most CatchUp missed ones.
func (r *Runner) runOverdue(ctx, active context.Context, entry Entry, due []time.Time, now time.Time) {
	slices.Reverse(due)
	onTime := slices.IndexFunc(due, func(t time.Time) bool { return now.Sub(entry.Ready(t)) > missedAfter })
	if onTime < 0 {
		onTime = len(due)
	}
	count := min(onTime+entry.CatchUp, len(due))
	// The ledger has them all before the first run: one that the end of the process or another runner interrupts hides none.
	if count > 1 {
		r.recordDue(entry, due[1:count], func(time.Time) string { return "newer ones that were due have run" })
	}
	if skipped := due[count:]; len(skipped) > 0 {
		r.recordSkipped(ctx, entry, skipped)
	}
	for _, t := range due[:count] {
		r.runDue(ctx, active, entry, t)
	}
}

func (r *Runner) runDue(ctx, active context.Context, entry Entry, due time.Time) {
	if active.Err() != nil {
		return
	}
	runs, err := r.RunWithRetries(ctx, entry, due, RunOptions{active: active})
	log := r.Log.With("report", entry.Report, "due", due)
	switch {
	case errors.Is(err, ErrStopped) && ctx.Err() == nil:
		log.Info("report is retried with the new configuration")
	case errors.Is(err, ErrStopped):
		log.Info("report stopped; it resumes when the scheduler starts again")
	case err != nil:
		log.Error("report failed", "error", err)
		r.reportFailure(ctx, entry, due, err)
	case runs[0].Succeeded():
		log.Info("report done", "state", runs[0].State, "period", runs[0].Period, "file", runs[0].File, "rows", runs[0].Rows, "recipients", len(runs)-1)
	default:
		log.Error("report was not delivered completely", "state", runs[0].State, "period", runs[0].Period, "error", runs[0].Error, "failed", failures(runs))
	}
}

// failures names the recipients that do not have a report, each with its error.
func failures(runs []Run) (failed []string) {
	for _, run := range runs {
		if run.Recipient != "" && run.State != Sent {
			failed = append(failed, run.target()+": "+run.Error)
		}
	}
	return failed
}

// reportFailure calls OnFinished for a run that could not be recorded in the ledger.
func (r *Runner) reportFailure(ctx context.Context, entry Entry, due time.Time, failure error) {
	_, row, err := r.newRow(entry, due, false)
	if err != nil {
		row = Run{Report: entry.Report, DueAt: due}
	}
	row.State, row.FinishedAt, row.Error = Failed, r.now(), failure.Error()
	r.OnFinished(context.WithoutCancel(ctx), entry, []Run{row})
}

// sleepUntil waits until a due time has passed or the clock was set back, and reports false when ctx ends before. It checks the clock
// every minute, since the clock can be set meanwhile.
func (r *Runner) sleepUntil(ctx context.Context, due time.Time) bool {
	for start := r.now(); ; {
		now := r.now()
		wait := due.Sub(now)
		if wait <= 0 || start.Sub(now) > clockStep {
			return true
		}
		if !sleep(ctx, min(wait, time.Minute)) {
			return false
		}
	}
}
