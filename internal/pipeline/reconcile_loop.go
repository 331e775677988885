package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"callsheet/internal/backoff"
	"callsheet/internal/child"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/period"
	"callsheet/internal/schedule"
)

const (
	reconcileInterval = time.Minute      // how often schedules are looked at
	beforeReport      = 15 * time.Minute // how long before a report is due its days are reconciled
	recentlyEnded     = time.Hour        // a day is not reconciled again so soon
	reconcileTimeout  = 12 * time.Hour   // for one source; the vendor's rate limit decides how long it takes

	maxCaughtUp = 31 // days that are compared after a time without reconciliations

	// settleTime is how long after its end a day is fetched: calls that ended just before may not be on the list yet. It is that of settled_at
	// in queries/metrics/reconciled.sql.
	settleTime = 10 * time.Minute
)

// reconcileBackoff is the wait before a failed reconciliation is retried.
var reconcileBackoff = backoff.Policy{Initial: 5 * time.Minute, Max: time.Hour}

// ReconcileLoop compares the calls of sources with the vendors' own lists, and imports what is missing or newer: on vendor_api.schedule, and before
// reports are due. Each reconciliation is a child process, one at a time.
type ReconcileLoop struct {
	OnFinished func(err error) // called after each one; err is nil if it succeeded

	looked map[string]time.Time // up to when the schedules of a source were looked at
	days   map[string][]string  // that are due, by source
}

// HasVendorAPI reports whether there is a source whose calls are compared with the vendor's own list.
func (p *Pipeline) HasVendorAPI() bool {
	return slices.ContainsFunc(p.Config.Collector.Sources, func(source config.Source) bool { return source.VendorAPI != nil })
}

// Serve reconciles what is due until ctx ends, or the configuration has no source with a vendor_api. A pipeline from next, with another configuration,
// takes over after the reconciliation in progress; next may be nil.
func (r *ReconcileLoop) Serve(ctx context.Context, p *Pipeline, next <-chan *Pipeline) {
	r.looked, r.days = map[string]time.Time{}, map[string][]string{}
	for p.HasVendorAPI() {
		for _, source := range p.Config.Collector.Sources {
			if source.VendorAPI != nil && ctx.Err() == nil {
				r.reconcileDue(ctx, p, source)
			}
		}
		select {
		case <-ctx.Done():
			return
		case p = <-next:
		case <-time.After(reconcileInterval):
		}
	}
}

// reconcileDue reconciles the days of a source that are due, unless an earlier attempt has failed and the next one is not due.
func (r *ReconcileLoop) reconcileDue(ctx context.Context, p *Pipeline, source config.Source) {
	now := p.Now()
	state, err := ReadReconciled(p.Config, source.Name)
	if err != nil {
		p.Log.Warn("cannot read when the source was last reconciled; reconciling it", "source", source.Name, "error", err)
	}
	due := r.dueDays(p, source, state, now)
	due = slices.DeleteFunc(due, func(day string) bool { return now.Sub(state.Days[day]).Abs() < recentlyEnded })
	r.days[source.Name] = due
	if len(due) == 0 || now.Before(state.RetryAt) && state.RetryAt.Sub(now) <= reconcileBackoff.Max {
		return
	}
	counts, failed, err := p.reconcileDays(ctx, source.Name, due)
	if ctx.Err() != nil {
		return
	}
	log := p.Log.With("source", source.Name, "from", due[0], "to", due[len(due)-1])
	if state.note(due, failed, err, p.Now()); err != nil {
		log.Error("reconciliation failed", "days", strings.Join(failed, " "), "error", err, "next_attempt", state.RetryAt)
	} else {
		log.Info("reconciled", "vendor_calls", counts.VendorCalls, "missing", counts.Missing, "differing", counts.Differing,
			"unknown_to_vendor", counts.UnknownToVendor)
	}
	r.days[source.Name] = failed
	if failure := state.write(p.Config, source.Name); failure != nil {
		p.Log.Error("the reconciliation could not be recorded", "source", source.Name, "error", failure)
	}
	r.OnFinished(err)
}

// dueDays returns the days of a source that are due now, in order: those that were due before or failed, those of its schedule, and those of
// the reports that are due soon. The schedule is due at once if the last reconciliation was before its last time, as after a restart.
func (r *ReconcileLoop) dueDays(p *Pipeline, source config.Source, state Reconciled, now time.Time) []string {
	since, looked := r.looked[source.Name]
	if !looked || since.After(now) { // the clock was set back
		since = now
	}
	r.looked[source.Name] = now
	finished := FinishedDays(source, now, daysToReconcile(source, state, now))
	due := r.days[source.Name]
	if !looked {
		due = state.FailedDays
	}
	due = slices.DeleteFunc(slices.Clone(due), func(day string) bool { return !slices.Contains(finished, day) })
	if times := ReconcileSchedule(source); times != nil && (len(times.Between(since, now)) > 0 || !looked && times.Last(now).After(state.EndedAt)) {
		last, regular := times.Last(now), finished[len(finished)-source.VendorAPI.DaysBack:]
		for _, day := range finished { // those to catch up, once
			if at := state.Days[day]; at.IsZero() || at.Before(last) && slices.Contains(regular, day) {
				due = append(due, day)
			}
		}
	}
	for _, report := range p.Config.Reports {
		if named := report.Filters["source"]; report.Schedule == "" || named != "" && named != source.Name {
			continue
		}
		entry, err := p.Entry(report) // validated
		if err != nil {
			continue
		}
		for _, at := range entry.Schedule.Between(since.Add(beforeReport), now.Add(beforeReport)) {
			if span, err := entry.Span(at); err == nil {
				due = append(due, daysOf(source, span, p.Config.Zone(), finished)...)
			}
		}
	}
	slices.Sort(due)
	return slices.Compact(due)
}

