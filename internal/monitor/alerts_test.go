package monitor

import (
	"slices"
	"testing"
	"time"

	"callsheet/internal/job"
)

func TestAlertsSayEachFailureOnce(t *testing.T) {
	bad := job.Run{Recipient: "bad@example.com", State: job.Failed, Error: "550 no such user"}
	sales := job.Run{Part: "Sales", Recipient: "boss@example.com", State: job.Unknown, Error: "no answer"}
	sent := job.Run{Recipient: "boss@example.com", State: job.Sent}
	for _, c := range []struct {
		runs []job.Run
		want []string
	}{
		{[]job.Run{{Error: "the disk is full"}}, []string{"the disk is full"}},
		{[]job.Run{{Error: "bad@example.com: 550 no such user"}, sent, bad}, []string{"bad@example.com: failed: 550 no such user"}},
		{[]job.Run{{Error: "Sales to boss@example.com: no answer"}, sales}, []string{"Sales boss@example.com: unknown: no answer"}},
		{[]job.Run{{Error: "bad@example.com: 550 no such user; calls may be missing: x"}, bad},
			[]string{"bad@example.com: 550 no such user; calls may be missing: x", "bad@example.com: failed: 550 no such user"}},
		{[]job.Run{{Error: "2 of 3; the first: bad@example.com: 550 no such user"}, sent, bad, sales},
			[]string{"2 of 3; the first: bad@example.com: 550 no such user", "bad@example.com: failed: 550 no such user", "Sales boss@example.com: unknown: no answer"}},
		{[]job.Run{{Error: "a part cannot be built"}, sent}, []string{"a part cannot be built"}},
	} {
		if got := failures(c.runs); !slices.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestAlertsSayWhatToDo(t *testing.T) {
	entry := job.Entry{Report: "daily", Zone: time.FixedZone("IST", 19800)}
	due := time.Date(2026, 10, 6, 2, 30, 0, 0, time.UTC)
	for state, want := range map[job.State]string{
		job.Failed:     "To send what was not sent, once the cause is removed: callsheet run daily --for 2026-10-06T08:00:00+05:30",
		job.Partial:    "To send what was not sent, once the cause is removed: callsheet run daily --for 2026-10-06T08:00:00+05:30",
		job.Unknown:    "Ask the recipients whether it arrived. To send it again to those who may not have it: callsheet run daily --for 2026-10-06T08:00:00+05:30 --resend",
		job.Incomplete: "callsheet load says what could not be loaded. To send the report again once it is: callsheet run daily --for 2026-10-06T08:00:00+05:30 --resend",
	} {
		if got := remedy(entry, job.Run{State: state, DueAt: due}); got != want {
			t.Errorf("%s: %s", state, got)
		}
	}
}
