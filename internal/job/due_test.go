package job

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
	"callsheet/internal/period"
	"callsheet/internal/schedule"
)

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestLastDueIsTheLastScheduledTime(t *testing.T) {
	london := zone(t, "Europe/London")
	cases := []struct{ schedule, now, want string }{
		{"0 8 * * *", "2026-10-05T09:00:00+01:00", "2026-10-05T08:00:00+01:00"},
		{"0 8 * * *", "2026-10-05T08:00:00+01:00", "2026-10-05T08:00:00+01:00"},
		{"0 8 * * *", "2026-10-05T07:59:59+01:00", "2026-10-04T08:00:00+01:00"},
		{"0 8 * * MON", "2026-10-11T12:00:00+01:00", "2026-10-05T08:00:00+01:00"},
		{"0 8 1 * *", "2026-10-31T12:00:00Z", "2026-10-01T08:00:00+01:00"},
		{"0 8 29 2 *", "2026-10-05T12:00:00+01:00", "2024-02-29T08:00:00Z"},
		{"30 7 * * *", "2026-10-25T08:00:00Z", "2026-10-25T07:30:00Z"}, // the day summer time ends
	}
	for _, c := range cases {
		s, err := schedule.Parse(c.schedule, london, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := Entry{Schedule: s, Zone: london}.LastDue(moment(t, c.now))
		if got.Format(time.RFC3339) != c.want {
			t.Errorf("%s at %s: got %s, want %s", c.schedule, c.now, got.Format(time.RFC3339), c.want)
		}
	}
}

// newZealand returns a report at 06:00 in Auckland, of data whose days are counted in India, where it is 22:30 of the day before.
func newZealand(t *testing.T, channel notify.Channel) Entry {
	t.Helper()
	s, err := schedule.Parse("0 6 * * *", zone(t, "Pacific/Auckland"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return Entry{Report: "daily", Schedule: s, Zone: zone(t, "Pacific/Auckland"), DataZone: zone(t, "Asia/Kolkata"), Period: "yesterday",
		RetryFor: time.Hour, CatchUp: 0, Channels: []notify.Channel{channel}}
}

func TestReportWaitsUntilItsPeriodIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock begins at midnight UTC of 2000-01-01
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, newZealand(t, p), Entry{Report: "other", Schedule: every(t, "30 17 * * *"), Zone: time.UTC, Period: "yesterday"})
		start := time.Now()
		serve(t, d, 18*time.Hour) // it is due at 17:00, and 1 January is over in India at 18:30
		d.want(t, "ledger", d.states(t), "2000-01-01 due", "1999-12-31 sent")
		runs, _ := d.Ledger.Runs()
		if got := runs[0].Error; got != "waits until 2000-01-02 00:00 Asia/Kolkata (2000-01-02 07:30 Pacific/Auckland), when its period is over where days are counted" {
			t.Error(got)
		}
		serve(t, d, 2*time.Hour) // after a restart
		runs, _ = d.Ledger.Runs()
		if finished := runs[0].FinishedAt.Sub(start); runs[0].State != Sent || runs[0].PeriodOpen || finished < 18*time.Hour+30*time.Minute || finished > 18*time.Hour+32*time.Minute {
			t.Errorf("after %v: %+v", finished, runs[0])
		}
		d.want(t, "arrived", p.arrived, "a@x")
		time.Sleep(24 * time.Hour) // down while the next one was due and its day was over
		d.done = nil
		serve(t, d, 12*time.Hour)
		missed := d.states(t)
		slices.Sort(missed) // of two reports
		d.want(t, "missed", slices.DeleteFunc(missed, func(row string) bool { return !strings.Contains(row, "skipped") }), "2000-01-01 skipped", "2000-01-02 skipped")
	})
}

func TestWaitingReportsAreNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// In Kiritimati it is 25 hours later than in Niue: a report waits longer than a day, while the next one becomes due.
		p := &fakeChannel{recipients: []string{"a@x"}}
		s, err := schedule.Parse("5 0 * * *", zone(t, "Pacific/Kiritimati"), nil)
		if err != nil {
			t.Fatal(err)
		}
		d := newFixture(t, Entry{Report: "daily", Schedule: s, Zone: zone(t, "Pacific/Kiritimati"), DataZone: zone(t, "Pacific/Niue"), Period: "yesterday",
			Channels: []notify.Channel{p}})
		serve(t, d, 4*24*time.Hour)
		d.want(t, "ledger", slices.DeleteFunc(d.states(t), func(row string) bool { return strings.Contains(row, "@") }),
			"2000-01-01 sent", "2000-01-02 sent", "2000-01-03 sent", "2000-01-04 due")
	})
}

func TestWaitForDataCountsFromTheEndOfThePeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		entry := newZealand(t, &fakeChannel{recipients: []string{"a@x"}})
		entry.WaitForData = time.Hour
		d := newFixture(t, entry)
		d.complete.Store(false)
		start := time.Now()
		serve(t, d, 20*time.Hour)
		runs, _ := d.Ledger.Runs()
		if after := runs[0].FinishedAt.Sub(start); after != 19*time.Hour+30*time.Minute {
			t.Errorf("sent after %v: %+v", after, runs[0])
		}
	})
}

func TestRunByHandBeforeItsPeriodIsOverIsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, newZealand(t, p))
		serve(t, d, 24*time.Hour)
		time.Sleep(17*time.Hour + 5*time.Minute)
		due := d.Entries[0].LastDue(time.Now())
		runs, err := d.Run(t.Context(), d.Entries[0], due, RunOptions{ByHand: true})
		if err != nil || runs[0].State != Sent || !runs[0].PeriodOpen {
			t.Fatalf("%+v, %v", runs, err)
		}
		serve(t, d, 12*time.Hour)
		d.want(t, "ledger", d.states(t)[2:], "2000-01-02 sent", "2000-01-02 a@x sent", "2000-01-02 sent", "2000-01-02 a@x sent")
		d.want(t, "arrived", p.arrived, "a@x", "a@x", "a@x")
		if runs, err = d.Run(t.Context(), d.Entries[0], due, RunOptions{ByHand: true}); err != nil || runs[0].PeriodOpen {
			t.Errorf("once it is over: %+v, %v", runs, err)
		}
		d.want(t, "arrived once it is over", p.arrived, "a@x", "a@x", "a@x")
	})
}

func TestRunByHandBeforeItsDueTimeDoesNotReplaceTheScheduledOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", CatchUp: 1, Channels: []notify.Channel{p}})
		time.Sleep(7 * time.Hour)
		if _, err := d.Run(t.Context(), d.Entries[0], time.Now().Add(time.Hour), RunOptions{ByHand: true}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Hour) // nothing runs at 08:00
		serve(t, d, time.Hour)
		d.want(t, "arrived", p.arrived, "a@x", "a@x")
	})
}

func TestWaitingReportGoesToTheRunnerThatTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, newZealand(t, p))
		takeover(t, d, 18*time.Hour, d.Entries, 4*time.Hour)
		d.want(t, "ledger", d.states(t), "2000-01-01 sent", "2000-01-01 a@x sent")
		d.want(t, "arrived", p.arrived, "a@x")
	})
}

