package job

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// finish writes down how each part and the whole went, from how their recipients did or from why it came to none of them.
func (x *run) finish(failed error) error {
	for _, k := range slices.Clone(x.keys) {
		if part := x.rows[k]; part.Part != "" && part.Recipient == "" && part.State == Built {
			x.rollUp(&part, func(row Run) bool { return row.Part == part.Part && row.Recipient != "" })
			if err := x.write(part); err != nil {
				return err
			}
		}
	}
	whole := x.rows[x.base.key()]
	x.rollUp(&whole, func(row Run) bool { return true })
	x.markIncomplete(&whole)
	if failed != nil {
		switch {
		case errors.Is(failed, errEmpty) && len(x.problems) > 0:
			whole.State = Incomplete
			failed = fmt.Errorf("%w, but calls may be missing: %s", failed, x.problemSummary())
		case errors.Is(failed, errEmpty):
			whole.State = Skipped
		case whole.State == Sent && len(x.touched) > 0:
			whole.State = Partial
		default:
			whole.State = Failed
		}
		whole.Error = failed.Error()
	} else {
		failed = x.retryableErr
	}
	if whole.RetryUntil = x.nextRetryDeadline(failed); !whole.RetryUntil.IsZero() {
		whole.State, whole.FinishedAt = Retrying, time.Time{}
	}
	return x.write(whole)
}

// conclude sets how a part or the whole ended, by the rows of this try that belong to it.
func (x *run) rollUp(row *Run, has func(Run) bool) {
	row.FinishedAt, row.State, row.Error = x.now(), Sent, ""
	states, all, first := map[State]int{}, 0, ""
	for _, k := range x.keys {
		of := x.rows[k]
		if !x.touched[k] || !has(of) {
			continue
		}
		all++
		states[of.State]++
		if of.State != Sent && first == "" {
			first = of.target() + ": " + of.Error
		}
	}
	bad := all - states[Sent]
	switch {
	case bad == 0:
		return
	case states[Unknown] > 0:
		row.State = Unknown
	case bad == all:
		row.State = Failed
	default:
		row.State = Partial
	}
	if row.Error = first; bad > 1 {
		row.Error = fmt.Sprintf("%d of %d; the first: %s", bad, all, first)
	}
}

// markIncomplete marks a report as incomplete that everybody has and whose calls were not all loaded when it was made.
func (x *run) markIncomplete(whole *Run) {
	for _, k := range x.keys {
		row := x.rows[k]
		if row.Incomplete == "" {
			continue
		}
		missing := "calls may be missing: " + row.Incomplete
		if whole.State == Sent {
			whole.State, whole.Error = Incomplete, missing
		} else {
			whole.Error += "; " + missing
		}
		return
	}
}

// problemSummary is what the load could not load, in one line.
func (x *run) problemSummary() string {
	switch len(x.problems) {
	case 0:
		return ""
	case 1:
		return x.problems[0]
	}
	return fmt.Sprintf("%d problems; the first: %s", len(x.problems), x.problems[0])
}

// target names what a row is of, in an error.
func (r Run) target() string {
	switch {
	case r.Recipient == "":
		return r.Part
	case r.Part == "":
		return r.Recipient
	}
	return r.Part + " to " + r.Recipient
}
