package job

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// lateAfter is how late a run may begin without having been missed.
const lateAfter = 10 * time.Minute

// Serve runs every entry at its times until ctx ends, and waits for the work under way. First it ends what was cut short, and catches
// up with what was missed since the ledger's last word. A failed run is logged and in the ledger; the next one comes all the same.
func (r *Runner) Serve(ctx context.Context) error {
	if err := r.Ledger.compact(); err != nil {
		return err
	}
	runs, err := r.Ledger.Runs()
	if err != nil {
		return err
	}
	var following sync.WaitGroup
	if r.Uptime != nil {
		r.clock = newClock(r.Now, r.Uptime)
		following.Go(func() { r.watchClock(ctx) })
	}
	for _, entry := range r.Entries {
		if entry.Schedule == nil {
			continue
		}
		following.Go(func() { r.serveEntry(ctx, entry, runs) })
	}
	following.Wait()
	return nil
}

// maxLookback is how far back due times are looked for that were missed.
const maxLookback = 31 * 24 * time.Hour

// serveEntry runs one entry at its times. The due time that is run is the scheduled one, not the moment it was noticed. What lies in the
// future is ignored: the clock was ahead when it was written.
func (r *Runner) serveEntry(ctx context.Context, entry Entry, runs []Run) {
	last := r.now()
	first := true
	for _, known := range runs {
		if known.Report != entry.Report || !known.IsSummary() || known.DueAt.After(r.now()) {
			continue
		}
		if first || known.DueAt.After(last) {
			first, last = false, known.DueAt
		}
		if !known.isTerminal() {
			r.runDue(ctx, entry, known.DueAt)
		}
	}
	for ctx.Err() == nil {
		now := r.now()
		if now.Sub(last) > maxLookback {
			last = now.Add(-maxLookback)
		}
		if due := entry.Schedule.Between(last, now); len(due) > 0 {
			r.runOverdue(ctx, entry, due, now)
		}
		last = now
		if entry.Schedule.Next(now).IsZero() || !r.sleepUntil(ctx, entry.Schedule.Next(now)) {
			return
		}
		if now = r.now(); last.Sub(now) > clockStep { // the clock was set back
			last = now
		}
	}
}

// runOverdue runs due times that have come, newest first: those of the last minutes, and catch_up of the others.
func (r *Runner) runOverdue(ctx context.Context, entry Entry, due []time.Time, now time.Time) {
	slices.Reverse(due)
	late := slices.IndexFunc(due, func(at time.Time) bool { return now.Sub(at) > lateAfter })
	if late < 0 {
		late = len(due)
	}
	run := due[:min(late+entry.CatchUp, len(due))]
	for _, at := range run {
		r.runDue(ctx, entry, at)
	}
	if skipped := due[len(run):]; len(skipped) > 0 && ctx.Err() == nil {
		r.recordSkipped(ctx, entry, skipped)
	}
}

func (r *Runner) runDue(ctx context.Context, entry Entry, due time.Time) {
	if ctx.Err() != nil {
		return
	}
	runs, err := r.RunWithRetries(ctx, entry, due, RunOptions{})
	log := r.Log.With("report", entry.Report, "due", due)
	switch {
	case errors.Is(err, ErrStopped):
		log.Info("report waits until callsheet is back")
	case err != nil:
		log.Error("report failed", "error", err)
		r.reportFailure(ctx, entry, due, err)
	case runs[0].Succeeded():
		log.Info("report done", "state", runs[0].State, "period", runs[0].Period, "file", runs[0].File, "rows", runs[0].Rows, "recipients", len(runs)-1)
	default:
		log.Error("report needs a look", "state", runs[0].State, "period", runs[0].Period, "error", runs[0].Error)
	}
}

// reportFailure reports a run that could not even be written to the ledger.
func (r *Runner) reportFailure(ctx context.Context, entry Entry, due time.Time, failure error) {
	_, row, err := r.newRow(entry, due)
	if err != nil {
		row = Run{Report: entry.Report, DueAt: due}
	}
	row.State, row.FinishedAt, row.Error = Failed, r.now(), failure.Error()
	r.OnFinished(context.WithoutCancel(ctx), entry, []Run{row})
}

// recordSkipped writes down that due times were missed and are not caught up with, of those that the ledger has no word on, and says so.
func (r *Runner) recordSkipped(ctx context.Context, entry Entry, due []time.Time) {
	var skipped []time.Time
	err := func() error {
		release, err := r.Steps.Lock(ctx, entry.Report)
		if err != nil {
			return err
		}
		defer release()
		runs, err := r.Ledger.Runs()
		if err != nil {
			return err
		}
		known := map[key]bool{}
		for _, run := range runs {
			known[run.key()] = !run.isPremature()
		}
		for _, at := range due {
			_, row, err := r.newRow(entry, at)
			if err != nil {
				return err
			}
			if known[row.key()] {
				continue
			}
			row.State, row.FinishedAt, row.Error = Skipped, r.now(), "nothing ran when it was due, and catch_up is used up"
			if err := r.Ledger.Append(row); err != nil {
				return err
			}
			known[row.key()] = true
			skipped = append(skipped, at)
		}
		return nil
	}()
	if err != nil {
		r.Log.Error("reports were missed, and that could not be written down", "report", entry.Report, "due", due, "error", err)
	}
	if len(skipped) > 0 {
		r.Log.Warn("reports were missed and are skipped", "report", entry.Report, "due", skipped, "catch_up", entry.CatchUp)
		r.OnMissed(context.WithoutCancel(ctx), entry, skipped)
	}
}

// sleepUntil waits until a due time has come or the clock was set back. It looks again every minute, since a clock can be set.
func (r *Runner) sleepUntil(ctx context.Context, due time.Time) bool {
	for began := r.now(); ; {
		now := r.now()
		wait := due.Sub(now)
		if wait <= 0 || began.Sub(now) > clockStep {
			return true
		}
		if !sleep(ctx, min(wait, time.Minute)) {
			return false
		}
	}
}
