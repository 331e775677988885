package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/catalog"
	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/notify"
	"callsheet/internal/period"
	"callsheet/store"
)

// runLockTimeout is how long a run waits for another run of the same report.
const runLockTimeout = 5 * time.Second

// partQueries are the queries that list the parts of a burst, in their first column.
var partQueries = map[string]string{"call_group": "groups", "agent": "agents", "virtual_number": "numbers", "campaign_id": "campaigns"}

// steps implements job.Steps on the spool and the store.
type steps struct {
	*Pipeline
	ledger    job.Ledger
	partNames *sync.Map // map[string]string by report: the names of the parts listed last that are not those of notify.SafeName
}

func newSteps(p *Pipeline, ledger job.Ledger) steps { return steps{p, ledger, &sync.Map{}} }

// Lock also removes temporary files that a killed run of the report has left.
func (s steps) Lock(ctx context.Context, name string) (release func() error, err error) {
	c := s.Config
	if err := MakeDataDir(c); err != nil {
		return nil, err
	}
	lock, err := atomicfile.TakeLock(ctx, c.Data(".run-"+name+".lock"), "report "+name, runLockTimeout)
	if err != nil {
		return nil, err
	}
	release = lock.Release
	if shared, ok := s.ledger.(job.SharedLedger); ok {
		unlock, err := shared.Catalog.Lock(ctx, "report "+name, runLockTimeout)
		if err == nil {
			release = func() error { unlock(); return lock.Release() }
			err = s.shareRuns(shared)
		}
		if catalog.IsHeld(err) {
			err = fmt.Errorf("%w\nhint: wait until it is done", err)
		}
		if err != nil {
			return nil, errors.Join(err, release())
		}
	}
	removeStaleTemps(c.Data("reports", name), "", s.Now())
	entry, _ := c.FindReport(name)
	for _, delivery := range entry.Deliver {
		if delivery.Folder != "" {
			removeStaleTemps(c.Path(delivery.Folder), strings.Repeat("*/", strings.Count(delivery.Name, "/")), s.Now())
		}
	}
	return release, nil
}

