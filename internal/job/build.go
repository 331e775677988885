package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"callsheet/internal/notify"
)

// dataPollInterval is how often a run that waits for data loads again.
const dataPollInterval = time.Minute

// awaitData loads until the period is complete and nothing is left to load, or until WaitForData has passed. A run by hand does not wait.
func (x *run) awaitData(ctx context.Context) error {
	deadline := x.entry.Ready(x.base.DueAt).Add(x.entry.WaitForData)
	for {
		var err error
		if x.problems, err = x.Steps.Refresh(ctx); err != nil {
			return err
		}
		if x.entry.WaitForData == 0 {
			return nil
		}
		complete, err := x.isComplete(ctx)
		if err != nil || complete && len(x.problems) == 0 {
			return err
		}
		if x.options.ByHand || !x.now().Before(deadline) {
			x.dataTimedOut = !complete
			return nil
		}
		if x.summary().State != Due {
			x.Log.Info("report waits for data", "report", x.entry.Report, "period", x.span.String(), "until", deadline)
			if err := x.setState(Due); err != nil {
				return err
			}
		}
		if !sleep(ctx, min(dataPollInterval, deadline.Sub(x.now()))) {
			return ErrStopped
		}
	}
}

// isComplete reports whether the data of the period is complete: by the vendors' lists, which prove it, or because deliveries from after
// the period have arrived.
func (x *run) isComplete(ctx context.Context) (bool, error) {
	switch {
	case x.entry.WaitForReconciliation:
		return x.Steps.IsReconciled(ctx, x.entry.Report, x.span)
	case x.base.PeriodOpen:
		return true, nil
	}
	return x.Steps.IsComplete(ctx, x.span)
}

