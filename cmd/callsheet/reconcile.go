package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/garbage"
	"callsheet/internal/pipeline"
)

// reconcileFlags are the flags of callsheet reconcile.
type reconcileFlags struct {
	source      string
	span        periodFlags
	fix, asJSON bool
}

func reconcileCommand(a *app) *cobra.Command {
	var flags reconcileFlags
	command := &cobra.Command{
		Use:   "reconcile",
		Short: "Compare the calls with the vendor's own list",
		Long: `reconcile fetches the vendor's list of the calls of each day, for each source with vendor_api, and compares it call by call with what
was received: calls that are missing here, calls that the vendor does not list, and calls of which the list says another status, talk,
group, agent or coins. What the list does not say is not compared. Days are those of the source's zone; without --from, --to and
--period they are the last vendor_api.days_back days that are over. It also fetches the vendor's directory and the balance.

--fix imports what is missing, and what the list says newer of a call, into the spool: import --list shows it, and import --undo
removes it. A webhook that was received after the list was fetched stays, and nothing is imported twice.

The exit code is 0 if everything is equal, 3 if not, and 1 if a list could not be fetched; the days that could be are compared.
A day is complete if it was fetched after its calls had ended and nothing differs.`,
		Example: `  callsheet reconcile
  callsheet reconcile --source main --period last-month
  callsheet reconcile --from 2026-10-01 --to 2026-10-07 --fix
  callsheet reconcile --json | jq '.days[] | select(.missing > 0)'
  callsheet query vendor_differences --from 2026-10-01 --to 2026-10-07`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			sources, err := vendorSources(p.Config, flags.source)
			if err != nil {
				return exitcode.UsageError(err)
			}
			days := map[string][]string{}
			for _, source := range sources {
				if days[source.Name], err = flags.days(a.now(), source); err != nil {
					return exitcode.UsageError(err)
				}
			}
			garbage.AtLeast(400)
			return a.reconcile(c.Context(), p, sources, days, flags)
		},
	}
	command.Flags().StringVar(&flags.source, "source", "", "only this source; default all sources with vendor_api")
	flags.span.register(command)
	command.Flags().BoolVar(&flags.fix, "fix", false, "import calls that are missing, and what the list says newer")
	command.Flags().BoolVar(&flags.asJSON, "json", false, "print the days as JSON")
	return command
}

// days returns the days to compare of a source, such as 2026-10-05. None is in the future.
func (f *reconcileFlags) days(now time.Time, source config.Source) (days []string, err error) {
	zone, err := time.LoadLocation(source.Timezone)
	if err != nil {
		return nil, err
	}
	now = now.In(zone)
	if f.span == (periodFlags{}) {
		return pipeline.FinishedDays(source, now, source.VendorAPI.DaysBack), nil
	}
	span, err := f.span.parse(now, zone, zone, "")
	if err != nil {
		return nil, err
	}
	today := now.Format(time.DateOnly)
	for day := span.From; !day.After(span.To) && day.Format(time.DateOnly) <= today; day = day.AddDate(0, 0, 1) {
		days = append(days, day.Format(time.DateOnly))
	}
	if len(days) == 0 {
		err = fmt.Errorf("the period begins on %s, after today", span.From.Format(time.DateOnly))
	}
	return days, err
}
