package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
	"callsheet/internal/period"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func daily(t *testing.T, zoneName string) *Schedule {
	t.Helper()
	s, err := ParseSchedule("0 8 * * *", zone(t, zoneName), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A fakeChannel is a channel whose recipients answer as a test says, and that keeps what arrived.
type fakeChannel struct {
	recipients []string
	idempotent bool
	answers    map[string][]error // of each try to a recipient, in order; nil after the last
	mu         sync.Mutex
	arrived    []string
	log        func(string)
}

// count is how many have arrived.
func (p *fakeChannel) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.arrived)
}

func (p *fakeChannel) Recipients(_ context.Context, part string) ([]string, error) {
	var of []string
	for _, name := range p.recipients {
		of = append(of, strings.ReplaceAll(name, "{part}", part))
	}
	return of, nil
}

func (p *fakeChannel) Idempotent() bool { return p.idempotent }

func (p *fakeChannel) Send(_ context.Context, message notify.Message, recipient string) (string, error) {
	var err error
	if left := p.answers[recipient]; len(left) > 0 {
		err, p.answers[recipient] = left[0], left[1:]
	}
	p.log("send " + recipient)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.arrived = append(p.arrived, recipient)
	}
	return "at " + recipient, err
}

// A fixture is a runner whose work is done in memory and written down.
type fixture struct {
	*Runner
	mu                   sync.Mutex // for what a test changes or reads while the runner works
	done                 []string
	lock, refresh, build error // what the step fails with
	problems             []string
	newest               time.Time
	fail                 func(err error) // set by a test: changes what fails
	empty                bool
	complete             atomic.Bool
	missed               int
	parts                []string
	finished             [][]Run
	dir                  string
}

// locked does something that the runner's work must not see half done.
func (d *fixture) locked(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

// log records a step in done.
func (d *fixture) log(step string) { d.locked(func() { d.done = append(d.done, step) }) }

func newFixture(t *testing.T, entries ...Entry) *fixture {
	d := &fixture{dir: t.TempDir()}
	d.complete.Store(true)
	for i := range entries {
		for _, channel := range entries[i].Channels {
			channel.(*fakeChannel).log = d.log
		}
	}
	d.Runner = &Runner{Entries: entries, Ledger: Ledger{Path: filepath.Join(d.dir, "runs.ndjson")}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	d.Steps = d
	d.DataTime = func(context.Context) (newest time.Time, err error) {
		d.locked(func() { newest = d.newest })
		return newest, nil
	}
	d.OnMissed = func(_ context.Context, _ Entry, due []time.Time) { d.missed += len(due) }
	d.OnFinished = func(_ context.Context, _ Entry, runs []Run) { d.finished = append(d.finished, runs) }
	return d
}

// fixture implements Steps.

func (d *fixture) Lock(context.Context, string) (release func() error, err error) {
	d.locked(func() { err = d.lock })
	return func() error { return nil }, err
}

func (d *fixture) Refresh(context.Context) (problems []string, err error) {
	d.log("refresh")
	d.locked(func() { problems, err = d.problems, d.refresh })
	return problems, err
}

func (d *fixture) IsComplete(context.Context, period.Period) (bool, error) {
	return d.complete.Load(), nil
}

func (d *fixture) ShouldRun(context.Context, string, period.Period) (bool, error) {
	return !d.empty, nil
}

func (d *fixture) Parts(context.Context, string, period.Period) ([]string, error) {
	return d.parts, nil
}

func (d *fixture) Build(_ context.Context, report string, p period.Period, part string) (Workbook, error) {
	d.log(strings.TrimSpace("build " + report + " " + p.String() + " " + part))
	var failure error
	if d.locked(func() { failure = d.build }); failure != nil {
		return Workbook{}, failure
	}
	path := filepath.Join(d.dir, fmt.Sprint(report, p, part))
	if err := os.WriteFile(path, []byte(part), 0o600); err != nil {
		return Workbook{}, err
	}
	sum, err := notify.FileSHA256(path)
	return Workbook{notify.Message{Report: report, Period: p.String(), Part: part, File: path, SHA256: sum}, 7}, err
}

func (d *fixture) EmptyMessage(report string, p period.Period) notify.Message {
	return notify.Message{Report: report, Period: p.String(), Notes: []string{"nothing"}}
}

// states are the rows of the ledger as words.
func (d *fixture) states(t *testing.T) []string {
	t.Helper()
	runs, err := d.Ledger.Runs()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range runs {
		all = append(all, strings.Join(strings.Fields(fmt.Sprintln(r.Period, r.Part, r.Recipient, r.State)), " "))
	}
	return all
}

func (d *fixture) want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s\n got %q\nwant %q", what, got, want)
	}
}

