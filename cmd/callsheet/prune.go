package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
)

func pruneCommand(a *app) *cobra.Command {
	var runs int
	command := &cobra.Command{
		Use:   "prune",
		Short: "Delete old report history",
		Long: `prune deletes runs of reports that were due before the last N days from the scheduler's history, and with the next load from
report_runs. A later run for such an old period does not know what was sent, and sends it again.`,
		Example: `  callsheet prune --runs 400`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if runs < 1 {
				return exitcode.UsageError(errors.New("nothing to prune\nhint: callsheet prune --runs 400 keeps 400 days of runs"))
			}
			deleted, err := job.Ledger{Path: cfg.RunLedger()}.Prune(a.now().AddDate(0, 0, -runs))
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s deleted\n", display.Plural(deleted, "run"))
			return nil
		},
	}
	command.Flags().IntVar(&runs, "runs", 0, "number of days of runs to keep")
	return command
}