// daysToReconcile is how many of the last days are compared: days_back, or those since the last reconciliation if these are more.
func daysToReconcile(source config.Source, state Reconciled, now time.Time) int {
	since := 0
	if !state.EndedAt.IsZero() {
		since = int(now.Sub(state.EndedAt)/(24*time.Hour)) + 1
	}
	return max(source.VendorAPI.DaysBack, min(since, maxCaughtUp))
}

// ReconcileSchedule returns the times at which a source is reconciled, nil if none are configured.
func ReconcileSchedule(source config.Source) *schedule.Schedule {
	if source.VendorAPI.Schedule == "" {
		return nil
	}
	times, err := schedule.Parse(source.VendorAPI.Schedule, source.Zone(), nil)
	if err != nil { // validated
		return nil
	}
	return times
}

// FinishedDays returns the last days of a source that are over and whose calls are all on the vendor's list, oldest first.
func FinishedDays(source config.Source, now time.Time, count int) (days []string) {
	today := period.Day(now.Add(-settleTime).In(source.Zone()))
	for back := count; back > 0; back-- {
		days = append(days, today.AddDate(0, 0, -back).Format(time.DateOnly))
	}
	return days
}

// daysOf returns those of a source's days, in its zone, that a period in the report zone overlaps.
func daysOf(source config.Source, span period.Period, zone *time.Location, days []string) (in []string) {
	for _, day := range days {
		begin, _ := period.ParseDay(day)
		starts, ends := period.Instant(begin, source.Zone()), period.Instant(begin.AddDate(0, 0, 1), source.Zone())
		if starts.Before(span.End(zone)) && ends.After(period.Instant(span.From, zone)) {
			in = append(in, day)
		}
	}
	return in
}

// reconcileCounts are the sums of a reconciliation.
type reconcileCounts struct {
	VendorCalls     int64 `json:"vendor_calls"`
	Missing         int64 `json:"missing"`
	Differing       int64 `json:"differing"`
	UnknownToVendor int64 `json:"unknown_to_vendor"`
}

func (s *reconcileCounts) add(other reconcileCounts) {
	s.VendorCalls += other.VendorCalls
	s.Missing += other.Missing
	s.Differing += other.Differing
	s.UnknownToVendor += other.UnknownToVendor
}

// reconcileDays reconciles days of a source, the newest first. With an error, it returns the days that failed, in order.
func (p *Pipeline) reconcileDays(ctx context.Context, source string, due []string) (sum reconcileCounts, failed []string, err error) {
	var errs []error
	for _, days := range slices.Backward(consecutive(due)) {
		if ctx.Err() != nil {
			break
		}
		counts, some, err := p.reconcileInChild(ctx, source, days)
		sum.add(counts)
		failed, errs = append(some, failed...), append(errs, err)
	}
	return sum, failed, errors.Join(errs...)
}

// consecutive splits days, in order, where there are others between them, since reconcile takes a period.
func consecutive(days []string) (runs [][]string) {
	var last time.Time
	for _, text := range days {
		day, _ := period.ParseDay(text) // FinishedDays made it
		if len(runs) == 0 || !day.Equal(last.AddDate(0, 0, 1)) {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], text)
		last = day
	}
	return runs
}

// reconcileInChild reconciles consecutive days of a source in a child process. With an error, it returns the days that failed. Remaining
// differences are no error.
func (p *Pipeline) reconcileInChild(ctx context.Context, source string, days []string) (sum reconcileCounts, failed []string, err error) {
	timeout := fmt.Errorf("it took longer than %s and was stopped", reconcileTimeout)
	limited, cancel := context.WithTimeoutCause(ctx, reconcileTimeout, timeout)
	defer cancel()
	var out bytes.Buffer
	err = p.RunChild(limited, child.Command{
		Args:   []string{"reconcile", "--fix", "--json", "--source", source, "--from", days[0], "--to", days[len(days)-1]},
		Stdout: &out, Memory: p.RunMemory(), Group: true,
	})
	switch {
	case limited.Err() != nil && ctx.Err() == nil:
		return sum, days, childError{timeout}
	case errors.Is(err, child.ErrMemory), errors.As(err, new(*child.Crash)):
		return sum, days, childError{fmt.Errorf("the process of the reconciliation: %w", err)}
	}
	var result struct {
		Days   []reconcileCounts `json:"days"`
		Failed []struct {
			Day string `json:"day"`
		} `json:"failed"`
	}
	if failure := json.Unmarshal(out.Bytes(), &result); failure != nil { // it ended before it had compared anything
		return sum, days, cmp.Or(err, fmt.Errorf("callsheet reconcile: %w", failure))
	}
	for _, day := range result.Days {
		sum.add(day)
	}
	for _, one := range result.Failed {
		failed = append(failed, one.Day)
	}
	switch {
	case len(failed) > 0:
		return sum, failed, err
	case err != nil && exitcode.Of(err) != exitcode.Warnings:
		return sum, days, err
	}
	return sum, nil, nil
}