func (s steps) Refresh(ctx context.Context) (problems []string, err error) {
	err = s.step(ctx, stepLoading, func(ctx context.Context) error {
		summary, err := s.Pipeline.Refresh(ctx, false, nil)
		if err == nil && summary.Migrated != "" {
			s.Log.Info(summary.Migrated)
		}
		if err == nil && summary.NeedsAttention() {
			s.Log.Warn("load needs attention", "rejects", summary.Rejects, "warnings", display.GroupFiles(summary.Warnings))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.fileProblems(ctx)
}

func (s steps) IsComplete(ctx context.Context, span period.Period) (bool, error) {
	_, complete, err := s.dataClock(ctx, span.End(s.Config.Zone()))
	return complete, err
}

func (s steps) IsReconciled(ctx context.Context, name string, span period.Period) (is bool, err error) {
	entry, _ := s.Config.FindReport(name)
	arguments := QueryArguments(span, nil)
	arguments["now"] = s.Now()
	if source := entry.Filters["source"]; source != "" {
		arguments["source"] = source
	}
	err = s.withReader(ctx, func(ctx context.Context, reader *store.Reader) error {
		return reader.Query(ctx, "completeness", arguments, ignoreHeader, func(values []any) error {
			days, _ := values[2].(int64)
			pending, known := values[6].(int64)
			is = known && days > 0 && pending == 0
			return nil
		})
	})
	return is, err
}

// ShouldRun evaluates the report's only_if.
func (s steps) ShouldRun(ctx context.Context, name string, span period.Period) (should bool, err error) {
	entry, _ := s.Config.FindReport(name)
	err = s.withReader(ctx, func(ctx context.Context, reader *store.Reader) error {
		should, err = ShouldRun(ctx, reader, entry, span)
		if err == nil && !should {
			s.warnOfFilters(ctx, reader, entry)
		}
		return err
	})
	return should, markPermanent(err)
}

// ShouldRun reports whether there is something to report, as the report's only_if defines it.
func ShouldRun(ctx context.Context, reader *store.Reader, entry config.Report, span period.Period) (bool, error) {
	condition := entry.OnlyIf
	switch condition {
	case "":
		return true, nil
	case "rows":
		condition = "calls > 0"
	}
	should, err := reader.Evaluate(ctx, "summary", QueryArguments(span, entry.Filters), condition)
	if err != nil {
		err = fmt.Errorf("only_if %q: %w\nhint: it is SQL over the columns of callsheet query summary, such as \"answer_rate < 0.8\"", condition, err)
	}
	return should, err
}

// Parts returns the parts with calls in the period, sorted.
func (s steps) Parts(ctx context.Context, name string, span period.Period) (parts []string, err error) {
	entry, _ := s.Config.FindReport(name)
	err = s.withReader(ctx, func(ctx context.Context, reader *store.Reader) error {
		var calls int
		arguments := QueryArguments(span, entry.Filters)
		arguments["each"] = true // campaign
		err := reader.Query(ctx, partQueries[entry.Burst], arguments, func(columns []string) error {
			if calls = slices.Index(columns, "calls"); calls < 0 { // of a user query that replaces the built-in one
				return errors.New("no column calls, which says which parts have any")
			}
			return nil
		}, func(values []any) error {
			if part, ok := values[0].(string); ok && part != "" && values[calls] != int64(0) {
				parts = append(parts, part)
			}
			return nil
		})
		if err != nil {
			return err
		}
		// All values count, so that a part has the same name on a day without the other.
		values, _, err := reader.FilterValues(ctx, config.Bursts[entry.Burst], "")
		s.partNames.Store(name, notify.UniqueNames(append(values, parts...)))
		return err
	})
	slices.Sort(parts)
	return parts, markPermanent(err)
}

func (s steps) Build(ctx context.Context, name string, span period.Period, part string) (built job.Workbook, err error) {
	entry, _ := s.Config.FindReport(name)
	err = s.step(ctx, "building", func(ctx context.Context) error {
		w := s.workbook(name, span, part)
		path, result, err := s.Pipeline.Build(ctx, w)
		if err != nil {
			return err
		}
		built = job.Workbook{Rows: result.Rows, Message: s.NewMessage(entry, w, path, result)}
		if built.Group, err = onlyGroup(s.Config, name, part); err != nil {
			return err
		}
		if result.Calls > 0 || len(entry.Filters) == 0 {
			return nil
		}
		return s.withReader(ctx, func(ctx context.Context, reader *store.Reader) error {
			if warning := s.warnOfFilters(ctx, reader, entry); warning != nil {
				built.Message.Notes = append(built.Message.Notes, strings.Split(warning.Error(), "\n")...)
			}
			return nil
		})
	})
	return built, markPermanent(err)
}

// warnOfFilters logs and returns the warning that a report without calls has filters that no call has.
func (s steps) warnOfFilters(ctx context.Context, reader *store.Reader, entry config.Report) error {
	err := CheckFilters(ctx, reader, entry.Filters)
	if err != nil && s.Parent != nil { // a run by hand returns it
		s.Log.Warn("filters match no call", "report", entry.Name, "error", err)
	}
	return err
}

// workbook returns the workbook of a part, with the names of the parts that were listed last.
func (s steps) workbook(name string, span period.Period, part string) WorkbookRequest {
	w := WorkbookRequest{Report: name, Period: span, Part: part, ForMail: true}
	if names, ok := s.partNames.Load(name); ok && part != "" {
		w.Names = names.(map[string]string)
	}
	return w
}

func (s steps) EmptyMessage(name string, span period.Period, part string) notify.Message {
	definition, entry, err := Definition(s.Config, name)
	w := s.workbook(name, span, part)
	message := emptyMessage(s.Config, entry, w)
	message.PartName = w.Names[part]
	if err == nil {
		message.Title = definition.Title
	}
	message.Notes = append(message.Notes, "There is nothing to report.")
	return message
}

// markPermanent marks errors that a retry cannot fix: mistakes in the configuration or in a user query.
func markPermanent(err error) error {
	if err != nil && (exitcode.Of(err) == exitcode.Usage || store.IsStatementError(err)) {
		return job.Permanent(err)
	}
	return err
}

// staleTempAge is the age at which no process writes to a temporary file any more.
const staleTempAge = time.Hour

// removeStaleTemps is a best-effort removal of temporary files that killed processes have left in subfolders such as */, none if empty.
func removeStaleTemps(dir, subfolders string, now time.Time) {
	for _, path := range atomicfile.Glob(dir, subfolders+".callsheet-*.tmp") {
		if info, err := os.Stat(path); err == nil && now.Sub(info.ModTime()) > staleTempAge {
			_ = os.RemoveAll(path)
		}
	}
}
