package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
)

func publishCommand(a *app) *cobra.Command {
	var span periodFlags
	command := &cobra.Command{
		Use:   "publish FILE",
		Short: "Write a database file with the calls of a period",
		Long: `publish writes a DuckDB file with the calls of a period, from the published database or a lake, for analysts and programs that want a
file. Each query over days of the period gives the figures that it gives where they come from; loads of every machine and the
definitions are in it, too.

The file also has calls of the day before, which can run over midnight, those that recovered missed callers, and those near the lists
of a vendor: select by local_day. Other days are unknown in it. So are comparisons with earlier periods, usual ranges, forecasts, balances,
and what a vendor charges by. query --db over other days ends with exit code 3, and --as-of is refused. A file of a period is replaced
as a whole; programs that have it open keep the one they opened. Another publish of the same file waits.`,
		Example: `  callsheet publish october.duckdb --period 2026-10
  callsheet publish week.duckdb --from 2026-10-05 --to 2026-10-11`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			days, err := span.parse(a.now(), p.Config.Zone(), p.Config.Zone(), "last-month")
			if err != nil {
				return exitcode.UsageError(err)
			}
			copied, err := p.PublishPeriod(c.Context(), args[0], days)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s: %s of %s\n", args[0], display.Plural(int(copied.Calls), "call"), display.Plural(int(copied.Days), "day"))
			return nil
		},
	}
	span.register(command)
	return command
}
