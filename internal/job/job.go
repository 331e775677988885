// Package job runs reports when they are due: each due time is a run of a fixed period, so a run that comes late or is repeated by
// hand reports the same days. How far each run came is kept in a ledger before and after every step, so that nothing is sent twice
// and nothing is lost without a word, wherever a run is cut short.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"callsheet/internal/notify"
	"callsheet/internal/period"
)

// Entry is a report of the configuration.
type Entry struct {
	Report      string
	Schedule    *Schedule      // nil: run by hand only
	Zone        *time.Location // of "yesterday"
	Period      string         // relative to the due time
	Burst       bool           // a workbook for each part
	Channels    []notify.Channel
	CatchUp     int           // so many due times that were missed are run later
	WaitForData time.Duration // for data through the period's end
	RetryFor    time.Duration // a run or a delivery that fails is retried
	NotifyEmpty bool          // also that there is nothing to report
}

// Runner runs the reports of the configuration.
type Runner struct {
	Entries []Entry
	Steps   Steps
	Ledger  Ledger
	Now     func() time.Time
	Uptime  func() time.Duration // monotonic, so that Serve notices when the clock is set; nil: the clock is never set
	Log     *slog.Logger
	// Attempt makes one attempt of a run; Run in this process when nil. An attempt that crashes is recorded by Fail.
	Attempt func(ctx context.Context, entry Entry, due time.Time, options RunOptions) ([]Run, error)
	// DataTime loads new deliveries and returns the latest time that they prove to have passed. Serve needs it.
	DataTime func(ctx context.Context) (time.Time, error)
	// OnFinished is called with the result of a run that reached a terminal state.
	OnFinished func(ctx context.Context, entry Entry, runs []Run)
	// OnMissed is called with due times that are skipped, newest first. Serve needs it.
	OnMissed func(ctx context.Context, entry Entry, due []time.Time)

	clock *clock // of Serve
}

// RunOptions says what is special about a run by hand.
type RunOptions struct {
	Resend bool // also what may have been sent; where everything was, all of it
}

// firstWait is how long a run or a delivery that failed waits for its next try; each further wait is twice as long, up to longestWait.
const (
	initialBackoff = time.Minute
	maxBackoff     = 15 * time.Minute
	// dataPollInterval is how often a run that waits for its data looks for it.
	dataPollInterval = time.Minute
)

// ErrStopped ends a run when the program ends; it goes on where it was when the program is back.
var ErrStopped = errors.New("stopped before everybody had it\nhint: callsheet run goes on where it was, and so does the scheduler when it is back")

// A run is one report for one period being made and sent.
type run struct {
	*Runner
	entry         Entry
	options       RunOptions
	span          period.Period
	base          Run         // what all rows have
	rows          map[key]Run // how they stand
	keys          []key
	touched       map[key]bool // the recipients, and the parts that failed, of this try
	retryDeadline time.Time    // when the time to retry ends, where an earlier attempt failed
	retryableErr  error        // the first failure of a part or of its recipients that another attempt may not meet
	resendAll     bool         // everybody has it and is to get it again, with what is known now
	dataTimedOut  bool         // it has waited for data that did not come
	problems      []string     // what the load of this attempt could not load
}

// Run makes one attempt of an entry as at its due time, from where an earlier one left it, and gives how it stands: the whole first,
// then its parts and recipients. What failed and may be retried is Retrying. What was sent or may have been is not sent again without Resend, unless sending it twice leaves what sending
// it once does. When ctx ends, the run stops before the next recipient; a later one goes on there.
func (r *Runner) Run(ctx context.Context, entry Entry, due time.Time, how RunOptions) (runs []Run, err error) {
	release, err := r.Steps.Lock(ctx, entry.Report)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	x, err := r.prepare(entry, due)
	if err != nil {
		return nil, err
	}
	x.options = how
	if x.isDelivered() {
		once := func(channel notify.Channel) bool { return !channel.Idempotent() }
		x.resendAll = how.Resend || !slices.ContainsFunc(entry.Channels, once)
		if !x.resendAll && !slices.ContainsFunc(entry.Channels, notify.Channel.Idempotent) {
			return x.results(), nil
		}
	}
	err = x.execute(ctx)
	if err != nil && ctx.Err() != nil {
		return x.results(), ErrStopped
	}
	if err := x.finish(err); err != nil {
		return x.results(), err
	}
	runs = x.results()
	if runs[0].State != Retrying {
		r.OnFinished(context.WithoutCancel(ctx), entry, runs)
	}
	return runs, nil
}

