package job

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
	"callsheet/internal/schedule"
)

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
			t.Errorf("OnFinished got %v", d.finished)
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
			"1999-12-31 sent", "2000-01-04 sent", "2000-01-03 skipped", "2000-01-02 skipped", "2000-01-01 skipped", "2000-01-05 sent", "2000-01-06 sent")
		if d.missed != 3 {
			t.Errorf("OnMissed got %d due times", d.missed)
		}
		d.done = nil
		serve(t, d, time.Hour)
		d.want(t, "done when nothing was missed", d.done)
	})
}

// TestMissedRunsAreRecordedWhileTheReportRuns: somebody runs it by hand when the scheduler starts.
func TestMissedRunsAreRecordedWhileTheReportRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		serve(t, d, 9*time.Hour)
		time.Sleep(2*24*time.Hour + time.Hour) // nothing runs
		d.lock = errors.New("in use by another process")
		serve(t, d, time.Hour)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent", "2000-01-02 skipped", "2000-01-01 skipped")
		if d.missed != 2 {
			t.Errorf("OnMissed got %d due times", d.missed)
		}
	})
}

// TestInterruptedCatchUpLosesNoDueTime ends the process, or hands over to another runner, while the newest of several missed runs is built.
func TestInterruptedCatchUpLosesNoDueTime(t *testing.T) {
	for _, restart := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			p := &fakeChannel{recipients: []string{"a@x"}}
			entry := Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", CatchUp: 3, RetryFor: time.Hour, Channels: []notify.Channel{p}}
			d := newFixture(t, entry)
			serve(t, d, 9*time.Hour)
			time.Sleep(4*24*time.Hour + time.Hour) // nothing runs
			d.build = errors.New("interrupted")
			go func() {
				time.Sleep(2 * time.Second)
				d.locked(func() { d.build = nil })
			}()
			if restart {
				serve(t, d, time.Second)
				serve(t, d, 2*time.Hour)
			} else {
				takeover(t, d, time.Second, []Entry{entry}, 2*time.Hour)
			}
			d.want(t, "ledger", slices.DeleteFunc(d.states(t), func(s string) bool { return strings.Contains(s, "@") }),
				"1999-12-31 sent", "2000-01-03 sent", "2000-01-02 sent", "2000-01-01 skipped", "2000-01-04 sent")
			if d.missed != 1 {
				t.Errorf("OnMissed got %d due times", d.missed)
			}
		})
	}
}

func TestDueTimesBeforeAReportExistedAreNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		entry := Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", CatchUp: 1, Channels: []notify.Channel{p}}
		d := newFixture(t, entry)
		time.Sleep(10*24*time.Hour + 12*time.Hour)
		// It is tried by hand, for the first due time of the month.
		if _, err := d.Run(t.Context(), entry, time.Date(2000, 1, 2, 8, 0, 0, 0, time.UTC), RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.done = nil
		serve(t, d, 24*time.Hour)
		d.want(t, "done", d.done, "refresh", "build daily 2000-01-11", "send a@x")
		if d.missed != 0 {
			t.Errorf("OnMissed got %d due times", d.missed)
		}
	})
}

func TestServeContinuesAfterFailedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		every, err := schedule.Parse("@hourly", time.UTC, nil)
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
			t.Errorf("%q, OnFinished called %d times", runs[0].Error, len(d.finished))
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
		start := time.Now()
		runs, err := d.RunWithRetries(t.Context(), d.Entries[0], start, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 7*time.Minute { // 1 and 2 and 4
			t.Errorf("it took %v", took)
		}
		d.want(t, "done", d.done, "refresh", "build daily 1999-12-31", "send a@x", "send b@x", "send c@x", "send a@x", "send a@x", "send a@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 partly", "1999-12-31 a@x sent", "1999-12-31 b@x failed", "1999-12-31 c@x sent")
		if !strings.Contains(runs[0].Error, "b@x: 550 no such user") || runs[1].Attempts != 4 {
			t.Errorf("%+v", runs[:2])
		}
		d.done = nil
		if _, err := d.Run(t.Context(), d.Entries[0], start, RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "done by the second run", d.done, "refresh", "send b@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent", "1999-12-31 b@x sent", "1999-12-31 c@x sent")
		d.done = nil
		if _, err := d.Run(t.Context(), d.Entries[0], start, RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "done by the third run", d.done)
	})
}

func TestDeliveryRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}, answers: map[string][]error{"a@x": slices.Repeat([]error{errors.New("451 later")}, 99)}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
		start := time.Now()
		runs, err := d.RunWithRetries(t.Context(), d.Entries[0], start, RunOptions{})
		if err != nil || runs[0].State != Failed || runs[1].Attempts != 8 || time.Since(start) != time.Hour {
			t.Errorf("%v, %+v after %v", err, runs, time.Since(start))
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

// TestWorkbookOfAnotherBuildIsNotSent replaces the workbook while it is sent, as callsheet report does. Text and workbook of each message agree.
func TestWorkbookOfAnotherBuildIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x", "b@x"}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
		p.log = func(step string) {
			d.log(step)
			if step == "send a@x" {
				if err := os.WriteFile(filepath.Join(d.dir, "daily1999-12-31"), []byte("another"), 0o600); err != nil {
					t.Error(err)
				}
			}
		}
		if _, err := d.RunWithRetries(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "done", d.done, "refresh", "build daily 1999-12-31", "send a@x", "refresh", "build daily 1999-12-31", "send b@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent", "1999-12-31 b@x sent")
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
		complete := &fakeChannel{recipients: []string{"a@x", "b@x"}}
		reference := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{complete}})
		serve(t, reference, 9*time.Hour)
		lines, err := os.ReadFile(reference.ledgerPath())
		if err != nil {
			t.Fatal(err)
		}
		steps := strings.SplitAfter(string(lines), "}\n")
		for cut := range len(steps) {
			p := &fakeChannel{recipients: []string{"a@x", "b@x"}}
			d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", CatchUp: 1, Channels: []notify.Channel{p}})
			// The ledger as a crash leaves it: some lines, and half of the next.
			text := strings.Join(steps[:cut], "") + steps[cut][:len(steps[cut])/2]
			if err := os.WriteFile(d.ledgerPath(), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			found := map[string]bool{}
			for _, state := range d.states(t) {
				found[state] = true
			}
			serve(t, d, time.Hour)
			for _, to := range p.recipients {
				started, sent := found["1999-12-31 "+to+" sending"], found["1999-12-31 "+to+" sent"]
				if got := slices.Contains(p.arrived, to); cut > 0 && got == (started || sent) {
					t.Errorf("after %d lines: sent to %s: %v, but the ledger had started %v, sent %v", cut, to, got, started, sent)
				}
				if final := d.states(t); started && !slices.Contains(final, "1999-12-31 "+to+" unknown") {
					t.Errorf("after %d lines: %q", cut, final)
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
		if finished := runs[0].FinishedAt.UTC(); finished.Hour() != 8 || finished.Minute() != 11 {
			t.Errorf("sent at %v", finished)
		}
		d.complete.Store(false)
		time.Sleep(time.Second)
		serve(t, d, 24*time.Hour) // no data arrives: at nine it is sent without
		runs, _ = d.Ledger.Runs()
		if last := runs[len(runs)-2]; last.FinishedAt.UTC().Hour() != 9 || last.State != Sent {
			t.Errorf("without the data: %+v", last)
		}
	})
}

func TestRunWaitsForReconciliation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", WaitForData: time.Hour,
			WaitForReconciliation: true, Channels: []notify.Channel{p}})
		d.complete.Store(true) // deliveries from after the period do not count
		go func() {
			time.Sleep(8*time.Hour + 10*time.Minute + time.Second)
			if states := d.states(t); !slices.Equal(states, []string{"1999-12-31 due"}) {
				t.Errorf("while it waits: %q", states)
			}
			d.reconciled.Store(true)
			d.complete.Store(false) // nor does it matter that none have come
		}()
		serve(t, d, 24*time.Hour)
		runs, _ := d.Ledger.Runs()
		if finished := runs[0].FinishedAt.UTC(); finished.Hour() != 8 || finished.Minute() != 11 {
			t.Errorf("sent at %v", finished)
		}
		d.reconciled.Store(false)
		d.complete.Store(true)
		time.Sleep(time.Second)
		serve(t, d, 24*time.Hour) // it is never complete: at nine it is sent with a warning
		runs, _ = d.Ledger.Runs()
		last := runs[len(runs)-2]
		if last.FinishedAt.UTC().Hour() != 9 || last.State != Sent || !strings.Contains(string(last.Message), "not every day was complete by the vendor's own list") {
			t.Errorf("never complete: %+v %s", last, last.Message)
		}
	})
}

func TestInterruptedBackoffResumesAfterRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}, answers: map[string][]error{"a@x": {errors.New("451 later"), errors.New("451 later")}}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
		serve(t, d, 8*time.Hour+30*time.Second)
		d.want(t, "ledger", d.states(t), "1999-12-31 retrying", "1999-12-31 a@x failed")
		serve(t, d, 10*time.Minute)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
		d.want(t, "done", d.done, "refresh", "build daily 1999-12-31", "send a@x", "send a@x", "send a@x")
	})
}

func TestEmptyReportIsSkippedOrNotified(t *testing.T) {
	for _, c := range []struct {
		notifyEmpty bool
		want        []string
	}{{false, []string{"1999-12-31 skipped"}}, {true, []string{"1999-12-31 sent", "1999-12-31 a@x sent"}}} {
		synctest.Test(t, func(t *testing.T) {
			d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", NotifyEmpty: c.notifyEmpty, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
			d.empty = true
			if _, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil {
				t.Fatal(err)
			}
			d.want(t, "ledger", d.states(t), c.want...)
		})
	}
}

// TestOnlyChannelsThatCanTellSayThatThereIsNothing: a folder gets no message, so a run with nothing else is skipped.
func TestOnlyChannelsThatCanTellSayThatThereIsNothing(t *testing.T) {
	folder, bucket := notify.Folder{Dir: "o1"}, notify.Bucket{URL: "file://./o2"}
	for _, c := range []struct {
		channels []notify.Channel
		want     []string
	}{
		{[]notify.Channel{folder, bucket}, []string{"1999-12-31 skipped"}},
		{nil, []string{"1999-12-31 skipped"}},
		{[]notify.Channel{folder, &fakeChannel{recipients: []string{"a@x"}}, bucket}, []string{"1999-12-31 sent", "1999-12-31 a@x sent"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", NotifyEmpty: true, Channels: c.channels})
			d.empty = true
			for range 2 {
				plan, err := d.Plan(t.Context(), d.Entries[0], time.Now(), RunOptions{})
				if err != nil || !plan.Empty || len(plan.Parts) != len(c.want)-1 {
					t.Errorf("the plan is %+v, %v", plan, err)
				}
				runs, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{})
				if err != nil || runs[0].State == Skipped && runs[0].Error != "there is nothing to report" {
					t.Errorf("%v, %+v", err, runs[0])
				}
				d.want(t, "ledger", d.states(t), c.want...)
			}
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
			t.Errorf("without recipients: %v, %+v", err, runs[0])
		}
	})
}

func TestLedgerPrune(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		serve(t, d, 4*24*time.Hour)
		removed, err := d.Ledger.Prune(time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC))
		if err != nil || removed != 4 {
			t.Errorf("removed %d, %v", removed, err)
		}
		d.want(t, "ledger", d.states(t), "2000-01-02 sent", "2000-01-02 a@x sent", "2000-01-03 sent", "2000-01-03 a@x sent")
	})
}

func TestLedgerSkipsTornLine(t *testing.T) {
	l := FileLedger{Path: filepath.Join(t.TempDir(), "data", "runs.ndjson")}
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
