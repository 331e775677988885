package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// finish records the result of an attempt: of each part, and of the report. failure is why the attempt ended before every message was
// sent, or nil.
func (x *run) finish(ctx context.Context, failure error) ([]Run, error) {
	for _, k := range slices.Clone(x.keys) {
		part := x.rows[k]
		if part.Part == "" || part.Recipient != "" || x.touched[k] { // touched: it could not be built
			continue
		}
		old, isBuilt := part, part.State == Built
		members := x.rollUp(&part, func(row Run) bool { return row.Part == part.Part && row.Recipient != "" })
		// A built part without recipients in this attempt is done, unless the attempt failed before it could be sent. A workbook of an earlier
		// attempt may have reached the others now.
		if isBuilt && (members > 0 || failure == nil) || members > 0 && (part.State != old.State || part.Error != old.Error) {
			if err := x.record(part); err != nil {
				return x.results(), err
			}
		}
	}
	summary := x.summary()
	x.rollUp(&summary, func(Run) bool { return true })
	x.markIncomplete(&summary)
	if failure != nil {
		switch {
		case errors.Is(failure, errEmpty) && len(x.problems) > 0:
			summary.State = Incomplete
			failure = fmt.Errorf("%w, but calls may be missing: %s", failure, x.problemSummary())
		case errors.Is(failure, errEmpty):
			summary.State = Skipped
		case summary.State == Sent && len(x.touched)+len(x.missing) > 0:
			summary.State = Partial
		default:
			summary.State = Failed
		}
		summary.Error = failure.Error()
	}
	if summary.RetryUntil = x.nextRetryDeadline(failure); !summary.RetryUntil.IsZero() {
		summary.State, summary.FinishedAt = Retrying, time.Time{}
	}
	if err := x.record(summary); err != nil {
		return x.results(), err
	}
	runs := x.results()
	if summary.State != Retrying {
		x.OnFinished(context.WithoutCancel(ctx), x.entry, runs)
	}
	return runs, nil
}

// rollUp derives the state of a part or of the report from those of this attempt's rows that belong to it, and returns their number. What was
// delivered counts, too, if this attempt only sends what is missing.
func (x *run) rollUp(row *Run, contains func(Run) bool) (total int) {
	row.FinishedAt, row.State, row.Error = x.now(), Sent, ""
	states, first := map[State]int{}, ""
	for _, k := range x.keys {
		member := x.rows[k]
		counts := x.touched[k] || len(x.missing) > 0 && member.Recipient != "" && member.State == Sent
		if !counts || !contains(member) {
			continue
		}
		total++
		states[member.State]++
		if member.State != Sent && first == "" {
			first = member.target() + ": " + member.Error
		}
	}
	bad := total - states[Sent]
	switch {
	case bad == 0:
		return total
	case states[Unknown] > 0:
		row.State = Unknown
	case bad == total:
		row.State = Failed
	default:
		row.State = Partial
	}
	if row.Error = first; bad > 1 {
		row.Error = fmt.Sprintf("%d of %d; the first: %s", bad, total, first)
	}
	return total
}

// markIncomplete marks a report as incomplete if not all calls were loaded when one of its workbooks was built. Parts that it does not have
// any more do not count.
func (x *run) markIncomplete(summary *Run) {
	for _, k := range x.keys {
		row := x.rows[k]
		if row.Incomplete == "" || row.Part != "" && x.listed != nil && !x.listed[row.Part] {
			continue
		}
		missing := "calls may be missing: " + row.Incomplete
		if summary.State == Sent {
			summary.State, summary.Error = Incomplete, missing
		} else {
			summary.Error += "; " + missing
		}
		return
	}
}

// target names the part and recipient of a row in an error.
func (r Run) target() string {
	switch {
	case r.Recipient == "":
		return r.Part
	case r.Part == "":
		return r.Recipient
	}
	return r.Part + " to " + r.Recipient
}
