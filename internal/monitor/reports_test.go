package monitor

import (
	"testing"
	"time"

	"callsheet/internal/job"
)

func TestReportIsOverdueOnlyAfterADueTimeAtWhichItExisted(t *testing.T) {
	schedule, err := job.ParseSchedule("0 8 * * *", time.UTC, nil)
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
		{"did not run today, and the configuration was changed since", at(6, 9), []job.Run{run(at(5, 8), at(5, 8))}, at(6, 10), true},
		{"tried before its first due time, which passed", at(6, 9), []job.Run{run(at(1, 8), at(5, 16))}, at(6, 10), true},
		{"only run for a due time to come", at(5, 15), []job.Run{run(at(7, 8), at(5, 16))}, at(6, 10), true},
		{"another report ran", at(5, 15), []job.Run{{Report: "weekly", DueAt: at(6, 8), StartedAt: at(6, 8)}}, at(6, 10), true},
	} {
		entry := job.Entry{Report: "daily", Schedule: schedule, Zone: time.UTC}
		if got := isOverdue(entry, c.runs, c.configured, c.now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if isOverdue(job.Entry{Report: "daily", Zone: time.UTC}, nil, at(1, 0), at(6, 10)) {
		t.Error("a report without a schedule is overdue")
	}
}
