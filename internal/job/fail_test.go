package job

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
)

func TestAttemptWhoseProcessCrashedIsRetriedThenFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: 10 * time.Minute, Channels: []notify.Channel{p}})
		attempts, crashes := 0, 2
		d.Attempt = func(ctx context.Context, entry Entry, due time.Time, options RunOptions) ([]Run, error) {
			if attempts++; attempts <= crashes {
				return d.Fail(ctx, entry, due, errors.New("crashed"))
			}
			return d.Run(ctx, entry, due, options)
		}
		serve(t, d, 24*time.Hour)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
		if attempts != 3 || len(d.finished) != 1 {
			t.Errorf("%d attempts, finished %v", attempts, d.finished)
		}
		attempts, crashes = 0, 1000
		serve(t, d, 24*time.Hour)
		runs, _ := d.Ledger.Runs()
		if last := runs[2]; last.State != Failed || last.Error != "crashed" || last.FinishedAt.IsZero() || len(d.finished) != 2 {
			t.Errorf("%d attempts, %+v, finished %v", attempts, last, d.finished)
		}
	})
}

// TestPartsThatWereOnlyBuiltAreNotSent: the attempt that built them was stopped, and the ones after it could not load.
func TestPartsThatWereOnlyBuiltAreNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"{part}@x"}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, Channels: []notify.Channel{p}})
		d.parts = []string{"Sales", "Support"}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		due := time.Now()
		if _, err := d.Run(ctx, d.Entries[0], due, RunOptions{}); !errors.Is(err, ErrStopped) {
			t.Fatal(err)
		}
		// It was stopped before it began to send.
		if err := d.Ledger.Append(Run{Report: "daily", Period: "1999-12-31", DueAt: due, StartedAt: due, State: Building}); err != nil {
			t.Fatal(err)
		}
		d.refresh = errors.New("the disk is full")
		if _, err := d.Run(t.Context(), d.Entries[0], due, RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "ledger", d.states(t), "1999-12-31 failed", "1999-12-31 Sales built", "1999-12-31 Support built")
		d.refresh = nil
		if _, err := d.Run(t.Context(), d.Entries[0], due, RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "arrived", p.arrived, "Sales@x", "Support@x")
	})
}

func TestDeliveryOfACrashedProcessIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{p}})
		due := time.Now()
		for _, recipient := range []string{"", "a@x"} {
			if err := d.Ledger.Append(Run{Report: "daily", Period: "1999-12-31", Recipient: recipient, DueAt: due, StartedAt: due, State: Sending}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.Fail(t.Context(), d.Entries[0], due, errors.New("crashed")); err != nil {
			t.Fatal(err)
		}
		d.want(t, "ledger", d.states(t), "1999-12-31 failed", "1999-12-31 a@x unknown")
	})
}

// A ledgerOnAFullDisk has no room to be rewritten.
type ledgerOnAFullDisk struct{ Ledger }

func (ledgerOnAFullDisk) Compact() error { return syscall.ENOSPC }

func TestReportsRunIfTheLedgerCannotBeCompacted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{p}})
		d.Ledger = ledgerOnAFullDisk{d.Ledger}
		serve(t, d, 24*time.Hour)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
	})
}

// TestConditionIsJudgedOnce: what some recipients have, the others get, though newer data would have nothing to report.
func TestConditionIsJudgedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, empty := range [][]string{nil, {"a@x", "b@x"}} { // who is told that there is nothing to report
			p := &fakeChannel{recipients: []string{"a@x", "b@x"}, answers: map[string][]error{"b@x": {errors.New("451 later")}}}
			entry := Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{p}, NotifyEmpty: empty != nil}
			d := newFixture(t, entry)
			due := time.Now()
			for _, want := range []State{Partial, Sent, Sent} {
				runs, err := d.Run(t.Context(), d.Entries[0], due, RunOptions{ByHand: true})
				if err != nil || runs[0].State != want {
					t.Errorf("%v, %+v", err, runs[0])
				}
				d.empty, d.refresh = true, errors.New("the disk is full")
				_, _ = d.Run(t.Context(), d.Entries[0], due, RunOptions{ByHand: true}) // an attempt that fails between them changes nothing
				d.refresh = nil
			}
			d.want(t, "arrived", p.arrived, "a@x", "b@x")
		}
	})
}
