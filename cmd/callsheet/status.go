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
	var days int
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
			s, err := monitor.ReadStatus(c.Context(), p, days)
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
	command.Flags().IntVar(&days, "days", 7, "number of recent days to show, today included")
	command.Flags().BoolVar(&asJSON, "json", false, "print the status as JSON")
	return command
}

func printStatus(w io.Writer, s *monitor.Status, zone *time.Location) error {
	format := func(t *time.Time) string {
		if t == nil {
			return "never"
		}
		return display.Time(t.In(zone))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if p := s.Process; p != nil {
		fmt.Fprintf(t, "process\tcallsheet %s, process %d, since %s, with the configuration of %s\n", p.Command, p.PID, format(&p.StartedAt), format(&p.ReadAt))
	}
	for i, source := range s.Sources {
		heading, silent := "", ""
		if i == 0 {
			heading = "sources"
		}
		if source.Silent {
			silent = ", longer ago than usual"
		}
		fmt.Fprintf(t, "%s\t%s: last delivery %s%s\n", heading, source.Source, format(source.LastReceived), silent)
		if r := source.Reconciled; r != nil {
			fmt.Fprintf(t, "\t%s\n", reconciledText(r, format))
		}
	}
	fmt.Fprintf(t, "spool\t%s, %s, last written %s\n", display.Plural(s.Spool.Files, "file"), display.Plural(int(s.Spool.Bytes), "byte"), format(s.Spool.LastSeen))
	if s.Spool.Waiting > 0 {
		fmt.Fprintf(t, "\t%s lines that are not loaded yet\n", display.Agree(int64(s.Spool.Waiting), "of them has", "of them have"))
	}
	if s.Data != nil {
		fmt.Fprintf(t, "data\tcomplete through %s, loaded %s\n", format(s.Data.CompleteThrough), format(s.Data.LoadedAt))
		fmt.Fprintf(t, "\tpublished %s; %s\n", format(&s.Data.PublishedAt), dataAge(s.Data, format))
		fmt.Fprintf(t, "\t%s, %s\n", display.Plural(int(s.Data.Calls), "call"), display.Plural(int(s.Data.Rejects), "rejected line"))
		if len(s.Data.Recomputed) > 0 { // the newest
			fmt.Fprintf(t, "\tfigures were computed again at %s: %s\n", format(&s.Data.Recomputed[0].At), s.Data.Recomputed[0].Reason)
		}
	}
	if s.Data != nil {
		printEvents(t, s.Data.Events)
	}
	for i, balance := range s.Balances {
		heading := ""
		if i == 0 {
			heading = "balance"
		}
		fmt.Fprintf(t, "%s\t%s on %s: %s\n", heading, balance.Source, format(&balance.FetchedAt), balance)
	}
	for i, report := range s.Reports {
		heading := ""
		if i == 0 {
			heading = "reports"
		}
		last := "never ran"
		if report.LastAt != nil {
			last = fmt.Sprintf("%s %s at %s", report.Period, report.State, display.Time(*report.LastAt))
			if report.WaitsUntil != nil {
				last = fmt.Sprintf("%s waits until %s, when it is over", report.Period, display.Time(*report.WaitsUntil))
			}
		}
		fmt.Fprintf(t, "%s\t%s: %s, next %s\n", heading, report.Report, last, display.Time(report.NextAt))
	}
	for i, day := range s.Days {
		heading := ""
		if i == 0 {
			heading = "days"
		}
		fmt.Fprintf(t, "%s\t%s  %s  %s\n", heading, day.Day, day.Content, display.Plural(int(day.Calls), "call"))
	}
	return t.Flush()
}

// reconciledText says how a source compares with the vendor's list.
func reconciledText(r *monitor.ReconciledStatus, format func(*time.Time) string) string {
	text := "vendor's list: never fetched for the last two weeks"
	if r.LastFetched != nil {
		text = fmt.Sprintf("vendor's list: fetched %s; of the last two weeks, %s complete, %d not", format(r.LastFetched), display.Plural(r.Complete, "day"), len(r.Incomplete))
	}
	if r.NextAt != nil {
		text += ", next " + format(r.NextAt)
	}
	return text
}

// dataAge says how old the published data is.
func dataAge(data *monitor.DataStatus, format func(*time.Time) string) string {
	if data.WaitingSince == nil {
		return "everything received is in it"
	}
	return fmt.Sprintf("it lacks what came since %s, %s ago", format(data.WaitingSince), display.Duration(time.Duration(data.AgeSeconds)*time.Second))
}

// printEvents prints what is stored, but belongs to no call.
func printEvents(w io.Writer, events []monitor.Event) {
	const listed = 10
	heading := "other"
	for _, event := range events[:min(listed, len(events))] {
		what := "event"
		if event.Kind == "wrapper" {
			what = "wrapper that cannot be opened"
		}
		fmt.Fprintf(w, "%s\t%s %s: %s\n", heading, what, event.Name, display.Count(event.Deliveries))
		heading = ""
	}
	if more := len(events) - listed; more > 0 {
		fmt.Fprintf(w, "\tand %s more: callsheet query events\n", display.Count(int64(more)))
	}
}
