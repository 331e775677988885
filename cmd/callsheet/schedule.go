package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/monitor"
)

func scheduleCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "schedule",
		Short:   "Show the scheduled reports with their last and next run",
		Example: `  callsheet schedule`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			runner, err := p.Runner()
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
				if run, ok := monitor.LastRun(runs, entry, a.now()); ok {
					last, state = display.Time(monitor.RunTime(run).In(entry.Zone)), string(run.State)+" "+run.Period
					if until := monitor.WaitsUntil(run, entry, a.now()); !until.IsZero() {
						state += ", waits until " + display.Time(until.In(entry.Zone))
					}
				}
				report, _ := p.Config.FindReport(entry.Report)
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", entry.Report, report.Schedule, entry.Zone, entry.Period,
					last, state, display.Time(entry.NextDue(a.now())))
			}
			return w.Flush()
		},
	}
}
