// Package job runs reports when they are due: each due time is a run of a fixed period, so a run that comes late
// or is repeated by hand reports the same days. What was run is kept in a ledger.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"callsheet/period"
)

// Entry is a scheduled report.
type Entry struct {
	Report   string
	Schedule string         // standard cron; empty: run by hand only
	Zone     *time.Location // of the schedule, and of "yesterday"
	Period   string         // relative to the due time
	Folders  []string       // the workbook is put into
	Other    []string       // ways of delivery that this program does not know yet
}

// Built is a finished workbook.
type Built struct {
	File   string
	SHA256 string
	Rows   int64
}

// Work is what a run is made of. Refresh loads and publishes; Build makes the workbook; Deliver puts it into a
// folder and returns the path there.
type Work struct {
	Refresh func(ctx context.Context) error
	Build   func(ctx context.Context, report string, period period.Period) (Built, error)
	Deliver func(file, folder string) (string, error)
}

// Runner runs entries, one at a time.
type Runner struct {
	Entries []Entry
	Work    Work
	Ledger  Ledger
	Now     func() time.Time
	Log     *slog.Logger

	running sync.Mutex // the database has one writer
}

// ErrDelivery marks a run whose workbook was built but did not reach every place.
var ErrDelivery = errors.New("delivery")

// Run does one entry as at its due time and writes down how it went.
func (r *Runner) Run(ctx context.Context, entry Entry, due time.Time) (Run, error) {
	r.running.Lock()
	defer r.running.Unlock()
	run := Run{Report: entry.Report, DueAt: due, StartedAt: r.Now()}
	err := r.do(ctx, entry, &run)
	run.FinishedAt = r.Now()
	switch {
	case errors.Is(err, ErrDelivery):
		run.State, run.Error = "partly", err.Error()
	case err != nil:
		run.State, run.Error = "failed", err.Error()
	default:
		run.State = "sent"
	}
	return run, errors.Join(err, r.Ledger.Append(run))
}

func (r *Runner) do(ctx context.Context, entry Entry, run *Run) error {
	span, err := period.Parse(entry.Period, run.DueAt.In(entry.Zone))
	if err != nil {
		return err
	}
	run.Period = span.String()
	if err := r.Work.Refresh(ctx); err != nil {
		return err
	}
	built, err := r.Work.Build(ctx, entry.Report, span)
	if err != nil {
		return err
	}
	run.File, run.SHA256, run.Rows = built.File, built.SHA256, built.Rows
	var failed []error
	for _, folder := range entry.Folders {
		path, err := r.Work.Deliver(built.File, folder)
		if err != nil {
			failed = append(failed, fmt.Errorf("%w to folder %s: %w", ErrDelivery, folder, err))
			continue
		}
		run.Delivered = append(run.Delivered, path)
	}
	for _, way := range entry.Other {
		failed = append(failed, fmt.Errorf("%w by %s is not available in this version; the workbook is at %s", ErrDelivery, way, built.File))
	}
	return errors.Join(failed...)
}

// Find is the entry of a report.
func (r *Runner) Find(report string) (Entry, bool) {
	for _, entry := range r.Entries {
		if entry.Report == report {
			return entry, true
		}
	}
	return Entry{}, false
}

// Serve runs every entry at its times until ctx ends, and waits for a run under way. A failed run is logged
// and in the ledger; the next one comes all the same.
func (r *Runner) Serve(ctx context.Context) error {
	var running sync.WaitGroup
	for _, entry := range r.Entries {
		if entry.Schedule == "" {
			continue
		}
		schedule, err := entry.schedule()
		if err != nil {
			return err
		}
		running.Go(func() { r.follow(ctx, entry, schedule) })
	}
	running.Wait()
	return nil
}

// follow runs one entry at its times. The due time that is run is the scheduled one, not the moment it was noticed.
func (r *Runner) follow(ctx context.Context, entry Entry, schedule cron.Schedule) {
	due := schedule.Next(r.Now().In(entry.Zone))
	for !due.IsZero() {
		if !r.sleepUntil(ctx, due) {
			return
		}
		// A run under way ends by itself, so that a stop leaves no half-delivered report.
		run, err := r.Run(context.WithoutCancel(ctx), entry, due)
		if err != nil {
			r.Log.Error("report failed", "report", entry.Report, "period", run.Period, "due", due, "error", err)
		} else {
			r.Log.Info("report done", "report", entry.Report, "period", run.Period, "file", filepath.Base(run.File), "rows", run.Rows)
		}
		due = schedule.Next(r.Now().In(entry.Zone))
	}
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
