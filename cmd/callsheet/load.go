package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/garbage"
	"callsheet/internal/monitor"
	"callsheet/store"
)

func loadCommand(a *app) *cobra.Command {
	var asJSON, rebuild, acceptLoss, retry bool
	command := &cobra.Command{
		Use:   "load",
		Short: "Load what is new in the spool and publish it",
		Long: `load reads what is new in data_dir/spool into the database, up to the last newline of each file, and publishes
a read-only copy. It can be killed and repeated at any time: every line is loaded exactly once. A line that cannot be
read is added to the table rejects, with its file, line and reason, and the exit code is 3.

--retry-rejects first reads rejected lines again from the spool, after a line was fixed in its file or the program was updated.
--rebuild builds a new database from the whole spool, beside the old one, and replaces the old one when it is complete. If files
were removed from the spool and the new database would lack their deliveries, it is refused, unless --accept-loss is given.`,
		Example: `  callsheet load
  callsheet load --retry-rejects
  callsheet load --rebuild
  callsheet load --rebuild --accept-loss
  callsheet load --json | jq .rejects`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if retry && rebuild {
				return exitcode.UsageError(errors.New("--rebuild reads every line again, rejected ones too\nhint: leave --retry-rejects out"))
			}
			if acceptLoss && !rebuild {
				return exitcode.UsageError(errors.New("--accept-loss is for --rebuild\nhint: callsheet load --rebuild --accept-loss"))
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			garbage.AtLeast(400)
			bar := display.NewProgress(a.stderr, "loading", a.now)
			var summary store.Summary
			if rebuild {
				summary, err = p.Rebuild(c.Context(), acceptLoss, bar.Lines)
			} else {
				progress := bar.Lines
				if a.parent != nil {
					progress = p.SendProgress
				}
				summary, err = p.Refresh(c.Context(), retry, progress)
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
			return loadWarnings(summary)
		},
	}
	command.Flags().BoolVar(&rebuild, "rebuild", false, "build a new database from the whole spool")
	command.Flags().BoolVar(&acceptLoss, "accept-loss", false, "with --rebuild: accept the loss of deliveries that are no longer in the spool")
	command.Flags().BoolVar(&retry, "retry-rejects", false, "read rejected lines again")
	command.Flags().BoolVar(&asJSON, "json", false, "print the summary as JSON")
	return command
}

func printSummary(w io.Writer, s store.Summary) {
	lines := display.Plural(int(s.Lines), "new line") + " in " + display.Plural(int(s.Files), "file")
	if s.Files == 0 && s.Lines > 0 {
		lines = display.Plural(int(s.Lines), "rejected line") + " read again"
	}
	fmt.Fprintf(w, "%s: %s, %s, %s, %s rejected\n", lines, display.Plural(int(s.Reports), "report"), display.Plural(int(s.LiveEvents), "live event"),
		display.Plural(int(s.OtherEvents), "other event"), display.Count(s.Rejects))
	if s.Retried > 0 {
		fmt.Fprintf(w, "%s loaded now\n", display.Agree(s.Retried, "previously rejected line is", "previously rejected lines are"))
	}
	if s.Copies > 0 {
		fmt.Fprintf(w, "%s loaded from other lines\n", display.Agree(s.Copies, "more line is a copy of a delivery that is", "more lines are copies of deliveries that are"))
	}
	if len(s.Undone) > 0 && !s.Incomplete {
		fmt.Fprintf(w, "%s removed; the database was rebuilt\n", display.Plural(len(s.Undone), "undone import"))
	}
	if s.ToReread && !s.Incomplete {
		fmt.Fprintln(w, "the timezone, date_order or nothing_values of a source changed; the database was rebuilt")
	}
	if s.Migrated != "" {
		fmt.Fprintln(w, s.Migrated)
	}
	fmt.Fprintf(w, "%s in the store\n", display.Plural(int(s.Calls), "call"))
}

// loadWarnings returns the warnings of a successful load as an error, nil if there are none.
func loadWarnings(s store.Summary) error {
	if !s.NeedsAttention() {
		return nil
	}
	message := strings.Join(display.GroupFiles(s.Warnings), "\n")
	if message != "" && s.Rejects > 0 {
		message += "\n"
	}
	if s.Rejects > 0 {
		message += display.Agree(s.Rejects, "line was rejected", "lines were rejected") + "; the others are loaded\n"
		for _, line := range s.Rejected {
			message += line.String() + "\n"
		}
		if more := s.Rejects - int64(len(s.Rejected)); more > 0 {
			message += fmt.Sprintf("and %s more\n", display.Count(more))
		}
		message += monitor.RejectsHint
	}
	return exitcode.WarningError(errors.New(message))
}
