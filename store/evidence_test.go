package store

import (
	"fmt"
	"testing"
)

// TestCallWithoutReportCountsOnItsFirstDay: live events of a call around midnight are one call, on the day of the first of them.
func TestCallWithoutReportCountsOnItsFirstDay(t *testing.T) {
	line := func(received, kind, sid, rest string) string {
		return fmt.Sprintf(`{"received_at":"%s","source":"main","kind":"%s","encoding":"json","payload":{"CallSid":"%s","Direction":"IVR",%s}}`+"\n",
			received, kind, sid, rest)
	}
	reader := loaded(t, testSettings(), map[string]string{"a.ndjson": line("2026-10-05T23:58:00+05:30", "live_call", "1.1", `"Status":"Ringing","StartTime":"2026-10-05 23:58:00"`) +
		line("2026-10-06T00:02:00+05:30", "live_call", "1.1", `"Status":"Picked","StartTime":"2026-10-05 23:58:00"`) +
		line("2026-10-06T09:00:00+05:30", "live_call", "1.2", `"Status":"Ringing","StartTime":"2026-10-06 09:00:00"`) +
		line("2026-10-06T09:01:00+05:30", "call_report", "1.2", `"Status":"ANSWER","StartTime":"2026-10-06 09:00:00","EndTime":"2026-10-06 09:01:00"`) +
		line("2026-10-06T20:01:00+05:30", "call_report", "1.3", `"Status":"ANSWER","StartTime":"2026-10-06 20:00:00","EndTime":"2026-10-06 20:01:00"`)})
	for days, want := range map[[2]string]string{{"2026-10-05", "2026-10-05"}: "1,0", {"2026-10-06", "2026-10-06"}: "0,1", {"2026-10-05", "2026-10-06"}: "1,1"} {
		rows := namedRows(t, reader, "evidence", map[string]any{"from": days[0], "to": days[1]})
		got := map[string]string{}
		for i, name := range rows[0] {
			got[name] = rows[1][i]
		}
		if got := got["live_without_report"] + "," + got["reports_without_live"]; got != want {
			t.Errorf("%v: %s, want %s", days, got, want)
		}
	}
}
