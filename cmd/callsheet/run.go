package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/config"
	"callsheet/deliver"
	"callsheet/job"
	"callsheet/period"
)

func runCommand(a *app) *cobra.Command {
	var at string
	var dryRun, asJSON bool
	command := &cobra.Command{
		Use:   "run NAME",
		Short: "Run one scheduled report now, as at its due time",
		Long: `run does what the scheduler does for one configured report: load, publish, build, deliver. It stands for the last due
time of the report's schedule, so yesterday is the day before that; --for names another.`,
		Example: `  callsheet run daily
  callsheet run daily --for 2026-10-05T08:00
  callsheet run daily --dry-run`,
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
			due := entry.Due(a.now())
			if at != "" {
				if due, err = period.ParseMoment(at, entry.Zone); err != nil {
					return usage(err)
				}
			}
			if dryRun {
				return a.dryRun(entry, due)
			}
			run, err := runner.Run(c.Context(), entry, due)
			if asJSON {
				err = errors.Join(err, json.NewEncoder(a.stdout).Encode(run))
			} else if run.File != "" {
				fmt.Fprintln(a.stdout, strings.Join(append([]string{run.File}, run.Delivered...), "\n"))
			}
			if errors.Is(err, job.ErrDelivery) {
				return needsALook(err)
			}
			return err
		},
	}
	command.Flags().StringVar(&at, "for", "", "due time to run for: 2026-10-05T08:00, or a day")
	command.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be done")
	command.Flags().BoolVar(&asJSON, "json", false, "print the run as JSON")
	return command
}

func (a *app) dryRun(entry job.Entry, due time.Time) error {
	days, err := period.Parse(entry.Period, due.In(entry.Zone))
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "would load, publish and build %s for %s, due %s\n", entry.Report, days.Words(), due.In(entry.Zone).Format(time.RFC1123))
	for _, folder := range entry.Folders {
		fmt.Fprintf(a.stdout, "would put it into %s\n", folder)
	}
	return nil
}

// runner wires the reports of the configuration to what does them.
func (a *app) runner(c *config.Config) (*job.Runner, error) {
	runner := &job.Runner{Ledger: job.Ledger{Path: runLedger(c)}, Now: a.now, Log: a.logger(c)}
	for _, report := range c.Reports {
		zone, err := time.LoadLocation(report.Timezone)
		if err != nil {
			return nil, err
		}
		folders, other := deliveries(c, report)
		runner.Entries = append(runner.Entries, job.Entry{
			Report: report.Name, Schedule: report.Schedule, Zone: zone, Period: report.Period, Folders: folders, Other: other,
		})
	}
	runner.Work = job.Work{
		Refresh: func(ctx context.Context) error {
			summary, err := a.refresh(ctx, c, false, nil)
			if err == nil && summary.NeedsALook() {
				runner.Log.Warn("load needs a look", "rejects", summary.Rejects, "troubles", summary.Troubles)
			}
			return err
		},
		Build: func(ctx context.Context, report string, days period.Period) (job.Built, error) {
			path, result, err := a.build(ctx, c, workbook{report: report, period: days})
			return job.Built{File: path, SHA256: result.SHA256, Rows: result.Rows}, err
		},
		Deliver: deliver.Folder,
	}
	return runner, nil
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
