package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/job"
)

func scheduleCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "schedule",
		Short:   "Show the scheduled reports with their last and next run",
		Example: `  callsheet schedule`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			runner, err := a.runner(cfg)
			if err != nil {
				return err
			}
			if len(runner.Entries) == 0 {
				fmt.Fprintln(a.stderr, "no reports in the configuration\nhint: config.example.yaml shows one under reports")
				return nil
			}
			runs, err := runner.Ledger.Runs()
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "REPORT\tSCHEDULE\tZONE\tPERIOD\tLAST RUN\tSTATE\tNEXT RUN")
			for _, entry := range runner.Entries {
				last, state := "never", ""
				if run, ok := lastRun(runs, entry.Report, a.now()); ok {
					last, state = moment(lastTime(run).In(entry.Zone)), string(run.State)+" "+run.Period
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", entry.Report, a.reportConfig(cfg, entry.Report).Schedule, entry.Zone, entry.Period,
					last, state, moment(entry.NextDue(a.now())))
			}
			return w.Flush()
		},
	}
}

// lastRun is the run of a report as a whole that was due last. What is due in the future was run while the clock was ahead, or by
// hand: it is not the last one.
func lastRun(runs []job.Run, report string, now time.Time) (last job.Run, known bool) {
	for _, run := range runs {
		if run.Report == report && run.IsSummary() && !run.DueAt.After(now) && (!known || !run.DueAt.Before(last.DueAt)) {
			last, known = run, true
		}
	}
	return last, known
}

// lastTime is when a run ended or, while it is under way, began.
func lastTime(run job.Run) time.Time {
	if run.FinishedAt.IsZero() {
		return run.StartedAt
	}
	return run.FinishedAt
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format("Mon 2006-01-02 15:04")
}
