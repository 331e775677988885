package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/job"
	"callsheet/internal/notify"
	"callsheet/internal/period"
)

func runCommand(a *app) *cobra.Command {
	var at, to string
	var dryRun, resend, asJSON, scheduled bool
	var retryFor time.Duration
	command := &cobra.Command{
		Use:   "run NAME",
		Short: "Run one scheduled report now, as at its due time",
		Long: `run does what the scheduler does for one configured report: load, publish, build, deliver. It stands for the last due
time of the report's schedule, so yesterday is the day before that; --for names another. What has been sent for that period is not
sent again, and what was not is; what may have been sent, since something was cut short, is sent again only with --resend, and so is
a report that everybody has. The exit code is 3 if somebody does not have it, or if something
of the spool could not be loaded, so that calls may be missing.`,
		Example: `  callsheet run daily
  callsheet run daily --for 2026-10-05T08:00
  callsheet run daily --dry-run
  callsheet run daily --retry-for 1h
  callsheet run daily --to me@example.com
  callsheet run daily --resend`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			runner, err := a.runner(cfg)
			if err != nil {
				return err
			}
			entry, ok := runner.Find(args[0])
			if !ok {
				return usage(fmt.Errorf("no report %q in the configuration\nhint: %s", args[0], configuredReports(cfg)))
			}
			due := entry.LastDue(a.now())
			if at != "" {
				if due, err = period.ParseMoment(at, entry.Zone); err != nil {
					return usage(err)
				}
			}
			switch {
			case dryRun:
				return a.dryRun(c.Context(), entry, due)
			case to != "":
				return a.sendTest(c.Context(), cfg, runner, entry, due, to)
			}
			if scheduled {
				return a.runScheduled(c.Context(), cfg, runner, entry, due)
			}
			entry.RetryFor, entry.WaitForData = retryFor, 0 // somebody is waiting
			runs, err := runner.RunWithRetries(c.Context(), entry, due, job.RunOptions{Resend: resend})
			if asJSON && len(runs) > 0 {
				err = errors.Join(err, json.NewEncoder(a.stdout).Encode(newRunJSON(runs)))
			} else {
				a.printRuns(runs)
			}
			return outcome(runs, err)
		},
	}
	command.Flags().StringVar(&at, "for", "", "due time to run for: 2026-10-05T08:00, or a day")
	command.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be done")
	command.Flags().StringVar(&to, "to", "", "build it and mail it to this address alone, whatever was sent")
	command.Flags().BoolVar(&resend, "resend", false, "send again what may have been sent, or everything where everybody has it")
	command.Flags().DurationVar(&retryFor, "retry-for", 0, "retry a run or a delivery that fails for so long: 1h")
	command.Flags().BoolVar(&asJSON, "json", false, "print the run, its parts and recipients as JSON")
	command.Flags().BoolVar(&scheduled, "scheduled", false, "run it for the scheduler, which started this process")
	if err := command.Flags().MarkHidden("scheduled"); err != nil {
		panic(err)
	}
	command.MarkFlagsMutuallyExclusive("dry-run", "to", "resend")
	return command
}

// runJSON is a run as a whole, with its parts and recipients.
type runJSON struct {
	job.Run
	Delivered []string  `json:"delivered"` // where it is
	Runs      []job.Run `json:"runs"`      // of its parts and recipients
}

func newRunJSON(runs []job.Run) runJSON {
	whole := runJSON{Run: runs[0], Delivered: []string{}, Runs: runs[1:]}
	for _, run := range runs[1:] {
		if run.State == job.Sent && run.Location != "" {
			whole.Delivered = append(whole.Delivered, run.Location)
		}
	}
	return whole
}

// printRuns says where everything is.
func (a *app) printRuns(runs []job.Run) {
	messages := display.EscapingWriter{W: a.stderr}
	for _, run := range runs {
		switch {
		case run.Recipient == "" && run.File != "":
			fmt.Fprintln(a.stdout, run.File)
		case run.IsSummary() && run.State == job.Skipped:
			fmt.Fprintf(messages, "%s for %s: %s\n", run.Report, run.Period, run.Error)
		case run.State == job.Sent && run.Location != "":
			fmt.Fprintln(a.stdout, run.Location)
		}
	}
	for _, run := range runs {
		if run.Recipient != "" && run.State != job.Sent {
			fmt.Fprintf(messages, "%s: %s: %s\n", strings.TrimSpace(run.Part+" "+run.Recipient), run.State, run.Error)
		}
	}
}

// outcome is how a run ends the program.
func outcome(runs []job.Run, err error) error {
	if err != nil || len(runs) == 0 {
		return err
	}
	whole := runs[0]
	switch {
	case whole.Succeeded():
		return nil
	case (whole.State == job.Failed || whole.State == job.Retrying) && whole.File == "" && len(runs) == 1:
		return errors.New(whole.Error)
	case whole.State == job.Incomplete:
		return needsALook(fmt.Errorf("%s for %s: %s\nhint: callsheet load names what could not be loaded; once it is, --resend sends the report again",
			whole.Report, whole.Period, whole.Error))
	case whole.State == job.Unknown:
		return needsALook(fmt.Errorf("%s for %s: %s\nhint: ask whether it arrived; --resend sends it again", whole.Report, whole.Period, whole.Error))
	}
	return needsALook(fmt.Errorf("%s for %s: not delivered: %s\nhint: run it again to send what was not sent", whole.Report, whole.Period, whole.Error))
}

