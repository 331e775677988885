package monitor

import (
	"os"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/job"
	"callsheet/internal/pipeline"
)

// maxDelay is how long after its due time a run may start or take before it is overdue: others may run first.
const maxDelay = time.Hour

func (s *Status) readReports(p *pipeline.Pipeline) error {
	runner, err := p.Runner()
	if err != nil {
		return err
	}
	runs, err := runner.Ledger.Runs()
	if err != nil { // of the reports nothing is known; what else needs attention is
		s.addAlarm("run ledger", err.Error())
		return nil
	}
	damaged, err := runner.Ledger.DamagedLines()
	if err != nil {
		s.addAlarm("run ledger", err.Error())
	}
	if len(damaged) > 0 {
		s.addAlarm("run ledger", say("warn_ledger", p.Config.RunLedger(), damaged[0], count("unreadable_lines", int64(len(damaged)))))
	}
	var configured time.Time // when the configuration was last changed: it had its reports since then at the latest
	if info, err := os.Stat(p.ConfigPath); err == nil {
		configured = info.ModTime()
	}
	for _, entry := range runner.Entries {
		s.readReport(entry, runs, configured, p.Now())
	}
	return nil
}

// overdueSince returns the due time at which a report should have run by now, and has not; the zero time if there is none. A due time
// proves nothing before the report was configured: it is known by the last change of the configuration, or by an earlier run, which may
// have been by hand and for an older due time.
func overdueSince(entry job.Entry, runs []job.Run, configured, now time.Time) time.Time {
	if entry.Schedule == nil {
		return time.Time{}
	}
	due := entry.LastReady(now.Add(-maxDelay - entry.WaitForData - 1)) // it may be due again since, and has its time to run
	if due.IsZero() {
		return due
	}
	known := configured
	for _, run := range runs {
		if run.Report != entry.Report || !run.IsSummary() {
			continue
		}
		if !run.DueAt.Before(due) && !entry.Ready(run.DueAt).After(now) && !entry.IsEarly(run) {
			return time.Time{}
		}
		if run.StartedAt.Before(known) {
			known = run.StartedAt
		}
	}
	if known.Before(due) {
		return due
	}
	return time.Time{}
}

func (s *Status) readReport(entry job.Entry, runs []job.Run, configured, now time.Time) {
	status := ReportStatus{Report: entry.Report, NextAt: entry.NextDue(now)}
	overdue := overdueSince(entry, runs, configured, now)
	if !overdue.IsZero() {
		s.addAlarm("report "+entry.Report, say("warn_report_overdue", entry.Report, display.ZonedTime(overdue)))
	}
	if run, ok := LastRun(runs, entry, now); ok {
		lastAt := RunTime(run).In(entry.Zone)
		status.LastAt, status.Period, status.State, status.Error = &lastAt, run.Period, string(run.State), run.Error
		if until := WaitsUntil(run, entry, now); !until.IsZero() {
			until = until.In(entry.Zone)
			status.WaitsUntil = &until
		}
		switch {
		case !overdue.IsZero():
		case run.State == job.Retrying && now.Sub(run.RetryUntil) <= maxDelay:
			s.Warnings = append(s.Warnings, say("warn_report_retried", entry.Report, run.Period, display.ZonedTime(run.RetryUntil.In(entry.Zone)), run.Error))
		case !run.FinishedAt.IsZero() && !run.Succeeded():
			s.Warnings = append(s.Warnings, say("warn_report_failed", entry.Report, run.Period, run.State, run.Error))
		case run.State == job.Retrying || run.FinishedAt.IsZero() && now.Sub(latest(run.StartedAt, entry.Ready(run.DueAt))) > maxDelay+entry.WaitForData+entry.RetryFor:
			s.addAlarm("report "+entry.Report, say("warn_report_stuck", entry.Report, run.Period, run.State, display.ZonedTime(run.StartedAt.In(entry.Zone))))
		}
	}
	s.Reports = append(s.Reports, status)
}

// LastRun returns the summary of the run of a report that was due last. Runs that are due in the future were run by hand, or while
// the clock was ahead, and do not count. A run that waits counts more than one by hand before it.
func LastRun(runs []job.Run, entry job.Entry, now time.Time) (last job.Run, ok bool) {
	for _, run := range runs {
		if run.Report != entry.Report || !run.IsSummary() || run.DueAt.After(now) || ok && run.DueAt.Before(last.DueAt) {
			continue
		}
		if ok && run.DueAt.Equal(last.DueAt) && entry.IsEarly(run) && !entry.IsEarly(last) {
			continue
		}
		last, ok = run, true
	}
	return last, ok
}

// WaitsUntil returns until when a run waits for the end of its period, or the zero time.
func WaitsUntil(run job.Run, entry job.Entry, now time.Time) time.Time {
	if until := entry.Ready(run.DueAt); run.State == job.Due && until.After(now) {
		return until
	}
	return time.Time{}
}

// RunTime returns when a run finished, or started if it has not finished.
func RunTime(run job.Run) time.Time {
	if run.FinishedAt.IsZero() {
		return run.StartedAt
	}
	return run.FinishedAt
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
