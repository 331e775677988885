package job

import (
	"context"
	"slices"
	"time"

	"callsheet/internal/notify"
	"callsheet/internal/period"
)

// A run is one attempt of building and sending a report for a period. Its state is in the ledger; execute moves it through Building,
// Due (while it waits for data), Built and Sending, and finish into a terminal state or Retrying.
type run struct {
	*Runner
	entry         Entry
	options       RunOptions
	span          period.Period
	base          Run             // the fields that all rows share
	rows          map[key]Run     // the current row of each key
	keys          []key           // in the order of their first row
	touched       map[key]bool    // recipients, and parts that failed, of this attempt
	warned        map[string]bool // recipients of which a warning is logged
	retryDeadline time.Time       // set while an earlier failure is retried
	retryableErr  error           // the first failure of a part or a recipient lookup that a retry may overcome
	undelivered   bool            // a delivery failed, which a retry may overcome
	wasSending    bool            // an earlier attempt began to send. The rest is sent as it was built: newer data may have nothing to report
	empty         bool            // there is nothing to report
	listed        map[string]bool // the parts with calls; nil before they are listed
	resendAll     bool            // the report was delivered; build it from current data and send it to everyone
	missing       []string        // the report was delivered; build these parts and send them to those who lack them. nil: build all
	dataTimedOut  bool            // WaitForData passed and the period was not complete
	problems      []string        // what this attempt could not load
}

// resume reads the state in which earlier attempts left a run.
func (r *Runner) resume(entry Entry, due time.Time, options RunOptions) (*run, error) {
	span, base, err := r.newRow(entry, due, options.ByHand)
	if err != nil {
		return nil, err
	}
	recorded, err := r.Ledger.Runs()
	if err != nil {
		return nil, err
	}
	span, base.Period = recordedPeriod(entry, recorded, span, base)
	x := &run{Runner: r, entry: entry, options: options, span: span, base: base, rows: map[key]Run{}, touched: map[key]bool{}}
	for _, row := range recorded {
		k := base.key()
		k.part, k.recipient = row.Part, row.Recipient
		if row.key() != k || row.isPremature() && !row.DueAt.After(x.now()) {
			continue
		}
		x.rows[k] = row
		x.keys = append(x.keys, k)
	}
	x.resendAll = x.isDelivered() && (options.Resend || !x.hasChannel(false))
	if summary := x.summary(); !summary.isTerminal() {
		x.retryDeadline = summary.RetryUntil
		x.wasSending = summary.Begun
	}
	return x, nil
}

// newRow returns the period of a report for a due time, and a row with the fields that all rows of the run share. A run by hand may
// begin before a scheduled one could.
func (r *Runner) newRow(entry Entry, due time.Time, byHand bool) (span period.Period, row Run, err error) {
	if span, err = entry.Span(due); err != nil {
		return span, row, Permanent(err)
	}
	row = Run{Report: entry.Report, Period: span.String(), DueAt: due, StartedAt: r.now(), Machine: r.Machine}
	began := entry.Ready(due)
	if byHand && row.StartedAt.Before(began) {
		began = row.StartedAt
	}
	row.PeriodOpen = began.Before(span.End(entry.dataZone()))
	return span, row, nil
}

// recordedPeriod returns the running period that the ledger has for a due time, or else the given one. Earlier versions used the reader's
// date; their run for the due time is the same report.
func recordedPeriod(entry Entry, recorded []Run, span period.Period, base Run) (period.Period, string) {
	for _, row := range recorded {
		if !period.IsRunning(entry.Period) || row.Report != entry.Report || !row.PeriodOpen || !row.DueAt.Equal(base.DueAt) {
			continue
		}
		old, err := period.Parse(row.Period, row.DueAt)
		if isSameKind := old.Days() == span.Days() || old.IsMonth() && span.IsMonth(); err == nil && isSameKind {
			return old, old.String()
		}
	}
	return span, base.Period
}

// execute loads, builds and sends.
func (x *run) execute(ctx context.Context) error {
	if err := x.setState(Building); err != nil {
		return err
	}
	parts, err := x.missing, error(nil)
	if parts == nil {
		parts = x.builtParts()
	}
	if parts == nil {
		if err := x.awaitData(ctx); err != nil {
			return err
		}
		if parts, err = x.parts(ctx); err != nil {
			return err
		}
	}
	messages, err := x.build(ctx, parts)
	if err != nil {
		return err
	}
	return x.send(ctx, messages)
}

// record appends a row to the ledger: before the action that it announces, or after the one that it reports.
func (x *run) record(row Run) error {
	k := row.key()
	if _, exists := x.rows[k]; !exists {
		x.keys = append(x.keys, k)
	}
	x.rows[k] = row
	return x.Ledger.Append(row)
}

// setState records a new state of the summary row.
func (x *run) setState(state State) error {
	row, old := x.base, x.summary()
	row.File, row.SHA256, row.Group, row.Rows, row.Message, row.Incomplete = old.File, old.SHA256, old.Group, old.Rows, old.Message, old.Incomplete
	row.State, row.RetryUntil, row.Begun = state, x.retryDeadline, x.wasSending || state == Sending && !x.empty
	return x.record(row)
}

// summary returns the row of the whole report.
func (x *run) summary() Run { return x.rows[x.base.key()] }

// results returns the summary row, then those of parts and recipients, without earlier failures to find recipients who are found now.
func (x *run) results() []Run {
	var runs []Run
	for _, summary := range []bool{true, false} {
		for _, k := range x.keys {
			row := x.rows[k]
			isStale := row.Recipient == noRecipient && !x.touched[k]
			if row.IsSummary() == summary && !isStale {
				runs = append(runs, row)
			}
		}
	}
	return runs
}

// isDelivered reports whether an earlier attempt delivered the report to every recipient.
func (x *run) isDelivered() bool {
	state := x.summary().State
	return state == Sent || state == Incomplete && len(x.keys) > 1
}

// isUpToDate reports whether there is nothing to do: the report was delivered to people, who are not sent it again.
func (x *run) isUpToDate() bool {
	return x.isDelivered() && !x.resendAll && !x.hasChannel(true)
}

// channels returns the channels that this attempt sends through: without a workbook, those that can say that there is nothing to report.
func (x *run) channels() []notify.Channel {
	if !x.empty {
		return x.entry.Channels
	}
	if !x.entry.NotifyEmpty {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(x.entry.Channels), notify.NeedsWorkbook)
}

// hasChannel reports whether the report goes to a channel that is idempotent, or to one that is not.
func (x *run) hasChannel(idempotent bool) bool {
	return slices.ContainsFunc(x.entry.Channels, func(c notify.Channel) bool { return c.Idempotent() == idempotent })
}
