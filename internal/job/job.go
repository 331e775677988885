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
	Report   string
	Schedule *Schedule      // nil: run by hand only
	Zone     *time.Location // of "yesterday"
	Period   string         // relative to the due time
	Burst    bool           // a workbook for each part
	Ways     []notify.Way
	CatchUp  int           // so many due times that were missed are run later
	Wait     time.Duration // for data through the period's end
	RetryFor time.Duration // a run or a delivery that fails is retried
	Tell     bool          // also that there is nothing to report
}

// Workbook is a finished one.
type Workbook struct {
	Parcel notify.Parcel
	Rows   int64
}

// Work is what a run is made of.
type Work struct {
	Lock     func(ctx context.Context, report string) (release func() error, err error)                  // nobody else runs it
	Refresh  func(ctx context.Context) (left []string, err error)                                        // loads and publishes; left: what could not be loaded
	Complete func(ctx context.Context, span period.Period) (bool, error)                                 // whether something came after the period
	DataTime func(ctx context.Context) (time.Time, error)                                                // loads; the newest time that the data shows to have passed
	Worth    func(ctx context.Context, report string, span period.Period) (bool, error)                  // whether there is something to report
	Parts    func(ctx context.Context, report string, span period.Period) ([]string, error)              // of a burst
	Build    func(ctx context.Context, report string, span period.Period, part string) (Workbook, error) // makes the workbook
	Nothing  func(report string, span period.Period) notify.Parcel                                       // says that there is nothing
	Missed   func(ctx context.Context, entry Entry, due []time.Time)                                     // is told of due times that are skipped, newest first
	Ended    func(ctx context.Context, entry Entry, runs []Run)                                          // is told how it went
}

// Runner runs entries.
type Runner struct {
	Entries []Entry
	Work    Work
	Ledger  Ledger
	Now     func() time.Time
	Uptime  func() time.Duration // goes on when the clock is set, so that Serve notices; nil: it is never set
	Log     *slog.Logger
	clock   *clock // of Serve
	// Attempt makes one attempt of a run; Run in this process when nil. What ends without recording how is recorded by Fail.
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

// ErrStopped ends a run when the program ends; it goes on where it was when the program is back.
var ErrStopped = errors.New("stopped before everybody had it\nhint: callsheet run goes on where it was, and so does the scheduler when it is back")

// A run is one report for one period being made and sent.
type run struct {
	*Runner
	entry Entry
	how   How
	span  period.Period
	base  Run         // what all rows have
	rows  map[key]Run // how they stand
	order []key
	tried map[key]bool // the recipients, and the parts that failed, of this try
	until time.Time    // when the time to retry ends, where an earlier attempt failed
	again error        // the first failure of a part or of its recipients that another attempt may not meet
	anew  bool         // everybody has it and is to get it again, with what is known now
	vain  bool         // it has waited for data that did not come
	left  []string     // what the load of this attempt could not load
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
	if x.delivered() {
		once := func(way notify.Way) bool { return !way.Repeatable() }
		x.anew = how.Resend || !slices.ContainsFunc(entry.Ways, once)
		if !x.anew && !slices.ContainsFunc(entry.Ways, notify.Way.Repeatable) {
			return x.list(), nil
		}
	}
	err = x.do(ctx)
	if err != nil && ctx.Err() != nil {
		return x.list(), ErrStopped
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

// delivered reports whether an earlier attempt brought the report to everybody, whole or incomplete.
func (x *run) delivered() bool {
	state := x.rows[x.base.key()].State
	return state == Sent || state == Incomplete && len(x.order) > 1
}

// prepare reads how earlier tries of a report for a due time left it.
func (r *Runner) prepare(entry Entry, due time.Time) (*run, error) {
	x := &run{Runner: r, entry: entry, rows: map[key]Run{}, tried: map[key]bool{}}
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
		if r.key() != of || r.tooEarly() && !r.DueAt.After(x.now()) {
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
	row = Run{Report: entry.Report, Period: span.String(), DueAt: due, StartedAt: r.now()}
	over := due
	if row.StartedAt.Before(due) {
		over = row.StartedAt // a person runs it before it is due
	}
	row.Open = !period.Day(over.In(entry.Zone)).After(span.To)
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
	whole.File, whole.SHA256, whole.Rows, whole.About, whole.Incomplete = old.File, old.SHA256, old.Rows, old.About, old.Incomplete
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

// data loads, until everything is loaded and there is something from after the period, or the time to wait for that is over.
func (x *run) data(ctx context.Context) error {
	until := x.base.DueAt.Add(x.entry.Wait)
	for {
		var err error
		if x.left, err = x.Work.Refresh(ctx); err != nil {
			return err
		}
		if x.entry.Wait == 0 || x.base.Open && len(x.left) == 0 {
			return nil
		}
		complete := x.base.Open
		if !complete {
			if complete, err = x.Work.Complete(ctx, x.span); err != nil {
				return err
			}
		}
		if complete && len(x.left) == 0 {
			return nil
		}
		if !x.now().Before(until) {
			x.vain = !complete
			return nil
		}
		if x.rows[x.base.key()].State != Due {
			x.Log.Info("report waits for its data", "report", x.entry.Report, "period", x.span.String(), "until", until)
			if err := x.set(Due); err != nil {
				return err
			}
		}
		if !sleep(ctx, min(dataWait, until.Sub(x.now()))) {
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

// errNothing ends a run that has nothing to report and is not to say so.
var errNothing = errors.New("there is nothing to report")

// build makes the workbook of each part that is not there from an earlier try. What fails of a burst does not keep the other parts.
func (x *run) build(ctx context.Context) ([]notify.Parcel, error) {
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
		nothing, whole := x.Work.Nothing(x.entry.Report, x.span), x.base
		nothing.Notes = append(x.doubts(), nothing.Notes...)
		whole.State, whole.RetryUntil, whole.Incomplete = Built, x.until, x.leftBehind()
		return []notify.Parcel{nothing}, x.write(whole)
	}
	var parcels []notify.Parcel
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
		row.Part, row.State, row.Error, row.FinishedAt = part, Failed, err.Error(), x.now()
		x.tried[row.key()] = true
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

// doubts are the notes of a workbook that may not have all calls.
func (x *run) doubts() (notes []string) {
	if x.vain {
		notes = append(notes, "This may not be all: nothing from after the period had come when it was made.")
	}
	if len(x.left) > 0 {
		notes = append(notes, "Calls may be missing: "+x.leftBehind())
	}
	return notes
}

func (x *run) buildPart(ctx context.Context, part string) (parcel notify.Parcel, err error) {
	row := x.base
	row.Part = part
	if old, known := x.rows[row.key()]; known && old.File != "" && !x.anew {
		if sum, err := notify.Sum(old.File); err == nil && sum == old.SHA256 && json.Unmarshal(old.About, &parcel) == nil {
			parcel.File = old.File
			return parcel, nil
		}
	}
	built, err := x.Work.Build(ctx, x.entry.Report, x.span, part)
	if err != nil {
		return parcel, err
	}
	row.Incomplete = x.leftBehind()
	built.Parcel.Notes = append(x.doubts(), built.Parcel.Notes...)
	row.State, row.File, row.SHA256, row.Rows = Built, built.Parcel.File, built.Parcel.SHA256, built.Rows
	if row.About, err = json.Marshal(built.Parcel); err != nil {
		return parcel, err
	}
	return built.Parcel, x.write(row)
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
