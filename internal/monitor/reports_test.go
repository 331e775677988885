package monitor

import (
	"testing"
	"time"

	"callsheet/internal/job"
	"callsheet/internal/schedule"
)

func TestReportIsOverdueOnlyAfterADueTimeAtWhichItExisted(t *testing.T) {
	schedule, err := schedule.Parse("0 8 * * *", time.UTC, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 10, day, hour, 0, 0, 0, time.UTC) }
	run := func(due, started time.Time) job.Run {
		return job.Run{Report: "daily", DueAt: due, StartedAt: started, State: job.Sent}
	}
	for _, c := range []struct {
		name       string
		configured time.Time
		runs       []job.Run
		now        time.Time
		want       bool
	}{
		{"new, before its first due time", at(5, 15), nil, at(5, 20), false},
		{"new, tried by hand for an older due time", at(5, 15), []job.Run{run(at(1, 8), at(5, 16))}, at(5, 20), false},
		{"new, an hour after its first due time", at(5, 15), nil, at(6, 9), false},
		{"new, never ran", at(5, 15), nil, at(6, 10), true},
		{"ran", at(5, 15), []job.Run{run(at(6, 8), at(6, 8))}, at(6, 10), false},
		{"ran late", at(5, 15), []job.Run{run(at(6, 8), at(6, 9))}, at(6, 10), false},
		{"did not run today", at(1, 15), []job.Run{run(at(5, 8), at(5, 8))}, at(6, 10), true},
		{"did not run yesterday, and is due again", at(1, 15), []job.Run{run(at(5, 8), at(5, 8))}, at(7, 8), true},
		{"did not run today, and the configuration was changed since", at(6, 9), []job.Run{run(at(5, 8), at(5, 8))}, at(6, 10), true},
		{"tried before its first due time, which passed", at(6, 9), []job.Run{run(at(1, 8), at(5, 16))}, at(6, 10), true},
		{"only run for a due time to come", at(5, 15), []job.Run{run(at(7, 8), at(5, 16))}, at(6, 10), true},
		{"another report ran", at(5, 15), []job.Run{{Report: "weekly", DueAt: at(6, 8), StartedAt: at(6, 8)}}, at(6, 10), true},
	} {
		entry := job.Entry{Report: "daily", Schedule: schedule, Zone: time.UTC}
		if got := !overdueSince(entry, c.runs, c.configured, c.now).IsZero(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if !overdueSince(job.Entry{Report: "daily", Zone: time.UTC}, nil, at(1, 0), at(6, 10)).IsZero() {
		t.Error("a report without a schedule is overdue")
	}
}

func TestReportThatWaitsForTheEndOfItsPeriodIsNotOverdue(t *testing.T) {
	zones := map[string]*time.Location{}
	for _, name := range []string{"Pacific/Kiritimati", "Pacific/Niue"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones[name] = zone
	}
	daily, err := schedule.Parse("0 6 * * *", zones["Pacific/Kiritimati"], nil)
	if err != nil {
		t.Fatal(err)
	}
	entry := job.Entry{Report: "daily", Schedule: daily, Zone: zones["Pacific/Kiritimati"], DataZone: zones["Pacific/Niue"], Period: "yesterday"}
	// It is due at 16:00 UTC, and its day is over in Niue 19 hours later, at 11:00 UTC.
	at := func(day, hour int) time.Time { return time.Date(2026, 10, day, hour, 0, 0, 0, time.UTC) }
	row := func(due, started time.Time, state job.State, open bool) job.Run {
		span, err := entry.Span(due)
		if err != nil {
			t.Fatal(err)
		}
		return job.Run{Report: "daily", Period: span.String(), DueAt: due, StartedAt: started, State: state, PeriodOpen: open}
	}
	ran, waits := row(at(4, 16), at(5, 11), job.Sent, false), row(at(5, 16), at(5, 16), job.Due, false)
	for name, c := range map[string]struct {
		runs []job.Run
		now  time.Time
		want bool
	}{
		"it waits":                                 {[]job.Run{ran, waits}, at(6, 10), false},
		"half an hour after it was over":           {[]job.Run{ran}, at(6, 11).Add(30 * time.Minute), false},
		"it waits, and the one before did not run": {[]job.Run{row(at(3, 16), at(4, 11), job.Sent, false), waits}, at(6, 10), true},
		"it was run by hand before it was over":    {[]job.Run{ran, row(at(5, 16), at(5, 17), job.Sent, true)}, at(6, 13), true},
		"it was run by hand since":                 {[]job.Run{ran, row(at(5, 16), at(6, 12), job.Sent, false)}, at(6, 13), false},
	} {
		if got := !overdueSince(entry, c.runs, at(1, 0), c.now).IsZero(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestStatusShowsWhatWaitsBesideARunByHand(t *testing.T) {
	zone, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	daily, err := schedule.Parse("0 6 * * *", zone, nil)
	if err != nil {
		t.Fatal(err)
	}
	entry := job.Entry{Report: "daily", Schedule: daily, Zone: zone, DataZone: time.UTC, Period: "yesterday"}
	due := time.Date(2026, 10, 6, 6, 0, 0, 0, zone) // the 5th, which is over seven hours later
	waits := job.Run{Report: "daily", Period: "2026-10-05", DueAt: due, StartedAt: due, State: job.Due}
	early := job.Run{Report: "daily", Period: "2026-10-05", DueAt: due, StartedAt: due.Add(time.Minute), State: job.Sent, PeriodOpen: true}
	now := due.Add(time.Hour)
	for _, runs := range [][]job.Run{{waits, early}, {early, waits}} {
		run, ok := LastRun(runs, entry, now)
		if until := WaitsUntil(run, entry, now); !ok || run.State != job.Due || !until.Equal(due.Add(7*time.Hour)) {
			t.Errorf("%+v waits until %v", run, until)
		}
	}
	if run, ok := LastRun([]job.Run{early}, entry, now); !ok || run.State != job.Sent {
		t.Errorf("run by hand alone: %+v", run)
	}
}

// TestReportThatIsNotRetriedAnyMoreIsStuck: serve may have ended while it was retried.
func TestReportThatIsNotRetriedAnyMoreIsStuck(t *testing.T) {
	entry := job.Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: 2 * time.Hour}
	due := time.Date(2026, 10, 6, 8, 0, 0, 0, time.UTC)
	run := job.Run{Report: "daily", Period: "2026-10-05", DueAt: due, StartedAt: due.Add(2 * time.Hour), State: job.Retrying, RetryUntil: due.Add(2 * time.Hour), Error: "no connection"}
	for after, stuck := range map[time.Duration]bool{90 * time.Minute: false, 4 * time.Hour: true} {
		s := &Status{Alarms: map[string]string{}}
		s.readReport(entry, []job.Run{run}, due, due.Add(after))
		if len(s.Warnings) != 1 || len(s.Alarms) > 0 != stuck {
			t.Errorf("after %v: %q, alarms %q", after, s.Warnings, s.Alarms)
		}
	}
}
