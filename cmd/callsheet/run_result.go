package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
)

// runResult is a run by hand: its rows, and which of its recipients had the report before.
type runResult struct {
	runs     []job.Run // the summary first
	zone     *time.Location
	had      []job.Run // recipients that earlier runs sent it to, and this one did not
	got      []job.Run // recipients that this one sent it to
	complete time.Time // when everyone had it before; zero if not everyone had, or a recipient or a part is new
	failed   bool      // to deliver to a recipient
}

func newRunResult(entry job.Entry, before []job.Run, delivered bool, runs []job.Run) runResult {
	r := runResult{runs: runs, zone: entry.Zone}
	if delivered {
		r.complete = before[0].FinishedAt
	}
	earlier := map[[2]string]job.Run{}
	for _, run := range before {
		earlier[[2]string{run.Part, run.Recipient}] = run
	}
	for _, run := range runs {
		old := earlier[[2]string{run.Part, run.Recipient}]
		isOld := old.State == run.State && old.FinishedAt.Equal(run.FinishedAt)
		if !run.IsSummary() && !isOld && old.State != job.Sent {
			r.complete = time.Time{}
		}
		switch {
		case run.Recipient == "":
		case run.State != job.Sent:
			r.failed = true
		case isOld:
			r.had = append(r.had, run)
		default:
			r.got = append(r.got, run)
		}
	}
	return r
}

// didNothing reports whether everyone had the report before.
func (r runResult) didNothing() bool { return !r.complete.IsZero() && len(r.got) == 0 }

// runJSON is a run with its parts and recipients.
type runJSON struct {
	job.Run
	AlreadySentAt time.Time `json:"already_sent_at,omitzero"` // to everyone, by an earlier run
	AlreadySent   []string  `json:"already_sent,omitempty"`   // recipients that earlier runs sent it to, and this one did not
	Delivered     []string  `json:"delivered"`                // locations to which this run sent it
	Runs          []job.Run `json:"runs"`                     // of its parts and recipients
}

func (r runResult) json() runJSON {
	summary := runJSON{Run: r.runs[0], AlreadySentAt: r.complete, AlreadySent: recipientNames(r.had), Delivered: []string{}, Runs: r.runs[1:]}
	for _, run := range r.got {
		if run.Location != "" {
			summary.Delivered = append(summary.Delivered, run.Location)
		}
	}
	return summary
}

// recipientNames returns the recipients of rows, each with its part.
func recipientNames(runs []job.Run) (names []string) {
	for _, run := range runs {
		names = append(names, strings.TrimSpace(run.Part+" "+run.Recipient))
	}
	return names
}

// printRun prints the workbooks and where this run delivered them, and says who had the report before and who does not have it.
func (a *app) printRun(r runResult) {
	messages := display.EscapingWriter{W: a.stderr}
	if !r.didNothing() {
		for _, run := range r.runs {
			if run.Recipient == "" && run.File != "" {
				fmt.Fprintln(a.stdout, run.File)
			}
		}
	}
	for _, run := range r.got {
		if run.Location != "" {
			fmt.Fprintln(a.stdout, run.Location)
		}
	}
	for _, run := range r.runs {
		switch {
		case run.IsSummary() && run.State == job.Skipped:
			fmt.Fprintf(messages, "%s for %s: %s\n", run.Report, run.Period, run.Error)
		case run.Recipient != "" && run.State != job.Sent:
			fmt.Fprintf(messages, "%s: %s: %s\n", strings.TrimSpace(display.Escape(run.Part)+" "+run.Recipient), run.State, run.Error)
		}
	}
	if text := r.earlier(); text != "" {
		fmt.Fprintf(messages, "%s for %s: %s\n", r.runs[0].Report, r.runs[0].Period, text)
	}
}

// earlier says what earlier runs sent, and what this one did about it.
func (r runResult) earlier() string {
	if len(r.runs) == 0 {
		return ""
	}
	got, had := recipientNames(r.got), recipientNames(r.had)
	switch {
	case r.didNothing() && r.failed:
		return "already sent " + display.Time(r.complete.In(r.zone)) + "; it could not be delivered again, and what was delivered before stays"
	case r.didNothing():
		return "already sent " + display.Time(r.complete.In(r.zone)) + "; nothing was sent\nhint: --resend sends it again"
	case !r.complete.IsZero():
		text := "already sent " + display.Time(r.complete.In(r.zone)) + "; delivered again to " + strings.Join(got, ", ")
		if len(had) > 0 {
			text += fmt.Sprintf(", not to the %s that had it (--resend does)", display.Plural(len(had), "recipient"))
		}
		return text
	case len(had) > 0 && len(got) > 0:
		return fmt.Sprintf("sent now to %d: %s; already sent to %d: %s", len(got), strings.Join(got, ", "), len(had), strings.Join(had, ", "))
	case len(had) > 0:
		return fmt.Sprintf("nothing was sent now; already sent to %d: %s", len(had), strings.Join(had, ", "))
	}
	return ""
}

// outcome returns the error, and so the exit code, of a run.
func outcome(runs []job.Run, err error) error {
	if err != nil || len(runs) == 0 {
		return err
	}
	summary := runs[0]
	switch {
	case summary.Succeeded():
		return nil
	case (summary.State == job.Failed || summary.State == job.Retrying) && summary.File == "" && len(runs) == 1:
		return errors.New(summary.Error)
	case summary.State == job.Incomplete:
		return exitcode.WarningError(fmt.Errorf("%s for %s: %s\nhint: callsheet load names what could not be loaded; once it is, --resend sends the report again",
			summary.Report, summary.Period, summary.Error))
	case summary.State == job.Unknown:
		return exitcode.WarningError(fmt.Errorf("%s for %s: %s\nhint: ask the recipients whether it arrived; --resend sends it again", summary.Report, summary.Period, summary.Error))
	}
	return exitcode.WarningError(fmt.Errorf("%s for %s: not delivered: %s\nhint: run it again for the recipients that do not have it", summary.Report, summary.Period, summary.Error))
}
