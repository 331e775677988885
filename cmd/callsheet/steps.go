package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/notify"
	"callsheet/internal/period"
	"callsheet/report"
	"callsheet/store"
)

// runLockTimeout is how long a run waits for another run of the same report.
const runLockTimeout = 5 * time.Second

// partQueries are the queries that list the parts of a burst, in their first column.
var partQueries = map[string]string{"call_group": "groups", "agent": "agents", "virtual_number": "numbers", "campaign_id": "campaigns"}

// steps implements job.Steps on the spool and the store.
type steps struct {
	app    *app
	config *config.Config
	log    *slog.Logger
}

// Lock also removes temporary files that a killed run of the report has left.
func (s *steps) Lock(ctx context.Context, name string) (release func() error, err error) {
	a, c := s.app, s.config
	if err := makeDataDir(c); err != nil {
		return nil, err
	}
	lock, err := atomicfile.TakeLock(ctx, c.Data(".run-"+name+".lock"), "report "+name, runLockTimeout)
	if err != nil {
		return nil, err
	}
	removeStaleTemps(c.Data("reports", name), a.now())
	for _, delivery := range a.reportConfig(c, name).Deliver {
		if delivery.Folder != "" {
			removeStaleTemps(c.Path(delivery.Folder), a.now())
		}
	}
	return lock.Release, nil
}