func serve(t *testing.T, d *fixture, span time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), span)
	defer stop()
	if err := d.Serve(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestServeRunsEachDueTimeForItsPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock begins at midnight UTC of 2000-01-01, 05:30 in India
		p := &fakeChannel{recipients: []string{"a@x", "b@x"}}
		d := newFixture(t,
			Entry{Report: "daily", Schedule: daily(t, "Asia/Kolkata"), Zone: zone(t, "Asia/Kolkata"), Period: "yesterday", Channels: []notify.Channel{p}},
			Entry{Report: "by-hand", Zone: time.UTC, Period: "today"})
		serve(t, d, 48*time.Hour)
		d.want(t, "done", d.done, "refresh", "build daily 1999-12-31", "send a@x", "send b@x", "refresh", "build daily 2000-01-01", "send a@x", "send b@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent", "1999-12-31 b@x sent",
			"2000-01-01 sent", "2000-01-01 a@x sent", "2000-01-01 b@x sent")
		runs, _ := d.Ledger.Runs()
		if due := time.Date(2000, 1, 1, 2, 30, 0, 0, time.UTC); !runs[0].DueAt.Equal(due) || runs[0].Rows != 7 || runs[0].SHA256 == "" {
			t.Errorf("the first run: %+v", runs[0])
		}
		if len(d.finished) != 2 || len(d.finished[0]) != 3 || !d.finished[0][0].IsSummary() {
			t.Errorf("told of %v", d.finished)
		}
	})
}

func TestMissedRunsAreCaughtUpNewestFirstAndTheRestReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", CatchUp: 2, Channels: []notify.Channel{p}})
		serve(t, d, 9*time.Hour)
		d.done = nil
		time.Sleep(5*24*time.Hour + time.Hour) // nothing runs
		serve(t, d, 24*time.Hour)
		d.want(t, "done", d.done, "refresh", "build daily 2000-01-05", "send a@x", "refresh", "build daily 2000-01-04", "send a@x",
			"refresh", "build daily 2000-01-06", "send a@x")
		d.want(t, "ledger", slices.DeleteFunc(d.states(t), func(s string) bool { return strings.Contains(s, "@") }),
			"1999-12-31 sent", "2000-01-05 sent", "2000-01-04 sent", "2000-01-03 skipped", "2000-01-02 skipped", "2000-01-01 skipped", "2000-01-06 sent")
		if d.missed != 3 {
			t.Errorf("told of %d", d.missed)
		}
		d.done = nil
		serve(t, d, time.Hour)
		d.want(t, "done when nothing was missed", d.done)
	})
}

func TestServeContinuesAfterFailedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		every, err := ParseSchedule("@hourly", time.UTC, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := newFixture(t, Entry{Report: "hourly", Schedule: every, Zone: time.UTC, Period: "today", Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		d.refresh = errors.New("the database is in use")
		serve(t, d, 90*time.Minute)
		d.refresh = nil
		serve(t, d, 2*time.Hour)
		d.want(t, "ledger", d.states(t), "2000-01-01 failed", "2000-01-01 sent", "2000-01-01 a@x sent", "2000-01-01 sent", "2000-01-01 a@x sent")
		runs, _ := d.Ledger.Runs()
		if runs[0].Error != "the database is in use" || len(d.finished) != 3 {
			t.Errorf("%q, told %d times", runs[0].Error, len(d.finished))
		}
	})
}