func (a *app) dryRun(ctx context.Context, entry job.Entry, due time.Time) error {
	days, err := period.Parse(entry.Period, due.In(entry.Zone))
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "would load, publish and build %s for %s, due %s\n", entry.Report, days.Words(), due.In(entry.Zone).Format(time.RFC1123))
	if entry.Burst {
		fmt.Fprintln(a.stdout, "would build a workbook for each part, and bring each to its own people and to")
	}
	for _, channel := range entry.Channels {
		recipients, err := channel.Recipients(ctx, "")
		if err != nil {
			return err
		}
		for _, recipient := range recipients {
			if _, ok := channel.(notify.Folder); ok {
				fmt.Fprintf(a.stdout, "would put it into %s\n", recipient)
				continue
			}
			fmt.Fprintf(a.stdout, "would send it to %s\n", recipient)
		}
	}
	return nil
}

// sendTest builds a report and mails it, with every part, to one address; the ledger knows nothing of it.
func (a *app) sendTest(ctx context.Context, c *config.Config, runner *job.Runner, entry job.Entry, due time.Time, to string) error {
	if c.Mail.Host == "" || c.Mail.From == "" {
		return usage(errors.New("the configuration has no mail.host and mail.from to send from"))
	}
	days, err := period.Parse(entry.Period, due.In(entry.Zone))
	if err != nil {
		return err
	}
	left, err := runner.Steps.Refresh(ctx)
	if err != nil {
		return err
	}
	parts := []string{""}
	if entry.Burst {
		if parts, err = runner.Steps.Parts(ctx, entry.Report, days); err != nil {
			return err
		}
	}
	channel, err := a.mailChannel(c)
	if err != nil {
		return err
	}
	channel.To = []string{to}
	for _, part := range parts {
		built, err := runner.Steps.Build(ctx, entry.Report, days, part)
		if err != nil {
			return err
		}
		place, err := channel.Send(ctx, built.Message, to)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, built.Message.File)
		fmt.Fprintln(a.stdout, place)
	}
	if len(left) > 0 {
		return needsALook(fmt.Errorf("calls may be missing: %s", strings.Join(left, "\n")))
	}
	return nil
}

// runner wires the reports of the configuration to what does them.
func (a *app) runner(c *config.Config) (*job.Runner, error) {
	runner := &job.Runner{Ledger: job.Ledger{Path: runLedger(c)}, Now: a.now, Uptime: uptime, Log: a.logger(c)}
	for _, report := range c.Reports {
		entry, err := a.entry(c, report)
		if err != nil {
			return nil, err
		}
		runner.Entries = append(runner.Entries, entry)
	}
	steps := &steps{app: a, config: c, log: runner.Log}
	alerts := &runAlerts{app: a, config: c, log: runner.Log}
	runner.Steps, runner.DataTime, runner.OnMissed = steps, steps.dataTime, alerts.missed
	runner.OnFinished = func(ctx context.Context, entry job.Entry, runs []job.Run) {
		alerts.finished(ctx, entry, runs)
		a.publishRuns(ctx, c, runner.Log, entry)
	}
	return runner, nil
}

// entry is a report of the configuration as the scheduler takes it.
func (a *app) entry(c *config.Config, report config.Report) (entry job.Entry, err error) {
	entry = job.Entry{
		Report: report.Name, Period: report.Period, Burst: report.Burst != "", CatchUp: *report.CatchUp,
		WaitForData: report.WaitForData, RetryFor: report.RetryFor, NotifyEmpty: report.IfNothing == "tell",
	}
	if entry.Zone, err = time.LoadLocation(report.Timezone); err != nil {
		return entry, err
	}
	if report.Schedule != "" {
		if entry.Schedule, err = job.ParseSchedule(report.Schedule, entry.Zone, skipFunc(report.Skip, c.Business.Holidays)); err != nil {
			return entry, usage(err)
		}
	}
	if err := notify.CheckPattern(report.Link); err != nil {
		return entry, usage(fmt.Errorf("report %s, link: %w", report.Name, err))
	}
	entry.Channels, err = a.channels(c, report)
	return entry, err
}

// skipFunc tells of the days that a schedule leaves out.
func skipFunc(skip, holidays []string) func(day time.Time) bool {
	return func(day time.Time) bool {
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		return weekend && slices.Contains(skip, "weekends") ||
			slices.Contains(skip, "holidays") && slices.Contains(holidays, day.Format(time.DateOnly))
	}
}

func configuredReports(c *config.Config) string {
	if len(c.Reports) == 0 {
		return "the configuration has no reports; callsheet report builds a built-in one"
	}
	var names []string
	for _, report := range c.Reports {
		names = append(names, report.Name)
	}
	return "configured are " + strings.Join(names, ", ")
}
