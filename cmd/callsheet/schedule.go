package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"callsheet/job"
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
				if run, ok := lastRun(runs, entry.Report); ok {
					last, state = moment(run.FinishedAt.In(entry.Zone)), run.State+" "+run.Period
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", entry.Report, entry.Schedule, entry.Zone, entry.Period,
					last, state, moment(entry.Next(a.now())))
			}
			return w.Flush()
		},
	}
}

func lastRun(runs []job.Run, report string) (job.Run, bool) {
	for i := len(runs) - 1; i >= 0; i-- {
		if runs[i].Report == report {
			return runs[i], true
		}
	}
	return job.Run{}, false
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format("Mon 2006-01-02 15:04")
}
