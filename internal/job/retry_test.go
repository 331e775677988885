package job

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
)

func TestTransientFailureIsRetried(t *testing.T) {
	locked := errors.New("the database is in use")
	for what, fail := range map[string]func(d *fixture, err error){
		"lock":  func(d *fixture, err error) { d.lock = err; d.fail = func(to error) { d.lock = to } },
		"load":  func(d *fixture, err error) { d.refresh = err; d.fail = func(to error) { d.refresh = to } },
		"build": func(d *fixture, err error) { d.build = err; d.fail = func(to error) { d.build = to } },
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &fakeChannel{recipients: []string{"a@x"}}
				d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
				fail(d, locked)
				go func() {
					time.Sleep(8*time.Hour + 2*time.Minute + time.Second) // attempts are at 8:00, 8:01 and 8:03
					if runs, _ := d.Ledger.Runs(); what != "lock" && (runs[0].State != Retrying || runs[0].Error != locked.Error()) {
						t.Errorf("while it waits: %+v", runs[0])
					}
					d.locked(func() { d.fail(nil) })
				}()
				serve(t, d, 9*time.Hour)
				d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
				runs, _ := d.Ledger.Runs()
				if at := runs[0].FinishedAt.UTC(); at.Minute() != 3 || !runs[0].RetryUntil.IsZero() || len(d.finished) != 1 {
					t.Errorf("OnFinished called %d times, last with %+v", len(d.finished), runs[0])
				}
			})
		})
	}
}

func TestRunRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		d.refresh = errors.New("the disk is full")
		serve(t, d, 12*time.Hour)
		runs, _ := d.Ledger.Runs()
		if runs[0].State != Failed || runs[0].Error != "the disk is full" || runs[0].FinishedAt.UTC().Hour() != 9 || len(d.finished) != 1 {
			t.Errorf("OnFinished called %d times: %+v", len(d.finished), runs[0])
		}
	})
}

func TestPermanentFailureIsNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		d.build = Permanent(errors.New("unknown column"))
		start := time.Now()
		runs, err := d.RunWithRetries(t.Context(), d.Entries[0], start, RunOptions{})
		if err != nil || runs[0].State != Failed || runs[0].Error != "unknown column" || time.Since(start) != 0 {
			t.Errorf("%v, %+v after %v", err, runs, time.Since(start))
		}
	})
}

func TestRunByHandIsRetriedOnlyOnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		d.refresh = errors.New("the database is in use")
		start := time.Now()
		runs, err := d.RunWithRetries(t.Context(), d.Entries[0], start, RunOptions{})
		if err != nil || runs[0].State != Failed || time.Since(start) != 0 {
			t.Errorf("%v, %+v after %v", err, runs, time.Since(start))
		}
	})
}

func TestRetryContinuesAfterRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		d.refresh = errors.New("the disk is full")
		serve(t, d, 8*time.Hour+10*time.Minute)
		d.want(t, "ledger", d.states(t), "1999-12-31 retrying")
		runs, _ := d.Ledger.Runs()
		until := runs[0].RetryUntil
		serve(t, d, 5*time.Minute)
		if runs, _ = d.Ledger.Runs(); runs[0].State != Retrying || !runs[0].RetryUntil.Equal(until) {
			t.Errorf("after a restart: %+v, before until %v", runs[0], until)
		}
		d.refresh = nil
		serve(t, d, time.Minute)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
	})
}

func TestFailedPartIsRetriedAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"{part}@x"}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, RetryFor: time.Hour, Channels: []notify.Channel{p}})
		d.parts = []string{"Sales", "Support"}
		blocked := filepath.Join(d.dir, "daily1999-12-31Support")
		if err := os.Mkdir(blocked, 0o700); err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(30 * time.Second)
			d.want(t, "ledger", d.states(t), "1999-12-31 retrying", "1999-12-31 Sales sent", "1999-12-31 Support failed", "1999-12-31 Sales Sales@x sent")
			os.Remove(blocked)
		}()
		if _, err := d.RunWithRetries(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "arrived", p.arrived, "Sales@x", "Support@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 Sales sent", "1999-12-31 Support sent", "1999-12-31 Sales Sales@x sent", "1999-12-31 Support Support@x sent")
	})
}

func TestCrashedAttemptIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		crashes := 2
		d.Attempt = func(ctx context.Context, entry Entry, due time.Time, options RunOptions) ([]Run, error) {
			if crashes--; crashes >= 0 {
				return nil, errors.New("signal: segmentation fault")
			}
			return d.Run(ctx, entry, due, options)
		}
		serve(t, d, 9*time.Hour)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
		crashes = 99
		serve(t, d, 24*time.Hour)
		if last := d.finished[len(d.finished)-1]; len(d.finished) != 2 || last[0].State != Failed || last[0].Period != "2000-01-01" {
			t.Errorf("OnFinished got %+v", d.finished)
		}
	})
}
