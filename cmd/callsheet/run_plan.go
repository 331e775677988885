package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/notify"
	"callsheet/internal/pipeline"
)

// dryRun prints what a run would do with the data that is loaded. It changes nothing.
func (a *app) dryRun(ctx context.Context, p *pipeline.Pipeline, runner *job.Runner, entry job.Entry, due time.Time, asJSON bool) error {
	out := display.EscapingWriter{W: a.stdout}
	if !p.HasData() && !asJSON {
		return a.dryRunUnloaded(ctx, out, entry, due)
	}
	plan, err := runner.Plan(ctx, entry, due, job.RunOptions{ByHand: true})
	if err != nil {
		return err
	}
	if asJSON {
		err = json.NewEncoder(a.stdout).Encode(plan)
	} else {
		printPlan(out, plan, entry)
	}
	var without []string
	for _, part := range plan.Parts {
		if part.Error != "" {
			without = append(without, part.Part)
		}
	}
	if len(without) == 0 || err != nil {
		return err
	}
	if entry.Burst {
		return exitcode.WarningError(fmt.Errorf("%s: %s would not reach everyone: recipients are missing", entry.Report, display.Plural(len(without), "part")))
	}
	return exitcode.WarningError(fmt.Errorf("%s would not reach everyone: recipients are missing", entry.Report))
}

func planTitle(entry job.Entry, words string, due time.Time) string {
	return fmt.Sprintf("would load, publish and build %s for %s, due %s", entry.Report, words, due.In(entry.Zone).Format(time.RFC1123))
}

func printPlan(out io.Writer, plan job.Plan, entry job.Entry) {
	fmt.Fprintln(out, planTitle(entry, plan.Words, plan.DueAt))
	if !plan.OpenUntil.IsZero() {
		fmt.Fprintln(out, "the period is not over before "+entry.EndText(plan.OpenUntil))
	}
	if !plan.Complete {
		fmt.Fprintln(out, "the loaded data does not go beyond the period; a run loads first, and may find more")
	}
	switch {
	case !plan.AlreadySentAt.IsZero():
		fmt.Fprintf(out, "already sent %s; nothing would be sent\n", display.Time(plan.AlreadySentAt.In(entry.Zone)))
		return
	case plan.Empty && len(plan.Parts) == 0:
		fmt.Fprintln(out, "there is nothing to report; nothing would be sent")
	case plan.Empty:
		fmt.Fprintln(out, "there is nothing to report; would say so")
	case entry.Burst:
		fmt.Fprintln(out, buildsText(plan.Parts))
	}
	for _, part := range plan.Parts {
		prefix := ""
		if part.Part != "" {
			prefix = display.Escape(part.Part) + ": "
		}
		for _, d := range part.Deliveries {
			fmt.Fprintln(out, prefix+deliveryText(d, entry))
		}
		if part.Error != "" {
			fmt.Fprintln(out, prefix+"PROBLEM: "+part.Error)
		}
	}
}

// buildsText says how many workbooks of a burst would be built, or sent as an earlier run has built them.
func buildsText(parts []job.PlannedPart) string {
	n := 0
	for _, part := range parts {
		if part.Error != "" || slices.ContainsFunc(part.Deliveries, func(d job.PlannedDelivery) bool { return d.State == job.Due }) {
			n++
		}
	}
	if n < len(parts) {
		return fmt.Sprintf("would send the workbooks of %d of %s", n, display.Plural(len(parts), "part"))
	}
	return fmt.Sprintf("would build a workbook for each part, %d in all", n)
}

func deliveryText(d job.PlannedDelivery, entry job.Entry) string {
	switch {
	case d.State == job.Sent:
		return d.Recipient + " has it since " + display.Time(d.SentAt.In(entry.Zone)) + "; would not send it again"
	case d.State == job.Unknown:
		return d.Recipient + " may have it from an earlier attempt; would not send it again without --resend"
	case d.Location != "":
		return "would write it to " + d.Location
	}
	return "would send it to " + d.Recipient
}

// dryRunUnloaded prints what is known before the first load.
func (a *app) dryRunUnloaded(ctx context.Context, out io.Writer, entry job.Entry, due time.Time) error {
	span, err := entry.Span(due)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, planTitle(entry, span.Words(), due))
	fmt.Fprintln(out, "nothing is loaded yet\nhint: run callsheet load")
	if entry.Burst {
		fmt.Fprintln(out, "would build a workbook for each part and send it to the recipients of the part and to")
	}
	var unknown error
	for _, channel := range entry.Channels {
		recipients, err := channel.Recipients(ctx, "")
		if err != nil {
			unknown = exitcode.WarningError(fmt.Errorf("recipients are not known: %w", err))
			continue
		}
		verb := "send"
		if _, ok := channel.(notify.Folder); ok {
			verb = "write"
		}
		for _, recipient := range recipients {
			fmt.Fprintf(out, "would %s it to %s\n", verb, recipient)
		}
	}
	return unknown
}
