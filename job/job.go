// Package job runs reports when they are due: each due time is a run of a fixed period, so a run that comes late or is repeated by
// hand reports the same days. How far each run came is kept in a ledger before and after every step, so that nothing is sent twice
// and nothing is lost without a word, wherever a run is cut short.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"callsheet/deliver"
	"callsheet/period"
)

// Entry is a report of the configuration.
type Entry struct {
	Report   string
	Schedule *Schedule      // nil: run by hand only
	Zone     *time.Location // of "yesterday"
	Period   string         // relative to the due time
	Burst    bool           // a workbook for each part
	Ways     []deliver.Way
	CatchUp  int           // so many due times that were missed are run later
	Wait     time.Duration // for data through the period's end
	RetryFor time.Duration // a run or a delivery that fails is retried
	Tell     bool          // also that there is nothing to report
}

// Workbook is a finished one.
type Workbook struct {
	Parcel deliver.Parcel
	Rows   int64
}

// Work is what a run is made of.
type Work struct {
	Lock     func(ctx context.Context, report string) (release func() error, err error)                  // nobody else runs it
	Refresh  func(ctx context.Context) error                                                             // loads and publishes
	Complete func(ctx context.Context, span period.Period) (bool, error)                                 // whether something came after the period
	Worth    func(ctx context.Context, report string, span period.Period) (bool, error)                  // whether there is something to report
	Parts    func(ctx context.Context, report string, span period.Period) ([]string, error)              // of a burst
	Build    func(ctx context.Context, report string, span period.Period, part string) (Workbook, error) // makes the workbook
	Nothing  func(report string, span period.Period) deliver.Parcel                                      // says that there is nothing
	Missed   func(ctx context.Context, entry Entry, due []time.Time)                                     // is told of due times that are skipped, newest first
	Ended    func(ctx context.Context, entry Entry, runs []Run)                                          // is told how it went
}

// Runner runs entries.
type Runner struct {
	Entries []Entry
	Work    Work
	Ledger  Ledger
	Now     func() time.Time
	Log     *slog.Logger
	// Attempt makes one attempt of a run; Run in this process when nil.
	Attempt func(ctx context.Context, entry Entry, due time.Time, how How) ([]Run, error)
}

// How says what is special about a run by hand.
type How struct {
	Resend bool // also what may have been sent; where everything was, all of it
}

// firstWait is how long a run or a delivery that failed waits for its next try; each further wait is twice as long, up to longestWait.
const (
	firstWait   = time.Minute
	longestWait = 15 * time.Minute
	// dataWait is how often a run that waits for its data looks for it.
	dataWait = time.Minute
)

// errStopped ends a run when the program ends; it goes on where it was when the program is back.
var errStopped = errors.New("stopped before everybody had it\nhint: callsheet run goes on where it was, and so does the scheduler when it is back")

// A run is one report for one period being made and sent.
type run struct {
	*Runner
	entry Entry
	how   How
	span  period.Period
	base  Run         // what all rows have
	rows  map[key]Run // how they stand
	order []key
	now   map[key]bool // the recipients, and the parts that failed, of this try
	until time.Time    // when the time to retry ends, where an earlier attempt failed
	again error        // the first failure of a part or of its recipients that another attempt may not meet
	anew  bool         // everybody has it and is to get it again, with what is known now
	vain  bool         // it has waited for data that did not come
}

// Run makes one attempt of an entry as at its due time, from where an earlier one left it, and gives how it stands: the whole first,
// then its parts and recipients. What failed and may be retried is Retrying. What was sent or may have been is not sent again without Resend, unless sending it twice leaves what sending
// it once does. When ctx ends, the run stops before the next recipient; a later one goes on there.
func (r *Runner) Run(ctx context.Context, entry Entry, due time.Time, how How) (runs []Run, err error) {
	release, err := r.Work.Lock(ctx, entry.Report)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	x, err := r.prepare(entry, due)
	if err != nil {
		return nil, err
	}
	x.how = how
	if x.rows[x.base.key()].State == Sent {
		once := func(way deliver.Way) bool { return !way.Repeatable() }
		x.anew = how.Resend || !slices.ContainsFunc(entry.Ways, once)
		if !x.anew && !slices.ContainsFunc(entry.Ways, deliver.Way.Repeatable) {
			return x.list(), nil
		}
	}
	err = x.do(ctx)
	if err != nil && ctx.Err() != nil {
		return x.list(), errStopped
	}
	if err := x.end(err); err != nil {
		return x.list(), err
	}
	runs = x.list()
	if runs[0].State != Retrying {
		r.Work.Ended(context.WithoutCancel(ctx), entry, runs)
	}
	return runs, nil
}

