package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/pipeline"
	"callsheet/store"
)

// reconciliation is a run of callsheet reconcile, and what it prints as JSON.
type reconciliation struct {
	Days     []store.Reconciliation  `json:"days"`
	Failed   []failedDay             `json:"failed"`
	Imported []pipeline.ImportedRows `json:"taken_in"` // the key is kept for scripts

	canUndo  bool // an import of it: that needs the whole spool
	fetched  []pipeline.FetchedDay
	warnings []string // of the load, and what else was not fetched
}

type failedDay struct {
	Source string `json:"source"`
	Day    string `json:"day"`
	Error  string `json:"error"`
}

func (a *app) reconcile(ctx context.Context, p *pipeline.Pipeline, sources []config.Source, days map[string][]string, flags reconcileFlags) error {
	r, err := a.runReconciliation(ctx, p, sources, days, flags.fix)
	if err != nil {
		return err
	}
	if flags.asJSON {
		err = json.NewEncoder(a.stdout).Encode(r)
	} else {
		err = r.print(display.EscapingWriter{W: a.stdout})
	}
	if err != nil {
		return err
	}
	return r.outcome(flags.fix)
}

// runReconciliation fetches and compares the days of the sources by their names, and imports what is missing or newer if fix.
func (a *app) runReconciliation(ctx context.Context, p *pipeline.Pipeline, sources []config.Source, days map[string][]string, fix bool) (reconciliation, error) {
	r := reconciliation{Days: []store.Reconciliation{}, Failed: []failedDay{}, Imported: []pipeline.ImportedRows{}, // not null in JSON
		canUndo: !p.Config.Store.Lake.Enabled()}
	if err := pipeline.MakeDataDir(p.Config); err != nil {
		return r, err
	}
	if err := os.MkdirAll(p.Config.SpoolDir(), 0o700); err != nil { // the list can be all there is
		return r, err
	}
	for _, source := range sources {
		if err := a.fetchFromVendor(ctx, p, source, days[source.Name], &r); err != nil {
			return r, err
		}
	}
	if len(r.Failed) < len(r.fetched) {
		if err := a.loadAndCompare(ctx, p, &r); err != nil {
			return r, err
		}
	}
	if fix && len(r.Days) > 0 {
		imported, err := p.ImportNewer(ctx, r.fetched)
		if err != nil {
			return r, err
		}
		if r.Imported = append(r.Imported, imported...); len(imported) > 0 {
			if err := a.loadAndCompare(ctx, p, &r); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// fetchFromVendor fetches the lists of a source, its directory and the balance. Without the latter two the days are compared all the same.
func (a *app) fetchFromVendor(ctx context.Context, p *pipeline.Pipeline, source config.Source, days []string, r *reconciliation) error {
	api, err := p.VendorAPI(source)
	if err != nil {
		return err
	}
	bar := display.NewProgress(a.stderr, "", a.now)
	fetched := p.FetchLists(ctx, api, source.Name, days, func(day string) func(rows, total int64) {
		bar.Next(source.Name + " " + day)
		return bar.Count
	})
	bar.Finish()
	if err := ctx.Err(); err != nil {
		return err
	}
	r.fetched = append(r.fetched, fetched...)
	for _, day := range fetched {
		if day.Err != nil {
			r.Failed = append(r.Failed, failedDay{day.Source, day.Day, day.Err.Error()})
		}
	}
	if fetched[len(fetched)-1].IsOfServer() { // it is likely down
		return nil
	}
	if _, err := p.SyncDirectory(ctx, api, source.Name, false); err != nil {
		r.warnings = append(r.warnings, fmt.Sprintf("the directory of %s was not fetched: %v", source.Name, err))
	}
	if err := p.FetchBalance(ctx, api); err != nil {
		r.warnings = append(r.warnings, fmt.Sprintf("the balance of %s was not fetched: %v", source.Name, err))
	}
	return ctx.Err()
}

// loadAndCompare loads the spool and the lists, and compares them.
func (a *app) loadAndCompare(ctx context.Context, p *pipeline.Pipeline, r *reconciliation) error {
	bar := display.NewProgress(a.stderr, "loading", a.now)
	summary, err := p.Refresh(ctx, false, bar.Lines)
	bar.Finish()
	if err != nil {
		return err
	}
	if warning := loadWarnings(summary); warning != nil && !slices.Contains(r.warnings, warning.Error()) {
		r.warnings = append(r.warnings, warning.Error())
	}
	days, err := p.Compare(ctx, r.fetched)
	r.Days = append(r.Days[:0], days...)
	return err
}

// outcome returns what differs, what could not be fetched and the warnings as an error with the exit code; nil if all is equal.
func (r reconciliation) outcome(fixed bool) error {
	var lines []string
	for _, day := range r.Failed {
		lines = append(lines, fmt.Sprintf("source %s: %s was not compared: %s", day.Source, day.Day, day.Error))
	}
	lines = append(append(lines, r.differences(fixed)...), r.warnings...)
	switch err := errors.New(strings.Join(lines, "\n")); {
	case len(lines) == 0:
		return nil
	case len(r.Failed) > 0:
		return err
	default:
		return exitcode.WarningError(err)
	}
}
