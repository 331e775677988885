package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/job"
)

func pruneCommand(a *app) *cobra.Command {
	var runs int
	command := &cobra.Command{
		Use:   "prune",
		Short: "Forget what is old",
		Long: `prune removes the runs of reports that were due more than so many days ago from the scheduler's history, and with the
next load from report_runs. What was sent then is not known any more: run sends it again if it is asked for that period.`,
		Example: `  callsheet prune --runs 400`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if runs < 1 {
				return usage(errors.New("nothing to prune\nhint: callsheet prune --runs 400 keeps 400 days of runs"))
			}
			forgotten, err := job.Ledger{Path: runLedger(cfg)}.Prune(a.now().AddDate(0, 0, -runs))
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s forgotten\n", display.Plural(forgotten, "run"))
			return nil
		},
	}
	command.Flags().IntVar(&runs, "runs", 0, "days of runs to keep")
	return command
}
