package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// progress returns up to when the due times of an entry are done according to the ledger, and those whose runs have begun and are not
// in a terminal state. found is false if the ledger has no run of the entry; then nothing up to now is missed. Rows of the future are
// ignored: the clock was ahead when they were written.
func (r *Runner) progress(entry Entry, runs []Run) (last time.Time, unfinished []time.Time, found bool) {
	known := r.now() // since when there is the report
	for _, run := range runs {
		if run.Report != entry.Report || !run.IsSummary() || run.DueAt.After(r.now()) {
			continue
		}
		if run.StartedAt.Before(known) {
			known = run.StartedAt
		}
		found = true
		if entry.IsEarly(run) {
			continue
		}
		if run.DueAt.After(last) {
			last = run.DueAt
		}
		if !run.isTerminal() {
			unfinished = append(unfinished, run.DueAt)
		}
	}
	if known.After(last) { // a first run by hand was for an older due time: those in between are not missed
		last = known
	}
	return last, unfinished, found
}

// mergeDue returns the due times of two sorted lists, each once.
func mergeDue(a, b []time.Time) []time.Time {
	all := append(slices.Clone(a), b...)
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

// recordDue records due times that wait until something, unless the ledger has them, so that they are run also after a restart.
func (r *Runner) recordDue(entry Entry, due []time.Time, until func(due time.Time) string) {
	runs, err := r.Ledger.Runs()
	for _, t := range due {
		_, row, rowErr := r.newRow(entry, t, false)
		if err = errors.Join(err, rowErr); err != nil {
			break
		}
		if slices.ContainsFunc(runs, func(run Run) bool { return run.key() == row.key() && !run.isPremature() }) {
			continue
		}
		row.State, row.Error = Due, "waits until "+until(t)
		r.Log.Info("report waits", "report", entry.Report, "period", row.Period, "due", t, "until", until(t))
		err = r.Ledger.Append(row)
	}
	if err != nil {
		r.Log.Error("a report that waits could not be recorded", "report", entry.Report, "due", due, "error", err)
	}
}

// recordSkipped records missed due times as skipped, unless the ledger has a row for them, and calls OnMissed.
func (r *Runner) recordSkipped(ctx context.Context, entry Entry, due []time.Time) {
	skipped, err := r.appendSkipped(entry, due)
	if err != nil {
		r.Log.Error("missed reports could not be recorded", "report", entry.Report, "due", due, "error", err)
	}
	if len(skipped) > 0 {
		r.Log.Warn("missed reports are skipped", "report", entry.Report, "due", skipped, "catch_up", entry.CatchUp)
		r.OnMissed(context.WithoutCancel(ctx), entry, skipped)
	}
}

// appendSkipped does not wait for the report's lock: a run by hand may have it for long, and the due times would be forgotten.
func (r *Runner) appendSkipped(entry Entry, due []time.Time) (skipped []time.Time, err error) {
	runs, err := r.Ledger.Runs()
	if err != nil {
		return nil, err
	}
	recorded := map[key]bool{}
	for _, run := range runs {
		recorded[run.key()] = !run.isPremature()
	}
	for _, t := range due {
		_, row, err := r.newRow(entry, t, false)
		if err != nil {
			return skipped, err
		}
		if recorded[row.key()] {
			continue
		}
		row.State, row.FinishedAt, row.Error = Skipped, r.now(), fmt.Sprintf("not started within %.0f minutes of its due time, and catch_up is exhausted", missedAfter.Minutes())
		if err := r.Ledger.Append(row); err != nil {
			return skipped, err
		}
		recorded[row.key()] = true
		skipped = append(skipped, t)
	}
	return skipped, nil
}
