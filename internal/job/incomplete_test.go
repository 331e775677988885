package job

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
)

const changed = "2026-10-05.ndjson is not the file that was loaded before"

func TestReportWithMissingCallsIsIncomplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, f := &fakeChannel{recipients: []string{"a@x"}}, &fakeChannel{recipients: []string{"/folder"}, idempotent: true}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{p, f}})
		d.problems = []string{changed}
		runs, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{})
		if err != nil || runs[0].State != Incomplete || runs[0].Succeeded() || !strings.Contains(runs[0].Error, changed) || len(d.finished) != 1 {
			t.Errorf("%v, %+v", err, runs[0])
		}
		if !strings.Contains(string(runs[0].Message), "Calls may be missing: "+changed) {
			t.Errorf("its notes lack the problem: %s", runs[0].Message)
		}
		var message notify.Message
		if err := json.Unmarshal(runs[0].Message, &message); err != nil || len(message.Findings) == 0 || !strings.HasPrefix(message.Findings[0].Text, "Calls may be missing: ") || message.NoFindings != "" {
			t.Errorf("it is not what needs attention first: %v, %s", err, runs[0].Message)
		}
		// It stays incomplete until it is sent again, even if the file is loaded meanwhile.
		d.problems = nil
		if runs, err = d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil || runs[0].State != Incomplete {
			t.Errorf("run again: %v, %+v", err, runs[0])
		}
		d.want(t, "arrived", p.arrived, "a@x")
		if runs, err = d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{Resend: true}); err != nil || runs[0].State != Sent || runs[0].Error != "" {
			t.Errorf("sent again: %v, %+v", err, runs[0])
		}
		d.want(t, "arrived after --resend", p.arrived, "a@x", "a@x")
	})
}

func TestUndeliveredIncompleteReportIsPartial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x", "b@x"}, answers: map[string][]error{"a@x": {notify.ErrPermanent}}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{p}})
		d.problems = []string{changed, "another"}
		runs, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{})
		if err != nil || runs[0].State != Partial || !strings.Contains(runs[0].Error, "permanent failure") || !strings.Contains(runs[0].Error, "2 problems; the first: "+changed) {
			t.Errorf("%v, %+v", err, runs[0])
		}
		d.problems = nil
		if runs, err = d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil || runs[0].State != Incomplete {
			t.Errorf("once every recipient has the incomplete workbook: %v, %+v", err, runs[0])
		}
	})
}

func TestRunWaitsForFilesThatCouldNotBeLoaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", WaitForData: time.Hour, Channels: []notify.Channel{p}})
		d.problems = []string{changed}
		go func() {
			time.Sleep(8*time.Hour + 10*time.Minute + time.Second)
			d.locked(func() { d.problems = nil })
		}()
		serve(t, d, 24*time.Hour)
		d.problems = []string{changed}
		serve(t, d, 24*time.Hour)
		runs, _ := d.Ledger.Runs()
		if at := runs[0].FinishedAt.UTC(); runs[0].State != Sent || at.Minute() != 11 {
			t.Errorf("loaded while it waited: %+v", runs[0])
		}
		if last := runs[2]; last.State != Incomplete || last.FinishedAt.UTC().Hour() != 9 {
			t.Errorf("waited without success: %+v", last)
		}
	})
}

func TestEmptyReportIsIncompleteWhenCallsMayBeMissing(t *testing.T) {
	for _, notifyEmpty := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", NotifyEmpty: notifyEmpty, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
			d.empty, d.problems = true, []string{changed}
			runs, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{})
			if err != nil || runs[0].State != Incomplete || !strings.Contains(runs[0].Error, changed) {
				t.Errorf("NotifyEmpty %v: %v, %+v", notifyEmpty, err, runs[0])
			}
			if notifyEmpty {
				return
			}
			d.empty, d.problems = false, nil
			if runs, err = d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil || runs[0].State != Sent {
				t.Errorf("once it is loaded: %v, %+v", err, runs[0])
			}
		})
	}
}

// TestRunByHandSaysThatDataIsMissing: it does not wait for data, but says so as one that has waited does.
func TestRunByHandSaysThatDataIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", WaitForData: time.Hour, Channels: []notify.Channel{p}})
		d.complete.Store(false)
		began := time.Now()
		runs, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{ByHand: true})
		if err != nil || !strings.Contains(string(runs[0].Message), "no data from after the period had arrived") || time.Since(began) > time.Minute {
			t.Errorf("%v, after %v: %+v", err, time.Since(began), runs[0])
		}
	})
}

// TestPartThatIsGoneDoesNotKeepAReportIncomplete: its calls are now in another part, and the report was sent again.
func TestPartThatIsGoneDoesNotKeepAReportIncomplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"{part}@x"}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, Channels: []notify.Channel{p}})
		d.parts, d.problems = []string{"Sales", "Support"}, []string{changed}
		due := time.Now()
		for _, want := range []State{Incomplete, Sent} {
			if runs, err := d.Run(t.Context(), d.Entries[0], due, RunOptions{Resend: want == Sent}); err != nil || runs[0].State != want {
				t.Errorf("%v, %+v", err, runs[0])
			}
			d.parts, d.problems = []string{"Sales"}, nil
		}
	})
}
