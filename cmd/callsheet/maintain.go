package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
)

func maintainCommand(a *app) *cobra.Command {
	var asJSON bool
	var limit time.Duration
	command := &cobra.Command{
		Use:   "maintain",
		Short: "Merge the small files of a lake and delete what is no longer needed",
		Long: `maintain keeps a lake fast: it writes the rows of small loads into files, merges small files, and deletes snapshots that are older than
seven days, with the files that only they need. Loads and readers go on meanwhile, and one process maintains a lake at a time. It stops at
its time limit, and the next run continues. It can be killed at any time.

serve runs it every store.lake.maintain_every. Run it from cron where serve does not run.`,
		Example: `  callsheet maintain
  callsheet maintain --limit 10m --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if limit <= 0 {
				return exitcode.UsageError(errors.New("--limit must be a positive duration, such as 10m"))
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			done, err := p.MaintainLake(c.Context(), limit)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(a.stdout).Encode(done)
			}
			if done.Elsewhere {
				fmt.Fprintln(a.stdout, "another process maintains the lake")
				return nil
			}
			fmt.Fprintf(a.stdout, "%s written into files, %s merged, %s rewritten, %s and %s deleted\n", display.Plural(int(done.FlushedRows), "row"),
				display.Plural(int(done.MergedFiles), "file"), display.Plural(int(done.RewrittenFiles), "file"),
				display.Plural(int(done.DeletedFiles), "file"), display.Plural(int(done.ExpiredSnapshots), "snapshot"))
			if done.Unfinished {
				fmt.Fprintln(a.stdout, "the time limit is reached; the next run goes on")
			}
			return nil
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print what was done as JSON")
	command.Flags().DurationVar(&limit, "limit", 30*time.Minute, "time after which no further portion begins")
	return command
}