// TestEveryDayIsReportedOnceWhole runs daily reports in random zones. Each day of the data's zone is reported once, in order, and not
// before it is over there.
func TestEveryDayIsReportedOnceWhole(t *testing.T) {
	zones := []string{"Pacific/Auckland", "Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati", "UTC", "Pacific/Niue", "Australia/Lord_Howe",
		"Pacific/Chatham", "America/St_Johns", "Europe/London", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Asia/Kathmandu"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		reader, counted := zone(t, zones[random.IntN(len(zones))]), zone(t, zones[random.IntN(len(zones))])
		line := fmt.Sprintf("%d %d * * *", random.IntN(60), random.IntN(24))
		name, step := "yesterday", 1
		switch random.IntN(3) {
		case 1:
			name, step, line = "last-week", 7, line[:len(line)-1]+"MON"
		case 2:
			name, step = "last-month", 0
			line = strings.TrimSuffix(line, "* * *") + "1 * *"
		}
		s, err := schedule.Parse(line, reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		entry := Entry{Schedule: s, Zone: reader, DataZone: counted, Period: name}
		start := time.Date(2020+random.IntN(10), 1, 1, 0, 0, 0, 0, time.UTC)
		var before period.Period
		var ready time.Time
		for _, due := range s.Between(start, start.AddDate(1, 2, 0)) {
			span, err := entry.Span(due)
			if err != nil {
				t.Fatal(err)
			}
			what := fmt.Sprintf("%q %s in %s, days of %s, due %v: %v", line, name, reader, counted, due, span)
			if !before.To.IsZero() && (!span.From.Equal(before.To.AddDate(0, 0, 1)) || step > 0 && span.Days() != step) {
				t.Fatalf("%s comes after %v", what, before)
			}
			at := entry.Ready(due)
			if at.Before(due) || at.Before(ready) || at.Sub(due) > maxWait {
				t.Fatalf("%s is ready %v", what, at)
			}
			// The day of a call at the moment of the run, and of one just before, as the data counts them.
			if today := period.Day(at.In(counted)); !today.After(span.To) {
				t.Fatalf("%s runs at %v, when it is not over", what, at.In(counted))
			}
			if last := period.Day(at.Add(-time.Nanosecond).In(counted)); at.After(due) && last.After(span.To) {
				t.Fatalf("%s waits until %v, longer than needed", what, at.In(counted))
			}
			before, ready = span, at
		}
	}
}

func TestRunningPeriodIsTheOneThatRunsWhereDaysAreCounted(t *testing.T) {
	for _, name := range []string{"today", "this-week", "this-month"} {
		for _, reader := range []string{"Pacific/Kiritimati", "America/Los_Angeles", "UTC"} {
			entry := Entry{Period: name, Zone: zone(t, reader), DataZone: zone(t, "Asia/Kolkata")}
			r := &Runner{}
			for due := moment(t, "2026-10-30T00:10:00Z"); due.Before(moment(t, "2026-11-03T00:00:00Z")); due = due.Add(time.Hour) {
				r.Now = func() time.Time { return due.Add(time.Second) }
				span, row, err := r.newRow(entry, due, false)
				day := period.Day(due.In(entry.DataZone))
				if err != nil || day.Before(span.From) || day.After(span.To) || !row.PeriodOpen || !entry.Ready(due).Equal(due) {
					t.Fatalf("%s in %s, due %v: %v, %+v", name, reader, due, span, row)
				}
			}
		}
	}
}

func TestRunningReportOfAnEarlierVersionIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock begins at midnight UTC of 2000-01-01: 16:00 of 31 December in Los Angeles
		p := &fakeChannel{recipients: []string{"a@x", "b@x"}}
		entry := Entry{Report: "now", Schedule: every(t, "0 * * * *"), Zone: zone(t, "America/Los_Angeles"), DataZone: time.UTC, Period: "today", Channels: []notify.Channel{p}}
		d := newFixture(t, entry)
		due := time.Now()
		// Earlier versions took the reader's date, and one was interrupted after the first recipient.
		for _, row := range []Run{{State: Sending}, {State: Sent, Recipient: "a@x", SHA256: "of a workbook"}} {
			row.Report, row.Period, row.PeriodOpen, row.DueAt, row.StartedAt = "now", "1999-12-31", true, due, due
			if err := d.Ledger.Append(row); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		serve(t, d, 10*time.Minute)
		d.want(t, "arrived", p.arrived, "b@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent", "1999-12-31 b@x sent")
		if _, err := d.Run(t.Context(), entry, due, RunOptions{ByHand: true}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "arrived by hand", p.arrived, "b@x")
		serve(t, d, time.Hour)
		d.want(t, "the next", d.states(t)[3:], "2000-01-01 sent", "2000-01-01 a@x sent", "2000-01-01 b@x sent")
	})
}
