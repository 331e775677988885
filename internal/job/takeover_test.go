package job

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
	"callsheet/internal/schedule"
)

// every returns the schedule of a cron line in UTC.
func every(t *testing.T, line string) *schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(line, time.UTC, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// takeover serves a fixture until after, and then others with what is left of its state, for another span.
func takeover(t *testing.T, d *fixture, after time.Duration, entries []Entry, span time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), after+span)
	defer stop()
	next := make(chan *Runner)
	following := *d.Runner
	following.Entries = entries
	go func() {
		time.Sleep(after)
		next <- &following
	}()
	if err := d.Serve(ctx, next); err != nil {
		t.Fatal(err)
	}
}

func TestNewScheduleIsInForceAndMissesNothingBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}, idempotent: true}
		entry := Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "today", CatchUp: 1, Channels: []notify.Channel{p}}
		d := newFixture(t, entry)
		entry.Schedule = every(t, "0 * * * *")
		takeover(t, d, 12*time.Hour+30*time.Minute, []Entry{entry}, 3*time.Hour)
		if p.count() != 1+3 || d.missed != 0 { // at 8; at 13, 14 and 15
			t.Errorf("%d runs, %d missed", p.count(), d.missed)
		}
	})
}

func TestReportsAreAddedAndRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &fakeChannel{recipients: []string{"a@x"}, idempotent: true}, &fakeChannel{recipients: []string{"b@x"}, idempotent: true}
		removed := Entry{Report: "a", Schedule: every(t, "0 * * * *"), Zone: time.UTC, Period: "today", CatchUp: 3, Channels: []notify.Channel{a}}
		added := Entry{Report: "b", Schedule: every(t, "30 * * * *"), Zone: time.UTC, Period: "today", CatchUp: 3, Channels: []notify.Channel{b}}
		d := newFixture(t, removed)
		b.log = d.log
		takeover(t, d, 2*time.Hour+10*time.Minute, []Entry{added}, 2*time.Hour)
		if a.count() != 2 || b.count() != 2 || d.missed != 0 {
			t.Errorf("%d of the removed report, %d of the added one, %d missed", a.count(), b.count(), d.missed)
		}
	})
}

// TestServeEndsWithoutASchedule: the run in progress ends first.
func TestServeEndsWithoutASchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", CatchUp: 1, Channels: []notify.Channel{p}})
		d.Attempt = func(ctx context.Context, entry Entry, due time.Time, options RunOptions) ([]Run, error) {
			time.Sleep(20 * time.Minute)
			return d.Run(ctx, entry, due, options)
		}
		started := d.Now()
		takeover(t, d, 8*time.Hour+10*time.Minute, nil, 25*time.Hour)
		if took := d.Now().Sub(started); took != 8*time.Hour+20*time.Minute || p.count() != 1 {
			t.Errorf("ended after %s with %d runs", took, p.count())
		}
	})
}

// TestRunInProgressEndsUnderTheOldRunner has a run that takes 20 minutes; after 10, another runner takes over.
func TestRunInProgressEndsUnderTheOldRunner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"old@x"}}
		next := &fakeChannel{recipients: []string{"new@x"}}
		entry := Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", CatchUp: 1, Channels: []notify.Channel{p}}
		d := newFixture(t, entry)
		next.log = d.log
		running := 0
		d.Attempt = func(ctx context.Context, entry Entry, due time.Time, options RunOptions) ([]Run, error) {
			if running++; running > 1 {
				t.Error("two runs at once")
			}
			defer func() { running-- }()
			time.Sleep(20 * time.Minute)
			return d.Run(ctx, entry, due, options)
		}
		entry.Channels = []notify.Channel{next}
		takeover(t, d, 8*time.Hour+10*time.Minute, []Entry{entry}, 25*time.Hour)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 old@x sent", "2000-01-01 sent", "2000-01-01 new@x sent")
	})
}

// TestFailedRunIsRetriedUnderTheNewRunner has a run that fails until another runner, with another recipient, takes over.
func TestFailedRunIsRetriedUnderTheNewRunner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"old@x"}}
		next := &fakeChannel{recipients: []string{"new@x"}}
		entry := Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: 4 * time.Hour, Channels: []notify.Channel{p}}
		d := newFixture(t, entry)
		next.log = d.log
		d.build = errors.New("the disk is full")
		go func() {
			time.Sleep(9*time.Hour + time.Second)
			d.locked(func() { d.build = nil })
		}()
		entry.Channels = []notify.Channel{next}
		takeover(t, d, 9*time.Hour+2*time.Second, []Entry{entry}, 10*time.Second)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 new@x sent")
	})
}