// prepare reads how earlier tries of a report for a due time left it.
func (r *Runner) prepare(entry Entry, due time.Time) (*run, error) {
	x := &run{Runner: r, entry: entry, rows: map[key]Run{}, now: map[key]bool{}}
	var err error
	if x.span, x.base, err = r.about(entry, due); err != nil {
		return nil, err
	}
	runs, err := r.Ledger.Runs()
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		of := x.base.key()
		of.part, of.recipient = r.Part, r.Recipient
		if r.key() != of {
			continue
		}
		x.rows[of] = r
		x.order = append(x.order, of)
	}
	if whole := x.rows[x.base.key()]; !whole.ended() {
		x.until = whole.RetryUntil
	}
	return x, nil
}

// about is the period of a report for a due time, and what all of its rows have.
func (r *Runner) about(entry Entry, due time.Time) (span period.Period, row Run, err error) {
	if span, err = period.Parse(entry.Period, due.In(entry.Zone)); err != nil {
		return span, row, Permanent(err)
	}
	row = Run{Report: entry.Report, Period: span.String(), DueAt: due, StartedAt: r.Now()}
	row.Open = !period.Day(due.In(entry.Zone)).After(span.To)
	return span, row, nil
}

// write keeps how a row stands, before what it says is done or once it is.
func (x *run) write(r Run) error {
	k := r.key()
	if _, known := x.rows[k]; !known {
		x.order = append(x.order, k)
	}
	x.rows[k] = r
	return x.Ledger.Append(r)
}

// set changes the state of the whole.
func (x *run) set(state State) error {
	whole := x.base
	old := x.rows[whole.key()]
	whole.File, whole.SHA256, whole.Rows, whole.About = old.File, old.SHA256, old.Rows, old.About
	whole.State, whole.RetryUntil = state, x.until
	return x.write(whole)
}

func (x *run) list() []Run {
	var runs []Run
	for _, whole := range []bool{true, false} {
		for _, k := range x.order {
			if r := x.rows[k]; r.Whole() == whole {
				runs = append(runs, r)
			}
		}
	}
	return runs
}

func (x *run) do(ctx context.Context) error {
	if err := x.set(Building); err != nil {
		return err
	}
	if err := x.data(ctx); err != nil {
		return err
	}
	parcels, err := x.build(ctx)
	if err != nil {
		return err
	}
	return x.send(ctx, parcels)
}

