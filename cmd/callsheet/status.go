package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/monitor"
)

func statusCommand(a *app) *cobra.Command {
	var asJSON bool
	var days uint32
	command := &cobra.Command{
		Use:   "status",
		Short: "Show how fresh the data is, what ran and what failed",
		Long: `status shows when each source last sent something, what the spool contains and how much of it is loaded, the last and next run
of each scheduled report, and a hash of the calls of each recent day: two databases with the same calls have the same hashes. The
exit code is 3 if something needs attention.`,
		Example: `  callsheet status
  callsheet status --days 400
  callsheet status --json | jq .data.complete_through`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			s, err := monitor.ReadStatus(c.Context(), p, int(days))
			if err := errors.Join(err, c.Context().Err()); err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(a.stdout).Encode(s)
			} else {
				err = printStatus(display.EscapingWriter{W: a.stdout}, s, p.Config.Zone())
			}
			if err == nil && len(s.Warnings) > 0 {
				err = exitcode.WarningError(errors.New(strings.Join(s.Warnings, "\n")))
			}
			return err
		},
	}
	command.Flags().Uint32Var(&days, "days", 7, "number of recent days to show, today included")
	command.Flags().BoolVar(&asJSON, "json", false, "print the status as JSON")
	return command
}

// printStatus prints the status in words, with each heading before its first line.
func printStatus(w io.Writer, s *monitor.Status, zone *time.Location) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, section := range s.Words(zone) {
		heading := section.Heading
		for _, line := range section.Lines {
			fmt.Fprintf(t, "%s\t%s\n", heading, line)
			heading = ""
		}
	}
	return t.Flush()
}