func TestDeliveryIsRetriedWithBackoffAndNotRebuilt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		later := errors.New("451 try later")
		p := &fakeChannel{recipients: []string{"a@x", "b@x", "c@x"}, answers: map[string][]error{
			"a@x": {later, later, later}, "b@x": {fmt.Errorf("550 no such user: %w", notify.ErrPermanent)},
		}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
		began := time.Now()
		runs, err := d.Run(t.Context(), d.Entries[0], began, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 7*time.Minute { // 1 and 2 and 4
			t.Errorf("it took %v", took)
		}
		d.want(t, "done", d.done, "refresh", "build daily 1999-12-31", "send a@x", "send b@x", "send c@x", "send a@x", "send a@x", "send a@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 partly", "1999-12-31 a@x sent", "1999-12-31 b@x failed", "1999-12-31 c@x sent")
		if !strings.Contains(runs[0].Error, "b@x: 550 no such user") || runs[1].Attempts != 4 {
			t.Errorf("%+v", runs[:2])
		}
		d.done = nil
		if _, err := d.Run(t.Context(), d.Entries[0], began, RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "done by the second run", d.done, "refresh", "send b@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent", "1999-12-31 b@x sent", "1999-12-31 c@x sent")
		d.done = nil
		if _, err := d.Run(t.Context(), d.Entries[0], began, RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "done by the third run", d.done)
	})
}

func TestDeliveryRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}, answers: map[string][]error{"a@x": slices.Repeat([]error{errors.New("451 later")}, 99)}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
		began := time.Now()
		runs, err := d.Run(t.Context(), d.Entries[0], began, RunOptions{})
		if err != nil || runs[0].State != Failed || runs[1].Attempts != 8 || time.Since(began) != time.Hour {
			t.Errorf("%v, %+v after %v", err, runs, time.Since(began))
		}
	})
}

func TestUnknownDeliveryIsResentOnlyOnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x", "b@x"}, answers: map[string][]error{"b@x": {fmt.Errorf("connection lost: %w", notify.ErrUnknown)}}}
		f := &fakeChannel{recipients: []string{"/folder"}, idempotent: true}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p, f}})
		for range 3 {
			runs, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{})
			if err != nil || runs[0].State != Unknown {
				t.Errorf("%v, %+v", err, runs[0])
			}
		}
		d.want(t, "arrived", p.arrived, "a@x")
		if _, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{Resend: true}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "arrived after --resend", p.arrived, "a@x", "b@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent", "1999-12-31 b@x sent", "1999-12-31 /folder sent")
		if _, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{Resend: true}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "arrived when all had it and it is sent again", p.arrived, "a@x", "b@x", "a@x", "b@x")
	})
}

func TestRepeatedRunIsRebuiltForIdempotentChannels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{&fakeChannel{recipients: []string{"/folder"}, idempotent: true}}})
		for range 2 {
			if _, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		d.want(t, "done", d.done, "refresh", "build daily 1999-12-31", "send /folder", "refresh", "build daily 1999-12-31", "send /folder")
	})
}

func TestInterruptedRunResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := &fakeChannel{recipients: []string{"a@x", "b@x"}}
		reference := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{whole}})
		serve(t, reference, 9*time.Hour)
		lines, err := os.ReadFile(reference.Ledger.Path)
		if err != nil {
			t.Fatal(err)
		}
		steps := strings.SplitAfter(string(lines), "}\n")
		for cut := range len(steps) {
			p := &fakeChannel{recipients: []string{"a@x", "b@x"}}
			d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", CatchUp: 1, Channels: []notify.Channel{p}})
			// The ledger as it was left, with the next line begun.
			text := strings.Join(steps[:cut], "") + steps[cut][:len(steps[cut])/2]
			if err := os.WriteFile(d.Ledger.Path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			sending := map[string]bool{}
			for _, state := range d.states(t) {
				sending[state] = true
			}
			serve(t, d, time.Hour)
			for _, to := range p.recipients {
				begun, sent := sending["1999-12-31 "+to+" sending"], sending["1999-12-31 "+to+" sent"]
				if got := slices.Contains(p.arrived, to); cut > 0 && got == (begun || sent) {
					t.Errorf("cut after %d lines: %s was sent to: %v, though the ledger had begun %v, sent %v", cut, to, got, begun, sent)
				}
				if final := d.states(t); begun && !slices.Contains(final, "1999-12-31 "+to+" unknown") {
					t.Errorf("cut after %d lines: %q", cut, final)
				}
			}
		}
	})
}

