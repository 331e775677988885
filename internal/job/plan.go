package job

import (
	"context"
	"slices"
	"time"

	"callsheet/internal/notify"
)

// Plan is what a run would do with the data that is there.
type Plan struct {
	Report        string        `json:"report"`
	Period        string        `json:"period"`
	Words         string        `json:"-"` // the period
	DueAt         time.Time     `json:"due_at"`
	OpenUntil     time.Time     `json:"period_open_until,omitzero"` // the period is not over
	Complete      bool          `json:"data_complete"`              // the data that is there goes beyond the period
	AlreadySentAt time.Time     `json:"already_sent_at,omitzero"`   // everyone has the report
	Empty         bool          `json:"nothing_to_report"`          // only_if does not hold, or no part has calls
	Parts         []PlannedPart `json:"parts"`
}

// PlannedPart is what would be built and sent for a part of a burst, or for a report that is none.
type PlannedPart struct {
	Part       string            `json:"part,omitempty"`
	Deliveries []PlannedDelivery `json:"deliveries"`
	Error      string            `json:"error,omitempty"` // why nobody can be found to send it to
}

// PlannedDelivery is what would be done for one recipient.
type PlannedDelivery struct {
	Recipient string    `json:"recipient"`
	Location  string    `json:"place,omitempty"` // of a channel that is not to people
	State     State     `json:"state"`           // Due: it is sent; Sent or Unknown: an earlier run has sent it, or may have
	SentAt    time.Time `json:"sent_at,omitzero"`
}

// Plan returns what Run would do, without loading. It changes nothing.
func (r *Runner) Plan(ctx context.Context, entry Entry, due time.Time, options RunOptions) (plan Plan, err error) {
	x, err := r.resume(entry, due, options)
	if err != nil {
		return plan, err
	}
	plan = Plan{Report: entry.Report, Period: x.span.String(), Words: x.span.Words(), DueAt: due, OpenUntil: entry.OpenUntil(due, r.now()), Parts: []PlannedPart{}}
	delivered := x.isUpToDate()
	if plan.Complete, err = r.Steps.IsComplete(ctx, x.span); err != nil {
		return plan, err
	}
	parts, err := x.parts(ctx)
	if err != nil {
		return plan, err
	}
	if plan.Empty = x.empty; x.empty && len(x.channels()) > 0 {
		parts = []string{""}
	}
	var missing []string
	if delivered {
		if missing = x.missingParts(ctx, parts); len(missing) == 0 {
			plan.AlreadySentAt = x.summary().FinishedAt
		}
	}
	for _, part := range parts {
		planned := x.planPart(ctx, part)
		if delivered && !slices.Contains(missing, part) {
			planned.Error = ""
		}
		plan.Parts = append(plan.Parts, planned)
	}
	return plan, nil
}

func (x *run) planPart(ctx context.Context, part string) PlannedPart {
	planned := PlannedPart{Part: part, Deliveries: []PlannedDelivery{}}
	message := x.Steps.EmptyMessage(x.entry.Report, x.span, part)
	targets, failed := x.targets(ctx, message)
	for _, failure := range failed {
		planned.Error = failure.err.Error()
	}
	for _, t := range targets {
		d := PlannedDelivery{Recipient: t.row.Recipient}
		if !x.empty {
			d.Location = notify.Location(t.channel, message)
		}
		if d.State = x.status(t); d.State == Sent {
			d.SentAt = x.rows[t.row.key()].FinishedAt
		}
		planned.Deliveries = append(planned.Deliveries, d)
	}
	return planned
}
