package pagedata

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"callsheet/internal/job"
	"callsheet/internal/page"
)

func TestRunsOfThePageAreThoseOfTheLedger(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 10, n, 8, 0, 0, 0, time.UTC) }
	rows := []job.Run{
		{Report: "daily", Period: "2026-10-04", DueAt: day(5), StartedAt: day(5), State: job.Sent, File: "/r/old.xlsx", SHA256: "1"},
		{Report: "weekly", Period: "2026-W40", DueAt: day(5), StartedAt: day(5), State: job.Failed},
		{Report: "daily", Period: "2026-10-05", DueAt: day(6), StartedAt: day(6), State: job.Partial, Error: "one of two"},
		{Report: "daily", Period: "2026-10-05", Part: "Sales", DueAt: day(6), State: job.Sent, File: "/r/sales.xlsx", SHA256: "2", Group: "Sales"},
		{Report: "daily", Period: "2026-10-05", Part: "Sales", Recipient: "a@example.com", DueAt: day(6), FinishedAt: day(7), State: job.Sent, File: "/r/sales.xlsx"},
		{Report: "daily", Period: "2026-10-05", Part: "\x1b[31mउत्तर", Recipient: "b@example.com", DueAt: day(6), State: job.Failed, Error: "mailbox full"},
		{Report: "daily", Period: "2026-10", PeriodOpen: true, DueAt: day(7), StartedAt: day(7), State: job.Sent},
		{Report: "daily", Period: "2026-10", PeriodOpen: true, DueAt: day(8), StartedAt: day(8), State: job.Building},
	}
	var got []string
	for _, run := range runsOf(rows, "daily") {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %d %s %v", run.Period, run.State, run.At.Day(), run.Error, run.Files)))
		for _, r := range run.Recipients {
			got = append(got, fmt.Sprintf("%s %s %s %s", r.Part, r.Name, r.State, r.Error))
		}
	}
	want := []string{
		"2026-10 building 8  []", "2026-10 sent 7  []",
		fmt.Sprintf("2026-10-05 partly 6 one of two %v", []page.File{{Part: "Sales", Path: "/r/sales.xlsx", SHA256: "2", Group: "Sales"}}),
		"Sales a@example.com sent ", `\x1b[31mउत्तर b@example.com failed mailbox full`,
		fmt.Sprintf("2026-10-04 sent 5  %v", []page.File{{Path: "/r/old.xlsx", SHA256: "1"}}),
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if runs := runsOf(rows, "monthly"); runs != nil {
		t.Errorf("a report that never ran has %v", runs)
	}
}
