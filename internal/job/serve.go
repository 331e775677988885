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
// one. next may be nil.
func (r *Runner) Serve(ctx context.Context, next <-chan *Runner) error {
	if err := r.Ledger.compact(); err != nil {
		return err
	}
	if _, err := r.Ledger.Runs(); err != nil {
		return err
	}
	if r.Uptime != nil {
		r.clock = newClock(r.Now, r.Uptime)
	}
	var tasks sync.WaitGroup
	defer tasks.Wait()
	r.turns = newTurns()
	for running := r; ; {
		retire := running.serveEntries(ctx, &tasks)
		select {
		case <-ctx.Done():
			retire()
			return nil
		case following := <-next:
			retire()
			following.clock, following.turns = running.clock, running.turns
			following.turns.begin(following.Entries, following.now())
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

// serveEntry runs one entry at its due times while active. Each run is for the scheduled time, not for when it starts. Rows of the
// future are ignored: the clock was ahead when they were written.
func (r *Runner) serveEntry(ctx, active context.Context, entry Entry) {
	done, ok := r.turns.take(active, entry.Report)
	if !ok {
		return
	}
	defer func() { r.turns.release(entry.Report, done) }()
	runs, err := r.Ledger.Runs()
	for err != nil {
		r.Log.Error("the run ledger cannot be read; trying again", "report", entry.Report, "error", err)
		if !sleep(active, time.Minute) {
			return
		}
		runs, err = r.Ledger.Runs()
	}
	last := r.now() // the due times up to then are done
	known := last   // since when there is the report
	first := true
	for _, run := range runs {
		if run.Report != entry.Report || !run.IsSummary() || run.DueAt.After(r.now()) {
			continue
		}
		if run.StartedAt.Before(known) {
			known = run.StartedAt
		}
		if first || run.DueAt.After(last) {
			first, last = false, run.DueAt
		}
		if !run.isTerminal() {
			r.runDue(ctx, active, entry, run.DueAt)
		}
	}
	if !first && known.After(last) { // a first run by hand was for an older due time: those in between are not missed
		last = known
	}
	if done.After(last) || first && !done.IsZero() {
		last = done
	}
	for active.Err() == nil {
		now := r.now()
		if now.Sub(last) > maxLookback {
			last = now.Add(-maxLookback)
		}
		if due := entry.Schedule.Between(last, now); len(due) > 0 {
			done = time.Time{} // if another runner takes over meanwhile, the ledger has what was run
			r.runOverdue(ctx, active, entry, due, now)
		}
		last = now
		if entry.Schedule.Next(now).IsZero() || !r.sleepUntil(active, entry.Schedule.Next(now)) {
			done = r.now()
			return
		}
		if now = r.now(); last.Sub(now) > clockStep { // the clock was set back
			last = now
		}
	}
}

// runOverdue runs due times that have passed, newest first: all that are not missed yet, and at most CatchUp missed ones.
func (r *Runner) runOverdue(ctx, active context.Context, entry Entry, due []time.Time, now time.Time) {
	slices.Reverse(due)
	onTime := slices.IndexFunc(due, func(t time.Time) bool { return now.Sub(t) > missedAfter })
	if onTime < 0 {
		onTime = len(due)
	}
	count := min(onTime+entry.CatchUp, len(due))
	for _, t := range due[:count] {
		r.runDue(ctx, active, entry, t)
	}
	if skipped := due[count:]; len(skipped) > 0 && active.Err() == nil {
		r.recordSkipped(ctx, entry, skipped)
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
	_, row, err := r.newRow(entry, due)
	if err != nil {
		row = Run{Report: entry.Report, DueAt: due}
	}
	row.State, row.FinishedAt, row.Error = Failed, r.now(), failure.Error()
	r.OnFinished(context.WithoutCancel(ctx), entry, []Run{row})
}

// recordSkipped records missed due times as skipped, unless the ledger has a row for them, and calls OnMissed.
func (r *Runner) recordSkipped(ctx context.Context, entry Entry, due []time.Time) {
	skipped, err := r.appendSkipped(ctx, entry, due)
	if err != nil {
		r.Log.Error("missed reports could not be recorded", "report", entry.Report, "due", due, "error", err)
	}
	if len(skipped) > 0 {
		r.Log.Warn("missed reports are skipped", "report", entry.Report, "due", skipped, "catch_up", entry.CatchUp)
		r.OnMissed(context.WithoutCancel(ctx), entry, skipped)
	}
}

func (r *Runner) appendSkipped(ctx context.Context, entry Entry, due []time.Time) (skipped []time.Time, err error) {
	release, err := r.Steps.Lock(ctx, entry.Report)
	if err != nil {
		return nil, err
	}
	defer release()
	runs, err := r.Ledger.Runs()
	if err != nil {
		return nil, err
	}
	recorded := map[key]bool{}
	for _, run := range runs {
		recorded[run.key()] = !run.isPremature()
	}
	for _, t := range due {
		_, row, err := r.newRow(entry, t)
		if err != nil {
			return skipped, err
		}
		if recorded[row.key()] {
			continue
		}
		row.State, row.FinishedAt, row.Error = Skipped, r.now(), "not started within 10 minutes of its due time, and catch_up is exhausted"
		if err := r.Ledger.Append(row); err != nil {
			return skipped, err
		}
		recorded[row.key()] = true
		skipped = append(skipped, t)
	}
	return skipped, nil
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