// data loads, until there is something from after the period or the time to wait for that is over.
func (x *run) data(ctx context.Context) error {
	until := x.base.DueAt.Add(x.entry.Wait)
	for {
		if err := x.Work.Refresh(ctx); err != nil {
			return err
		}
		if x.base.Open || x.entry.Wait == 0 {
			return nil
		}
		complete, err := x.Work.Complete(ctx, x.span)
		if complete || err != nil {
			return err
		}
		if !x.Now().Before(until) {
			x.vain = true
			return nil
		}
		if x.rows[x.base.key()].State != Due {
			x.Log.Info("report waits for its data", "report", x.entry.Report, "period", x.span.String(), "until", until)
			if err := x.set(Due); err != nil {
				return err
			}
		}
		if !sleep(ctx, min(dataWait, until.Sub(x.Now()))) {
			return errStopped
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

// errNothing ends a run that has nothing to report and is not to say so.
var errNothing = errors.New("there is nothing to report")

// build makes the workbook of each part that is not there from an earlier try. What fails of a burst does not keep the other parts.
func (x *run) build(ctx context.Context) ([]deliver.Parcel, error) {
	worth, err := x.Work.Worth(ctx, x.entry.Report, x.span)
	if err != nil {
		return nil, err
	}
	parts := []string{""}
	if worth && x.entry.Burst {
		if parts, err = x.Work.Parts(ctx, x.entry.Report, x.span); err != nil {
			return nil, err
		}
		worth = len(parts) > 0
	}
	if !worth {
		if !x.entry.Tell {
			return nil, errNothing
		}
		return []deliver.Parcel{x.Work.Nothing(x.entry.Report, x.span)}, x.set(Built)
	}
	var parcels []deliver.Parcel
	for _, part := range parts {
		parcel, err := x.buildPart(ctx, part)
		if err == nil {
			parcels = append(parcels, parcel)
			continue
		}
		if !x.entry.Burst || ctx.Err() != nil {
			return nil, err
		}
		row := x.base
		row.Part, row.State, row.Error, row.FinishedAt = part, Failed, err.Error(), x.Now()
		x.now[row.key()] = true
		x.note(err)
		if err := x.write(row); err != nil {
			return nil, err
		}
	}
	if !x.entry.Burst {
		return parcels, nil
	}
	return parcels, x.set(Built)
}

func (x *run) buildPart(ctx context.Context, part string) (parcel deliver.Parcel, err error) {
	row := x.base
	row.Part = part
	if old, known := x.rows[row.key()]; known && old.File != "" && !x.anew {
		if sum, err := deliver.Sum(old.File); err == nil && sum == old.SHA256 && json.Unmarshal(old.About, &parcel) == nil {
			parcel.File = old.File
			return parcel, nil
		}
	}
	built, err := x.Work.Build(ctx, x.entry.Report, x.span, part)
	if err != nil {
		return parcel, err
	}
	if x.vain {
		built.Parcel.Notes = append([]string{"This may not be all: nothing from after the period had come when it was made."}, built.Parcel.Notes...)
	}
	row.State, row.File, row.SHA256, row.Rows = Built, built.Parcel.File, built.Parcel.SHA256, built.Rows
	if row.About, err = json.Marshal(built.Parcel); err != nil {
		return parcel, err
	}
	return built.Parcel, x.write(row)
}

// A sending is one parcel to one recipient.
type sending struct {
	parcel deliver.Parcel
	way    deliver.Way
	row    Run
}

// send brings every parcel to all of its recipients that do not have it, and those that fail once more, until the time for that is
// over.
func (x *run) send(ctx context.Context, parcels []deliver.Parcel) error {
	if err := x.set(Sending); err != nil {
		return err
	}
	var open []sending
	for _, parcel := range parcels {
		for _, way := range x.entry.Ways {
			sendings, err := x.sendings(ctx, parcel, way)
			if err != nil {
				return err
			}
			open = append(open, sendings...)
		}
	}
	until := x.Now().Add(x.entry.RetryFor)
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		var again []sending
		for _, s := range open {
			if ctx.Err() != nil {
				return errStopped
			}
			retry, err := x.sendOne(context.WithoutCancel(ctx), &s)
			if err != nil {
				return err
			}
			if retry {
				again = append(again, s)
			}
		}
		if open = again; len(open) == 0 || x.Now().Add(wait).After(until) {
			return nil
		}
		x.Log.Warn("delivery failed and will be tried again", "report", x.entry.Report, "period", x.span.String(), "recipients", len(open),
			"in", wait, "error", open[0].row.Error)
		if !sleep(ctx, wait) {
			return errStopped
		}
	}
}

// sendings are those of a parcel by one way that are still to be done.
func (x *run) sendings(ctx context.Context, parcel deliver.Parcel, way deliver.Way) (open []sending, err error) {
	recipients, err := way.Recipients(ctx, parcel.Part)
	row := x.base
	row.Part, row.SHA256 = parcel.Part, parcel.SHA256
	if err == nil && len(recipients) == 0 {
		err = Permanent(errors.New("it has no recipients\nhint: name them under to, recipients or recipients_query"))
	}
	if err != nil {
		row.Recipient, row.State, row.Error, row.FinishedAt = "nobody", Failed, err.Error(), x.Now()
		x.now[row.key()] = true
		x.note(err)
		return nil, x.write(row)
	}
	for _, recipient := range recipients {
		row.Recipient = recipient
		if x.now[row.key()] {
			continue // two ways to one place
		}
		x.now[row.key()] = true
		old := x.rows[row.key()]
		switch {
		case x.anew, x.how.Resend && old.State != Sent, way.Repeatable():
		case old.State == Sent || old.State == Unknown:
			continue
		case old.State == Sending:
			old.State, old.FinishedAt = Unknown, x.Now()
			old.Error = "it was cut short while it was being sent: " + deliver.ErrUnknown.Error()
			if err := x.write(old); err != nil {
				return nil, err
			}
			continue
		}
		fresh := row
		fresh.Attempts = old.Attempts
		open = append(open, sending{parcel, way, fresh})
	}
	return open, nil
}

// sendOne tells whether a parcel is to be sent once more.
func (x *run) sendOne(ctx context.Context, s *sending) (retry bool, err error) {
	s.row.State, s.row.Error, s.row.FinishedAt = Sending, "", time.Time{}
	s.row.Attempts++
	if err := x.write(s.row); err != nil {
		return false, err
	}
	place, err := s.way.Send(ctx, s.parcel, s.row.Recipient)
	s.row.Place, s.row.FinishedAt = place, x.Now()
	switch {
	case err == nil:
		s.row.State = Sent
	case errors.Is(err, deliver.ErrUnknown) && !s.way.Repeatable():
		s.row.State, s.row.Error = Unknown, err.Error()
	default:
		s.row.State, s.row.Error = Failed, err.Error()
		retry = !errors.Is(err, deliver.ErrRefused)
	}
	return retry, x.write(s.row)
}

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
	if x.conclude(&whole, func(row Run) bool { return true }); failed != nil {
		switch {
		case errors.Is(failed, errNothing):
			whole.State = Skipped
		case whole.State == Sent && len(x.now) > 0:
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
	row.FinishedAt, row.State, row.Error = x.Now(), Sent, ""
	states, all, first := map[State]int{}, 0, ""
	for _, k := range x.order {
		of := x.rows[k]
		if !x.now[k] || !has(of) {
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