// sleep reports whether the wait passed before ctx ended.
func sleep(ctx context.Context, wait time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

// errEmpty ends a run that has nothing to report, and no channel to say so.
var errEmpty = errors.New("there is nothing to report")

// build returns a message for each part, or one that there is nothing to report. A part of a burst that fails is recorded, and the others are built.
func (x *run) build(ctx context.Context, parts []string) ([]notify.Message, error) {
	if x.empty {
		return x.buildEmpty()
	}
	var messages []notify.Message
	for _, part := range parts {
		message, err := x.buildPart(ctx, part)
		if err == nil {
			messages = append(messages, message)
			continue
		}
		if !x.entry.Burst || ctx.Err() != nil {
			return nil, err
		}
		row := x.base
		row.Part, row.State, row.Error, row.FinishedAt = part, Failed, err.Error(), x.now()
		x.touched[row.key()] = true
		x.noteRetryable(err)
		if err := x.record(row); err != nil {
			return nil, err
		}
	}
	if !x.entry.Burst {
		return messages, nil
	}
	row := x.base // an earlier attempt may have had nothing to report
	row.State, row.RetryUntil, row.Begun = Built, x.retryDeadline, x.wasSending
	return messages, x.record(row)
}

// builtParts returns the parts of a run that was sending, if the workbooks of all of them are there.
func (x *run) builtParts() (parts []string) {
	if !x.wasSending {
		return nil
	}
	for _, k := range x.keys {
		if row := x.rows[k]; row.Recipient == "" && (row.Part != "") == x.entry.Burst {
			if _, built := x.builtMessage(row); !built {
				return nil
			}
			parts = append(parts, row.Part)
		}
	}
	return parts
}

// builtMessage returns the message of a row, if its workbook is what an earlier attempt built.
func (x *run) builtMessage(row Run) (message notify.Message, built bool) {
	if row.File == "" || x.resendAll {
		return message, false
	}
	sum, err := notify.FileSHA256(row.File)
	if err != nil || sum != row.SHA256 || json.Unmarshal(row.Message, &message) != nil {
		return message, false
	}
	message.File, message.ID = row.File, cmp.Or(message.ID, row.SHA256) // earlier versions recorded no ID
	return message, true
}

// parts returns the parts to build, one without a name if the report is no burst. There are none if there is nothing to report, and x is
// empty then.
func (x *run) parts(ctx context.Context) (parts []string, err error) {
	should, err := x.wasSending || x.wasReported() && !x.resendAll, error(nil)
	if !should {
		should, err = x.Steps.ShouldRun(ctx, x.entry.Report, x.span)
	}
	switch {
	case err != nil:
		return nil, err
	case should && x.entry.Burst:
		parts, err = x.Steps.Parts(ctx, x.entry.Report, x.span)
	case should:
		parts = []string{""}
	}
	x.empty, x.listed = err == nil && len(parts) == 0, map[string]bool{}
	for _, part := range parts {
		x.listed[part] = true
	}
	return parts, err
}

// wasReported reports whether an earlier attempt sent a workbook to a recipient, or tried to. What some recipients have, the others get,
// whatever came since.
func (x *run) wasReported() bool {
	for _, row := range x.rows {
		part := row.key()
		part.recipient = ""
		if row.Recipient != "" && row.Recipient != noRecipient && x.rows[part].File != "" {
			return true
		}
	}
	return false
}

// buildEmpty returns the message that there is nothing to report, or errEmpty.
func (x *run) buildEmpty() ([]notify.Message, error) {
	if len(x.channels()) == 0 {
		return nil, errEmpty
	}
	message, row := x.Steps.EmptyMessage(x.entry.Report, x.span, ""), x.base
	x.warnOfMissingCalls(&message)
	message.ID = notify.NewID()
	var earlier notify.Message
	if old := x.summary(); old.File == "" && json.Unmarshal(old.Message, &earlier) == nil && !x.options.Resend {
		message.ID = earlier.ID
	}
	row.State, row.RetryUntil, row.Incomplete = Built, x.retryDeadline, x.problemSummary()
	var err error
	if row.Message, err = json.Marshal(message); err != nil {
		return nil, err
	}
	return []notify.Message{message}, x.record(row)
}

// buildPart builds the workbook of a part, or takes the one that an earlier attempt built.
func (x *run) buildPart(ctx context.Context, part string) (message notify.Message, err error) {
	row := x.base
	row.Part = part
	if message, built := x.builtMessage(x.rows[row.key()]); built {
		if x.options.Resend {
			message.ID = notify.NewID() // a mail server may have seen the other, and drop it again
		}
		return message, nil
	}
	built, err := x.Steps.Build(ctx, x.entry.Report, x.span, part)
	if err != nil {
		return message, err
	}
	message = built.Message
	x.warnOfMissingCalls(&message)
	message.ID = notify.NewID()
	row.State, row.File, row.SHA256, row.Group, row.Rows, row.Incomplete = Built, message.File, message.SHA256, built.Group, built.Rows, x.problemSummary()
	if row.Message, err = json.Marshal(message); err != nil {
		return message, err
	}
	return message, x.record(row)
}

// warnOfMissingCalls tells readers of a report that it may lack calls, before everything else that needs their attention.
func (x *run) warnOfMissingCalls(message *notify.Message) {
	var warnings []string
	switch {
	case x.dataTimedOut && x.entry.WaitForReconciliation:
		warnings = append(warnings, "This report may be incomplete: not every day was complete by the vendor's own list when it was built.")
	case x.dataTimedOut:
		warnings = append(warnings, "This report may be incomplete: no data from after the period had arrived when it was built.")
	}
	if len(x.problems) > 0 {
		warnings = append(warnings, "Calls may be missing: "+x.problemSummary())
	}
	var findings []notify.Finding
	for _, warning := range warnings {
		findings = append(findings, notify.Finding{Text: strings.TrimSuffix(warning, ".")})
		message.NoFindings = "" // which says that the data has no gaps
	}
	message.Notes = append(warnings, message.Notes...)
	message.Findings = append(findings, message.Findings...)
}

// problemSummary describes in one line what could not be loaded; it is empty if everything was.
func (x *run) problemSummary() string {
	switch len(x.problems) {
	case 0:
		return ""
	case 1:
		return x.problems[0]
	}
	return fmt.Sprintf("%d problems; the first: %s", len(x.problems), x.problems[0])
}