func TestRunWaitsForData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", WaitForData: time.Hour, Channels: []notify.Channel{p}})
		d.complete.Store(false)
		go func() {
			time.Sleep(8*time.Hour + 10*time.Minute + time.Second)
			if states := d.states(t); !slices.Equal(states, []string{"1999-12-31 due"}) {
				t.Errorf("while it waits: %q", states)
			}
			d.complete.Store(true)
		}()
		serve(t, d, 24*time.Hour)
		runs, _ := d.Ledger.Runs()
		if ended := runs[0].FinishedAt.UTC(); ended.Hour() != 8 || ended.Minute() != 11 {
			t.Errorf("sent at %v", ended)
		}
		d.complete.Store(false)
		time.Sleep(time.Second)
		serve(t, d, 24*time.Hour) // in vain: at nine it goes with what there is
		runs, _ = d.Ledger.Runs()
		if last := runs[len(runs)-2]; last.FinishedAt.UTC().Hour() != 9 || last.State != Sent {
			t.Errorf("without the data: %+v", last)
		}
	})
}

func TestInterruptedBackoffResumesAfterRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}, answers: map[string][]error{"a@x": {errors.New("451 later"), errors.New("451 later")}}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
		serve(t, d, 8*time.Hour+30*time.Second)
		d.want(t, "ledger", d.states(t), "1999-12-31 sending", "1999-12-31 a@x failed")
		serve(t, d, 10*time.Minute)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
		d.want(t, "done", d.done, "refresh", "build daily 1999-12-31", "send a@x", "refresh", "send a@x", "send a@x")
	})
}

func TestEmptyReportIsSkippedOrNotified(t *testing.T) {
	for _, c := range []struct {
		tell bool
		want []string
	}{{false, []string{"1999-12-31 skipped"}}, {true, []string{"1999-12-31 sent", "1999-12-31 a@x sent"}}} {
		synctest.Test(t, func(t *testing.T) {
			d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", NotifyEmpty: c.tell, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
			d.empty = true
			if _, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil {
				t.Fatal(err)
			}
			d.want(t, "ledger", d.states(t), c.want...)
		})
	}
}

func TestBurstHasRowsForPartsAndRecipients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"{part}@x"}, answers: map[string][]error{"Sales@x": {fmt.Errorf("552 mailbox full: %w", notify.ErrPermanent)}}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, Channels: []notify.Channel{p}})
		d.parts = []string{"Sales", "Support"}
		if _, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "ledger", d.states(t), "1999-12-31 partly", "1999-12-31 Sales failed", "1999-12-31 Support sent",
			"1999-12-31 Sales Sales@x failed", "1999-12-31 Support Support@x sent")
		p.recipients = nil
		runs, err := d.Run(t.Context(), d.Entries[0], time.Now().AddDate(0, 0, 1), RunOptions{})
		if err != nil || runs[0].State != Failed || !strings.Contains(runs[0].Error, "no recipients") {
			t.Errorf("with nobody to send to: %v, %+v", err, runs[0])
		}
	})
}

func TestLedgerPrune(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		serve(t, d, 4*24*time.Hour)
		forgotten, err := d.Ledger.Prune(time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC))
		if err != nil || forgotten != 4 {
			t.Errorf("forgot %d, %v", forgotten, err)
		}
		d.want(t, "ledger", d.states(t), "2000-01-02 sent", "2000-01-02 a@x sent", "2000-01-03 sent", "2000-01-03 a@x sent")
	})
}

func TestLedgerSkipsTornLine(t *testing.T) {
	l := Ledger{Path: filepath.Join(t.TempDir(), "data", "runs.ndjson")}
	if runs, err := l.Runs(); err != nil || runs != nil {
		t.Fatalf("no ledger yet: %v, %v", runs, err)
	}
	if err := l.Append(Run{Report: "one"}); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(l.Path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString(`{"report":"to`)
	file.Close()
	if err := l.Append(Run{Report: "two"}); err != nil {
		t.Fatal(err)
	}
	runs, err := l.Runs()
	if err != nil || len(runs) != 2 || runs[0].Report != "one" || runs[1].Report != "two" {
		t.Errorf("runs %+v, %v", runs, err)
	}
}
