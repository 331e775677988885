package job

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// end writes down how each part and the whole went, from how their recipients did or from why it came to none of them.
func (x *run) end(failed error) error {
	for _, k := range slices.Clone(x.order) {
		if part := x.rows[k]; part.Part != "" && part.Recipient == "" && part.State == Built {
			x.conclude(&part, func(row Run) bool { return row.Part == part.Part && row.Recipient != "" })
			if err := x.write(part); err != nil {
				return err
			}
		}
	}
	whole := x.rows[x.base.key()]
	x.conclude(&whole, func(row Run) bool { return true })
	x.complete(&whole)
	if failed != nil {
		switch {
		case errors.Is(failed, errNothing) && len(x.left) > 0:
			whole.State = Incomplete
			failed = fmt.Errorf("%w, but calls may be missing: %s", failed, x.leftBehind())
		case errors.Is(failed, errNothing):
			whole.State = Skipped
		case whole.State == Sent && len(x.tried) > 0:
			whole.State = Partly
		default:
			whole.State = Failed
		}
		whole.Error = failed.Error()
	} else {
		failed = x.again
	}
	if whole.RetryUntil = x.retryUntil(failed); !whole.RetryUntil.IsZero() {
		whole.State, whole.FinishedAt = Retrying, time.Time{}
	}
	return x.write(whole)
}

// conclude sets how a part or the whole ended, by the rows of this try that belong to it.
func (x *run) conclude(row *Run, has func(Run) bool) {
	row.FinishedAt, row.State, row.Error = x.now(), Sent, ""
	states, all, first := map[State]int{}, 0, ""
	for _, k := range x.order {
		of := x.rows[k]
		if !x.tried[k] || !has(of) {
			continue
		}
		all++
		states[of.State]++
		if of.State != Sent && first == "" {
			first = of.of() + ": " + of.Error
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
		row.State = Partly
	}
	if row.Error = first; bad > 1 {
		row.Error = fmt.Sprintf("%d of %d; the first: %s", bad, all, first)
	}
}

// complete marks a report as incomplete that everybody has and whose calls were not all loaded when it was made.
func (x *run) complete(whole *Run) {
	for _, k := range x.order {
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

// leftBehind is what the load could not load, in one line.
func (x *run) leftBehind() string {
	switch len(x.left) {
	case 0:
		return ""
	case 1:
		return x.left[0]
	}
	return fmt.Sprintf("%d problems; the first: %s", len(x.left), x.left[0])
}

// of names what a row is of, in an error.
func (r Run) of() string {
	switch {
	case r.Recipient == "":
		return r.Part
	case r.Part == "":
		return r.Recipient
	}
	return r.Part + " to " + r.Recipient
}
