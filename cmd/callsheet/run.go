package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/monitor"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/suggest"
)

// runFlags are the flags of callsheet run.
type runFlags struct {
	due, to                           string
	dryRun, resend, asJSON, scheduled bool
	retryFor                          time.Duration
}

func runCommand(a *app) *cobra.Command {
	var flags runFlags
	command := &cobra.Command{
		Use:   "run NAME",
		Short: "Run one scheduled report now, as at its due time",
		Long: `run does what the scheduler does for one configured report: load, publish, build, deliver. It runs as at the last due time of
the report's schedule, so yesterday is the day before that; --for sets another due time. Recipients that have the report of that
period are skipped; the others get it, also those who were added and those of parts of a burst that have calls for the first time.
The output says which. --dry-run lists the files and recipients of each part, from the data
that is loaded, and changes nothing. With --resend the report is also sent where an interrupted attempt may have delivered it,
and to everyone if everyone has it. The exit code is 3 if a recipient does not have the report, or if calls may be missing because
a part of the spool could not be loaded.`,
		Example: `  callsheet run daily
  callsheet run daily --for 2026-10-05T08:00
  callsheet run daily --dry-run
  callsheet run daily --retry-for 1h
  callsheet run daily --to me@example.com
  callsheet run daily --resend`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			alerts := &monitor.Alerts{Pipeline: p, RetryNow: true}
			runner, err := alerts.Runner(p)
			if err != nil {
				return err
			}
			entry, ok := runner.Find(args[0])
			if !ok {
				return exitcode.UsageError(fmt.Errorf("no report %q in the configuration%s", args[0], configuredReports(args[0], p.Config)))
			}
			due := entry.LastDue(a.now())
			if flags.due != "" {
				if due, err = period.ParseTime(flags.due, entry.Zone); err != nil {
					return exitcode.UsageError(err)
				}
			}
			switch {
			case flags.dryRun:
				return a.dryRun(c.Context(), p, runner, entry, due, flags.asJSON)
			case flags.to != "":
				return a.sendTest(c.Context(), p, entry, due, flags.to)
			}
			if flags.scheduled {
				return p.RunScheduled(c.Context(), runner, entry, due)
			}
			entry.RetryFor = flags.retryFor
			return a.runByHand(c.Context(), runner, alerts, entry, due, flags)
		},
	}
	command.Flags().StringVar(&flags.due, "for", "", "due time to run for: 2026-10-05T08:00, or a day; a time that the clock shows\ntwice is the first of the two, one that it skips is the change")
	command.Flags().BoolVar(&flags.dryRun, "dry-run", false, "only print what would be built and who would get it")
	command.Flags().StringVar(&flags.to, "to", "", "build it and mail it to this address only; nothing is recorded")
	command.Flags().BoolVar(&flags.resend, "resend", false, "send again what may have been sent, or everything if everyone has it")
	command.Flags().DurationVar(&flags.retryFor, "retry-for", 0, "how long to retry a run or a delivery that fails, as in 1h; with --resend\nonly deliveries are retried")
	command.Flags().BoolVar(&flags.asJSON, "json", false, "print the run, its parts and recipients as JSON")
	command.Flags().BoolVar(&flags.scheduled, "scheduled", false, "run for the scheduler that started this process")
	if err := command.Flags().MarkHidden("scheduled"); err != nil {
		panic(err)
	}
	command.MarkFlagsMutuallyExclusive("dry-run", "to", "resend")
	return command
}

// runByHand runs a report and prints what became of it. A recipient who does not have the report is a warning, and so are alerts that could
// not be sent.
func (a *app) runByHand(ctx context.Context, runner *job.Runner, alerts *monitor.Alerts, entry job.Entry, due time.Time, flags runFlags) error {
	a.noteOpenPeriod(entry, due)
	options := job.RunOptions{Resend: flags.resend, ByHand: true}
	before, delivered, err := runner.Earlier(entry, due, options)
	if err != nil {
		return err
	}
	runs, err := runner.RunWithRetries(ctx, entry, due, options)
	result := newRunResult(entry, before, delivered, runs)
	if flags.asJSON && len(runs) > 0 {
		err = errors.Join(err, json.NewEncoder(a.stdout).Encode(result.json()))
	} else {
		a.printRun(result)
	}
	if err := outcome(runs, err); err != nil {
		return err
	}
	alerts.Retry(ctx)
	p := alerts.Pipeline
	if err := monitor.Unsent(p.Config); err != nil {
		return exitcode.WarningError(err)
	}
	report, _ := p.Config.FindReport(entry.Report)
	return a.checkFilters(ctx, p, report, pipeline.WorkbookRequest{})
}

// noteOpenPeriod says that a run by hand is too early for its whole period.
func (a *app) noteOpenPeriod(entry job.Entry, due time.Time) {
	span, err := entry.Span(due)
	until := entry.OpenUntil(due, a.now())
	if err != nil || until.IsZero() || period.IsRunning(entry.Period) {
		return
	}
	then := ""
	if entry.Schedule != nil {
		then = "; the scheduled report is sent once the period is over"
	}
	fmt.Fprintf(a.stderr, "%s for %s: the period is not over before %s; this report has the calls so far%s\n", entry.Report, span, entry.EndText(until), then)
}

// sendTest mails a report to one address.
func (a *app) sendTest(ctx context.Context, p *pipeline.Pipeline, entry job.Entry, due time.Time, to string) error {
	span, err := entry.Span(due)
	if err != nil {
		return err
	}
	problems, err := p.TestMails(ctx, entry, span, to, func(file, location string) {
		fmt.Fprintf(a.stdout, "%s\n%s\n", file, location)
	})
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return exitcode.WarningError(fmt.Errorf("calls may be missing: %s", strings.Join(problems, "\n")))
	}
	return nil
}

// configuredReports returns the hint for an unknown report.
func configuredReports(name string, c *config.Config) string {
	if len(c.Reports) == 0 {
		return "\nhint: the configuration has no reports; callsheet report builds a built-in one"
	}
	return suggest.Hint(name, pipeline.ReportNames(c), "configured:")
}
