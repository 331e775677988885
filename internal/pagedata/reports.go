package pagedata

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/monitor"
	"callsheet/internal/page"
	"callsheet/internal/pipeline"
)

// maxRuns is how many runs of a report the page shows.
const maxRuns = 50

// readReports returns the reports with their runs, from the run ledger.
func readReports(p *pipeline.Pipeline) ([]page.Report, error) {
	runner, err := p.Runner()
	if err != nil {
		return nil, err
	}
	rows, err := runner.Ledger.Runs()
	if err != nil {
		return nil, err
	}
	var reports []page.Report
	for _, entry := range runner.Entries {
		report, _ := p.Config.FindReport(entry.Report)
		reports = append(reports, page.Report{
			Name: entry.Report, Schedule: report.Schedule, Period: entry.Period, Next: entry.NextDue(p.Now()), Runs: runsOf(rows, entry.Report),
		})
	}
	return reports, nil
}

// runsOf returns the runs of a report from the rows of the ledger, newest first.
func runsOf(rows []job.Run, report string) []page.Run {
	type key struct {
		period string
		due    time.Time // of a run before the end of its period, which is a report of its own
	}
	runs := map[key]*page.Run{}
	dueAt := map[key]time.Time{}
	var order []key
	for _, row := range rows {
		if row.Report != report {
			continue
		}
		k := key{period: row.Period}
		if row.PeriodOpen {
			k.due = row.DueAt
		}
		run := runs[k]
		if run == nil {
			run = &page.Run{Period: row.Period}
			runs[k] = run
			order = append(order, k)
		}
		if row.DueAt.After(dueAt[k]) {
			dueAt[k] = row.DueAt
		}
		if row.IsSummary() {
			run.State, run.At, run.Rows, run.Error = string(row.State), monitor.RunTime(row), row.Rows, display.EscapeLines(row.Error)
		}
		switch {
		case row.Recipient != "":
			run.Recipients = append(run.Recipients, page.Recipient{
				Name: display.Escape(row.Recipient), Part: display.Escape(row.Part), State: string(row.State), Error: display.EscapeLines(row.Error), At: row.FinishedAt,
			})
		case row.File != "":
			run.Files = append(run.Files, page.File{Part: display.Escape(row.Part), Path: row.File, SHA256: row.SHA256, Group: row.Group})
		}
	}
	slices.SortStableFunc(order, func(a, b key) int { return dueAt[b].Compare(dueAt[a]) })
	var newest []page.Run
	for _, k := range order[:min(len(order), maxRuns)] {
		if runs[k].State != "" { // it has a summary
			newest = append(newest, *runs[k])
		}
	}
	return newest
}

// runReport runs a report as callsheet run does, in a child process, and returns what it printed.
func runReport(ctx context.Context, p *pipeline.Pipeline, name string) (string, error) {
	var out bytes.Buffer
	err := p.RunChild(ctx, child.Command{Args: []string{"run", name}, Stdout: &out, Memory: p.RunMemory(), Group: true})
	if err != nil && exitcode.Of(err) == exitcode.Warnings && err.Error() == "" {
		err = nil // the ledger says what needs attention
	}
	return strings.TrimSpace(display.EscapeLines(out.String())), err
}
