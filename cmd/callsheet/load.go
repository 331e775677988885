package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/store"
)

func loadCommand(a *app) *cobra.Command {
	var asJSON, rebuild, acceptLoss, retry bool
	command := &cobra.Command{
		Use:   "load",
		Short: "Load what is new in the spool and publish it",
		Long: `load reads what is new in data_dir/spool into the database, up to the last newline of each file, and publishes
a read-only copy. It can be killed and repeated at will: every line is loaded exactly once. A line that cannot be
read is kept in the table rejects, with its file, line and reason, and the exit code is 3.

With --retry-rejects rejected lines are read again first, from their places in the spool: mend a line in its file, or update
the program, and it loads. With --rebuild a new database is built from the whole spool, beside the old one, and replaces it when it is complete.
A rebuild that would lose calls, since files were removed from the spool, is refused, unless --accept-loss is given.`,
		Example: `  callsheet load
  callsheet load --retry-rejects
  callsheet load --rebuild
  callsheet load --rebuild --accept-loss
  callsheet load --json | jq .rejects`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if retry && rebuild {
				return usage(errors.New("--rebuild reads every line again, rejected ones too\nhint: leave --retry-rejects out"))
			}
			if acceptLoss && !rebuild {
				return usage(errors.New("--accept-loss is for --rebuild\nhint: callsheet load --rebuild --accept-loss"))
			}
			cfg, err := a.config()
			if err != nil {
				return err
			}
			collectRarely()
			bar := display.NewProgress(a.stderr, "loading", a.now)
			var summary store.Summary
			if rebuild {
				summary, err = a.rebuild(c.Context(), cfg, acceptLoss, bar.Lines)
			} else {
				summary, err = a.refresh(c.Context(), cfg, retry, bar.Lines)
			}
			bar.Finish()
			if err != nil {
				return err
			}
			if asJSON {
				if err := json.NewEncoder(a.stdout).Encode(summary); err != nil {
					return err
				}
			} else {
				printSummary(a.stdout, summary)
			}
			return lookAt(summary)
		},
	}
	command.Flags().BoolVar(&rebuild, "rebuild", false, "make the database anew from the whole spool")
	command.Flags().BoolVar(&acceptLoss, "accept-loss", false, "with --rebuild: also when calls are lost, whose deliveries are not in the spool any more")
	command.Flags().BoolVar(&retry, "retry-rejects", false, "read rejected lines again")
	command.Flags().BoolVar(&asJSON, "json", false, "print the summary as JSON")
	return command
}

func printSummary(w io.Writer, s store.Summary) {
	fmt.Fprintf(w, "%s new lines in %s files: %s reports, %s live events, %s other events, %s rejected\n",
		display.Count(s.Lines), display.Count(s.Files), display.Count(s.Reports), display.Count(s.LiveEvents), display.Count(s.OtherEvents), display.Count(s.Rejects))
	if s.Recovered > 0 {
		fmt.Fprintf(w, "%s lines that had been rejected are loaded now\n", display.Count(s.Recovered))
	}
	if s.Copies > 0 {
		fmt.Fprintf(w, "%s further lines are copies of deliveries that are loaded from other lines\n", display.Count(s.Copies))
	}
	fmt.Fprintf(w, "%s calls in the store\n", display.Count(s.Calls))
}

// lookAt is the error of a load that was done but has something to look at.
func lookAt(s store.Summary) error {
	if !s.NeedsAttention() {
		return nil
	}
	var message string
	for _, trouble := range s.Warnings {
		message += trouble + "\n"
	}
	if s.Rejects > 0 {
		message += fmt.Sprintf("%s lines were rejected; the others are loaded\n", display.Count(s.Rejects))
		for _, line := range s.Rejected {
			message += line.String() + "\n"
		}
		if more := s.Rejects - int64(len(s.Rejected)); more > 0 {
			message += fmt.Sprintf("and %s more\n", display.Count(more))
		}
		message += "hint: the table rejects has them, with file, line and reason"
	}
	return needsALook(fmt.Errorf("%s", message))
}
