package pipeline

import (
	"context"
	"fmt"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/notify"
	"callsheet/internal/schedule"
)

// Runner returns a runner of the configured reports.
func (p *Pipeline) Runner() (*job.Runner, error) {
	ledger := Ledger(p.Config)
	runner := &job.Runner{
		Steps: newSteps(p, ledger), Ledger: ledger, Now: p.Now, Uptime: p.Uptime, Log: p.Log,
		DataTime: p.dataTime, OnFinished: func(ctx context.Context, entry job.Entry, _ []job.Run) { p.publishRuns(ctx, entry) },
	}
	if p.Config.Store.Lake.Enabled() {
		runner.Machine = p.Config.Collector.ID
	}
	for _, report := range p.Config.Reports {
		entry, err := p.Entry(report)
		if err != nil {
			return nil, err
		}
		runner.Entries = append(runner.Entries, entry)
	}
	return runner, nil
}

// Entry returns a configured report as an entry of the schedule.
func (p *Pipeline) Entry(report config.Report) (entry job.Entry, err error) {
	entry = job.Entry{
		Report: report.Name, Period: report.Period, Burst: report.Burst != "", CatchUp: *report.CatchUp,
		WaitForData: report.WaitForData, RetryFor: *report.RetryFor, NotifyEmpty: report.IfNothing == "tell",
		WaitForReconciliation: report.WaitForReconciliation,
	}
	entry.DataZone = p.Config.Zone()
	if entry.Zone, err = time.LoadLocation(report.Timezone); err != nil {
		return entry, err
	}
	if report.Schedule != "" {
		if entry.Schedule, err = schedule.Parse(report.Schedule, entry.Zone, p.Config.SkipDay(report)); err != nil {
			return entry, exitcode.UsageError(fmt.Errorf("report %s, schedule %q: %w", report.Name, report.Schedule, err))
		}
	}
	if err := notify.CheckPattern(report.Link); err != nil {
		return entry, exitcode.UsageError(fmt.Errorf("report %s, link: %w", report.Name, err))
	}
	entry.Channels, err = p.Channels(report)
	return entry, err
}

// publishRuns loads the run ledger into the table report_runs and publishes it.
func (p *Pipeline) publishRuns(ctx context.Context, entry job.Entry) {
	err := p.step(ctx, stepLoading, func(ctx context.Context) error {
		_, err := p.Refresh(ctx, false, nil)
		return err
	})
	if err != nil {
		p.Log.Warn("the run is not in the database yet", "report", entry.Report, "error", err)
	}
}
