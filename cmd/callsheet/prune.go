package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
)

// maxDaysKept is a thousand years. Far more would be no date, before which nothing is.
const maxDaysKept = 365_000

func pruneCommand(a *app) *cobra.Command {
	var runs, lists int
	command := &cobra.Command{
		Use:   "prune",
		Short: "Delete old report history and old lists of the vendor",
		Long: `prune deletes runs of reports that were due before the last N days from the scheduler's history, and with the next load from
report_runs. A later run for such an old period does not know what was sent, and sends it again.

--lists deletes the vendor's own lists of calls of days before the last N. The next load forgets them: reports on such days say that they
are not checked, and nothing is said of what was charged on them. Calls that reconcile --fix imported stay.`,
		Example: `  callsheet prune --runs 400
  callsheet prune --lists 100`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if !c.Flags().Changed("runs") && !c.Flags().Changed("lists") {
				return exitcode.UsageError(errors.New("nothing to prune\nhint: callsheet prune --runs 400 keeps 400 days of runs"))
			}
			for _, kept := range []struct {
				flag string
				days int
			}{{"runs", runs}, {"lists", lists}} {
				if c.Flags().Changed(kept.flag) && (kept.days < 1 || kept.days > maxDaysKept) {
					return exitcode.UsageError(fmt.Errorf("--%s %d must be between 1 and %d\nhint: it is the number of days to keep, as in callsheet prune --%[1]s 400",
						kept.flag, kept.days, maxDaysKept))
				}
			}
			if lists > 0 {
				deleted, err := spool.RemoveVendorLists(cfg.Data(), a.now().In(cfg.Zone()).AddDate(0, 0, -lists).Format(time.DateOnly))
				if err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "%s deleted\n", display.Plural(deleted, "list"))
			}
			if runs < 1 {
				return nil
			}
			deleted, err := pipeline.Ledger(cfg).Prune(a.now().AddDate(0, 0, -runs))
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s deleted\n", display.Plural(deleted, "run"))
			return nil
		},
	}
	command.Flags().IntVar(&runs, "runs", 0, "number of days of runs to keep")
	command.Flags().IntVar(&lists, "lists", 0, "number of days of the vendor's lists to keep")
	return command
}