// isDelivered reports whether an earlier attempt brought the report to everybody, whole or incomplete.
func (x *run) isDelivered() bool {
	state := x.rows[x.base.key()].State
	return state == Sent || state == Incomplete && len(x.keys) > 1
}

// prepare reads how earlier tries of a report for a due time left it.
func (r *Runner) prepare(entry Entry, due time.Time) (*run, error) {
	x := &run{Runner: r, entry: entry, rows: map[key]Run{}, touched: map[key]bool{}}
	var err error
	if x.span, x.base, err = r.newRow(entry, due); err != nil {
		return nil, err
	}
	runs, err := r.Ledger.Runs()
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		of := x.base.key()
		of.part, of.recipient = r.Part, r.Recipient
		if r.key() != of || r.isPremature() && !r.DueAt.After(x.now()) {
			continue
		}
		x.rows[of] = r
		x.keys = append(x.keys, of)
	}
	if whole := x.rows[x.base.key()]; !whole.isTerminal() {
		x.retryDeadline = whole.RetryUntil
	}
	return x, nil
}

// newRow is the period of a report for a due time, and what all of its rows have.
func (r *Runner) newRow(entry Entry, due time.Time) (span period.Period, row Run, err error) {
	if span, err = period.Parse(entry.Period, due.In(entry.Zone)); err != nil {
		return span, row, Permanent(err)
	}
	row = Run{Report: entry.Report, Period: span.String(), DueAt: due, StartedAt: r.now()}
	over := due
	if row.StartedAt.Before(due) {
		over = row.StartedAt // a person runs it before it is due
	}
	row.PeriodOpen = !period.Day(over.In(entry.Zone)).After(span.To)
	return span, row, nil
}

// write keeps how a row stands, before what it says is done or once it is.
func (x *run) write(r Run) error {
	k := r.key()
	if _, known := x.rows[k]; !known {
		x.keys = append(x.keys, k)
	}
	x.rows[k] = r
	return x.Ledger.Append(r)
}

// setState changes the state of the whole.
func (x *run) setState(state State) error {
	whole := x.base
	old := x.rows[whole.key()]
	whole.File, whole.SHA256, whole.Rows, whole.Message, whole.Incomplete = old.File, old.SHA256, old.Rows, old.Message, old.Incomplete
	whole.State, whole.RetryUntil = state, x.retryDeadline
	return x.write(whole)
}

func (x *run) results() []Run {
	var runs []Run
	for _, whole := range []bool{true, false} {
		for _, k := range x.keys {
			if r := x.rows[k]; r.IsSummary() == whole {
				runs = append(runs, r)
			}
		}
	}
	return runs
}

func (x *run) execute(ctx context.Context) error {
	if err := x.setState(Building); err != nil {
		return err
	}
	if err := x.awaitData(ctx); err != nil {
		return err
	}
	messages, err := x.build(ctx)
	if err != nil {
		return err
	}
	return x.send(ctx, messages)
}