func (s *steps) Refresh(ctx context.Context) (problems []string, err error) {
	a, c := s.app, s.config
	err = a.step(ctx, c, "loading", func(ctx context.Context) error {
		summary, err := a.refresh(ctx, c, false, nil)
		if err == nil && summary.NeedsAttention() {
			s.log.Warn("load needs a look", "rejects", summary.Rejects, "troubles", summary.Warnings)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.fileProblems(ctx, c)
}

func (s *steps) IsComplete(ctx context.Context, span period.Period) (bool, error) {
	next := span.To.AddDate(0, 0, 1)
	end := time.Date(next.Year(), next.Month(), next.Day(), 0, 0, 0, 0, s.config.Zone())
	_, complete, err := s.app.dataClock(ctx, s.config, end)
	return complete, err
}

// dataTime loads new deliveries and returns the latest time that they prove to have passed.
func (s *steps) dataTime(ctx context.Context) (time.Time, error) {
	if _, err := s.app.refresh(ctx, s.config, false, nil); err != nil {
		return time.Time{}, err
	}
	newest, _, err := s.app.dataClock(ctx, s.config, s.app.now())
	return newest, err
}

// ShouldRun evaluates the report's only_if.
func (s *steps) ShouldRun(ctx context.Context, name string, span period.Period) (should bool, err error) {
	err = s.app.withReader(ctx, s.config, func(ctx context.Context, reader *store.Reader) error {
		should, err = shouldRun(ctx, reader, s.app.reportConfig(s.config, name), span)
		return err
	})
	return should, markPermanent(err)
}

// Parts are those with calls in the period, sorted.
func (s *steps) Parts(ctx context.Context, name string, span period.Period) (parts []string, err error) {
	entry := s.app.reportConfig(s.config, name)
	err = s.app.withReader(ctx, s.config, func(ctx context.Context, reader *store.Reader) error {
		var calls int
		return reader.Query(ctx, partQueries[entry.Burst], filteredArguments(span, entry.Filters), func(columns []string) error {
			calls = slices.Index(columns, "calls")
			return nil
		}, func(values []any) error {
			if part, ok := values[0].(string); ok && part != "" && values[calls] != int64(0) {
				parts = append(parts, part)
			}
			return nil
		})
	})
	slices.Sort(parts)
	return parts, markPermanent(err)
}

func (s *steps) Build(ctx context.Context, name string, span period.Period, part string) (built job.Workbook, err error) {
	err = s.app.step(ctx, s.config, "building", func(ctx context.Context) error {
		w := workbook{report: name, period: span, part: part}
		path, result, err := s.app.build(ctx, s.config, w)
		if err == nil {
			built = job.Workbook{Rows: result.Rows, Message: newMessage(s.app.reportConfig(s.config, name), w, path, result)}
		}
		return err
	})
	return built, markPermanent(err)
}

func (s *steps) EmptyMessage(name string, span period.Period) notify.Message {
	return notify.Message{
		Report: name, Title: name, Period: span.String(), When: span.Words(), Figures: []notify.Figure{}, Notes: []string{"There is nothing to report."},
	}
}

// fileProblems are the spool files that something may be missing of, each with what is wrong.
func (a *app) fileProblems(ctx context.Context, c *config.Config) (problems []string, err error) {
	err = a.withReader(ctx, c, func(ctx context.Context, reader *store.Reader) error {
		return reader.Query(ctx, "problems", nil, ignoreHeader, func(values []any) error {
			problems = append(problems, fmt.Sprint(values[1]))
			return nil
		})
	})
	return problems, err
}

// markPermanent marks what another attempt would meet again: a mistake in the configuration or in a query of the user.
func markPermanent(err error) error {
	if err != nil && (exitcode.Of(err) == exitcode.Usage || store.IsStatementError(err)) {
		return job.Permanent(err)
	}
	return err
}

// staleTempAge is how old a temporary file is that nobody writes to any more.
const staleTempAge = time.Hour

// removeStaleTemps removes what a program that was killed left half written in a folder; at worst it stays.
func removeStaleTemps(dir string, now time.Time) {
	left, _ := filepath.Glob(filepath.Join(dir, ".callsheet-*.tmp"))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && now.Sub(info.ModTime()) > staleTempAge {
			_ = os.RemoveAll(path)
		}
	}
}

// shouldRun tells whether there is something to report.
func shouldRun(ctx context.Context, reader *store.Reader, entry config.Report, span period.Period) (bool, error) {
	condition := entry.OnlyIf
	switch condition {
	case "":
		return true, nil
	case "rows":
		condition = "calls > 0"
	}
	worth, err := reader.Evaluate(ctx, "summary", filteredArguments(span, entry.Filters), condition)
	if err != nil {
		err = fmt.Errorf("only_if %q: %w\nhint: it is SQL over the columns of callsheet query summary, such as \"answer_rate < 0.8\"", condition, err)
	}
	return worth, err
}

// reportConfig is a report of the configuration by name.
func (a *app) reportConfig(c *config.Config, name string) config.Report {
	for _, entry := range c.Reports {
		if entry.Name == name {
			return entry
		}
	}
	return config.Report{}
}

// withReader opens what is published for a few questions.
func (a *app) withReader(ctx context.Context, c *config.Config, ask func(ctx context.Context, reader *store.Reader) error) error {
	return a.step(ctx, c, "querying", func(ctx context.Context) error {
		reader, err := a.reader(ctx, c, time.Time{}, readerMemory, 1)
		if err != nil {
			return err
		}
		defer reader.Close()
		return ask(ctx, reader)
	})
}

// filteredArguments are those of a query over a period under filters.
func filteredArguments(span period.Period, filters map[string]string) map[string]any {
	arguments := queryArguments(span)
	for key, value := range filters {
		arguments[key] = value
	}
	return arguments
}

// newMessage is what is said about a workbook.
func newMessage(entry config.Report, w workbook, path string, result report.Result) notify.Message {
	message := notify.Message{
		Report: w.report, Title: result.Title, Period: w.period.String(), When: w.period.Words(), Part: w.part,
		File: path, SHA256: result.SHA256, Figures: []notify.Figure{}, Notes: []string{},
	}
	for _, figure := range result.Figures {
		message.Figures = append(message.Figures, notify.Figure(figure))
	}
	for _, note := range slices.Concat(result.DataWarnings, []string{result.DataQuality}, result.Remarks) {
		message.Notes = append(message.Notes, strings.ReplaceAll(note, "  ·  ", " · "))
	}
	message.Link = message.ExpandLink(entry.Link)
	return message
}
