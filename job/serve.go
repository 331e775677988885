package job

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// onTime is how late a run may begin without having been missed.
const onTime = 10 * time.Minute

// Serve runs every entry at its times until ctx ends, and waits for the work under way. First it ends what was cut short, and catches
// up with what was missed since the ledger's last word. A failed run is logged and in the ledger; the next one comes all the same.
func (r *Runner) Serve(ctx context.Context) error {
	runs, err := r.Ledger.Runs()
	if err != nil {
		return err
	}
	var following sync.WaitGroup
	for _, entry := range r.Entries {
		if entry.Schedule == nil {
			continue
		}
		following.Go(func() { r.follow(ctx, entry, runs) })
	}
	following.Wait()
	return nil
}

// follow runs one entry at its times. The due time that is run is the scheduled one, not the moment it was noticed.
func (r *Runner) follow(ctx context.Context, entry Entry, runs []Run) {
	last := r.Now()
	for i, known := range slices.DeleteFunc(slices.Clone(runs), func(run Run) bool { return run.Report != entry.Report || !run.Whole() }) {
		if i == 0 || known.DueAt.After(last) {
			last = known.DueAt
		}
		if !known.ended() {
			r.runDue(ctx, entry, known.DueAt)
		}
	}
	for ctx.Err() == nil {
		now := r.Now()
		due := entry.Schedule.Between(last, now)
		slices.Reverse(due)
		missed := 0
		for _, at := range due {
			if now.Sub(at) > onTime {
				if missed++; missed > entry.CatchUp {
					r.skip(entry, at)
					continue
				}
			}
			r.runDue(ctx, entry, at)
		}
		last = now
		next := entry.Schedule.Next(last)
		if next.IsZero() || !r.sleepUntil(ctx, next) {
			return
		}
	}
}

func (r *Runner) runDue(ctx context.Context, entry Entry, due time.Time) {
	if ctx.Err() != nil {
		return
	}
	runs, err := r.Run(ctx, entry, due, How{})
	log := r.Log.With("report", entry.Report, "due", due)
	switch {
	case errors.Is(err, errStopped):
		log.Info("report waits until callsheet is back")
	case err != nil:
		log.Error("report failed", "error", err)
	case runs[0].Good():
		log.Info("report done", "state", runs[0].State, "period", runs[0].Period, "file", runs[0].File, "rows", runs[0].Rows, "recipients", len(runs)-1)
	default:
		log.Error("report needs a look", "state", runs[0].State, "period", runs[0].Period, "error", runs[0].Error)
	}
}

// skip writes down that a due time was missed and is not caught up with, unless its period has a word already.
func (r *Runner) skip(entry Entry, due time.Time) {
	err := func() error {
		release, err := r.Work.Lock(context.Background(), entry.Report)
		if err != nil {
			return err
		}
		defer release()
		x, err := r.prepare(entry, due)
		if err != nil || x.known() {
			return err
		}
		row := x.base
		row.State, row.FinishedAt = Skipped, r.Now()
		row.Error = "nothing ran when it was due, and catch_up is used up"
		return x.write(row)
	}()
	if err != nil {
		r.Log.Error("report was missed, and that could not be written down", "report", entry.Report, "due", due, "error", err)
		return
	}
	r.Log.Warn("report was missed and is skipped", "report", entry.Report, "due", due, "catch_up", entry.CatchUp)
}

// sleepUntil waits for a moment of the wall clock; it looks again every minute, since a clock can be set.
func (r *Runner) sleepUntil(ctx context.Context, due time.Time) bool {
	for {
		wait := due.Sub(r.Now())
		if wait <= 0 {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(min(wait, time.Minute)):
		}
	}
}