// awaitData loads, until everything is loaded and there is something from after the period, or the time to wait for that is over.
func (x *run) awaitData(ctx context.Context) error {
	until := x.base.DueAt.Add(x.entry.WaitForData)
	for {
		var err error
		if x.problems, err = x.Steps.Refresh(ctx); err != nil {
			return err
		}
		if x.entry.WaitForData == 0 || x.base.PeriodOpen && len(x.problems) == 0 {
			return nil
		}
		complete := x.base.PeriodOpen
		if !complete {
			if complete, err = x.Steps.IsComplete(ctx, x.span); err != nil {
				return err
			}
		}
		if complete && len(x.problems) == 0 {
			return nil
		}
		if !x.now().Before(until) {
			x.dataTimedOut = !complete
			return nil
		}
		if x.rows[x.base.key()].State != Due {
			x.Log.Info("report waits for its data", "report", x.entry.Report, "period", x.span.String(), "until", until)
			if err := x.setState(Due); err != nil {
				return err
			}
		}
		if !sleep(ctx, min(dataPollInterval, until.Sub(x.now()))) {
			return ErrStopped
		}
	}
}

// sleep is false when ctx ends before.
func sleep(ctx context.Context, wait time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

// errEmpty ends a run that has nothing to report and is not to say so.
var errEmpty = errors.New("there is nothing to report")

// build makes the workbook of each part that is not there from an earlier try. What fails of a burst does not keep the other parts.
func (x *run) build(ctx context.Context) ([]notify.Message, error) {
	worth, err := x.Steps.ShouldRun(ctx, x.entry.Report, x.span)
	if err != nil {
		return nil, err
	}
	parts := []string{""}
	if worth && x.entry.Burst {
		if parts, err = x.Steps.Parts(ctx, x.entry.Report, x.span); err != nil {
			return nil, err
		}
		worth = len(parts) > 0
	}
	if !worth {
		if !x.entry.NotifyEmpty {
			return nil, errEmpty
		}
		nothing, whole := x.Steps.EmptyMessage(x.entry.Report, x.span), x.base
		nothing.Notes = append(x.completenessNotes(), nothing.Notes...)
		whole.State, whole.RetryUntil, whole.Incomplete = Built, x.retryDeadline, x.problemSummary()
		return []notify.Message{nothing}, x.write(whole)
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
		if err := x.write(row); err != nil {
			return nil, err
		}
	}
	if !x.entry.Burst {
		return messages, nil
	}
	return messages, x.setState(Built)
}

// completenessNotes are the notes of a workbook that may not have all calls.
func (x *run) completenessNotes() (notes []string) {
	if x.dataTimedOut {
		notes = append(notes, "This may not be all: nothing from after the period had come when it was made.")
	}
	if len(x.problems) > 0 {
		notes = append(notes, "Calls may be missing: "+x.problemSummary())
	}
	return notes
}

func (x *run) buildPart(ctx context.Context, part string) (message notify.Message, err error) {
	row := x.base
	row.Part = part
	if old, known := x.rows[row.key()]; known && old.File != "" && !x.resendAll {
		if sum, err := notify.FileSHA256(old.File); err == nil && sum == old.SHA256 && json.Unmarshal(old.Message, &message) == nil {
			message.File = old.File
			return message, nil
		}
	}
	built, err := x.Steps.Build(ctx, x.entry.Report, x.span, part)
	if err != nil {
		return message, err
	}
	row.Incomplete = x.problemSummary()
	built.Message.Notes = append(x.completenessNotes(), built.Message.Notes...)
	row.State, row.File, row.SHA256, row.Rows = Built, built.Message.File, built.Message.SHA256, built.Rows
	if row.Message, err = json.Marshal(built.Message); err != nil {
		return message, err
	}
	return built.Message, x.write(row)
}

// Find is the entry of a report.
func (r *Runner) Find(report string) (Entry, bool) {
	for _, entry := range r.Entries {
		if entry.Report == report {
			return entry, true
		}
	}
	return Entry{}, false
}

// Next is the first due time after now; zero for an entry without schedule.
func (e Entry) Next(now time.Time) time.Time {
	if e.Schedule == nil {
		return time.Time{}
	}
	return e.Schedule.Next(now)
}

// Due is the last due time up to now, the one that a run by hand stands for. Without a schedule, or before its first time, it is now.
func (e Entry) Due(now time.Time) time.Time {
	if e.Schedule != nil {
		if last := e.Schedule.Last(now); !last.IsZero() {
			return last
		}
	}
	return now.In(e.Zone)
}
