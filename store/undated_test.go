package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestLinesWithoutATimeAreReadAlikeByEachLoad loads bare lines from a file without a date in its name, and again months later: the second of the
// CallSid is the time of receipt, else the time of the file. Neither is after the load.
func TestLinesWithoutATimeAreReadAlikeByEachLoad(t *testing.T) {
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{
		"export.ndjson": `{"CallSid":"1791175502.1","Direction":"IVR","Status":"ANSWER","TalkDuration":"10"}` + "\n" +
			`{"CallSid":"2000000000.1","Direction":"IVR","Status":"ANSWER","TalkDuration":"10"}` + "\n" + // in 2033, after the file was written
			`{"CallSid":"77","Direction":"IVR","Status":"ANSWER","TalkDuration":"10"}` + "\n" +
			`{"CallSid":"78","Direction":"IVR","Status":"ANSWER","TalkDuration":"10","StartTime":"2026-10-05 10:00:00"}` + "\n" +
			`{"type":"add_member","a":1}` + "\n",
		"future.ndjson": `{"CallSid":"79","Direction":"IVR","Status":"ANSWER","TalkDuration":"10"}` + "\n",
	})
	for name, written := range map[string]time.Time{
		"export.ndjson": time.Date(2026, 10, 7, 6, 30, 0, 0, time.UTC), "future.ndjson": testNow().AddDate(0, 0, 1)} {
		if err := os.Chtimes(filepath.Join(dir, "spool", name), written, written); err != nil {
			t.Fatal(err)
		}
	}
	want := `call_sid,first_received_at,started_at
1791175502.1,2026-10-05 10:15:02,2026-10-05 10:15:02
2000000000.1,2026-10-07 12:00:00,2026-10-07 12:00:00
77,2026-10-07 12:00:00,2026-10-07 12:00:00
78,2026-10-05 10:00:00,2026-10-05 10:00:00
`
	for _, now := range []time.Time{testNow(), testNow().AddDate(0, 3, 0)} {
		loadWith(t, dir, Options{Settings: testSettings(), Now: func() time.Time { return now }}, 0)
		reader := published(t, dir, testSettings())
		got := lines(query(t, reader, "select call_sid, first_received_at, started_at from calls where call_sid <> '79' order by call_sid"))
		if got != want {
			t.Errorf("loaded at %s: got, want\n%s", now, differingLines(got, want))
		}
		if event := cell(query(t, reader, "select received_at from other_events")[1][0]); event != "2026-10-07 12:00:00" {
			t.Errorf("loaded at %s: the event was received at %s", now, event)
		}
		statement := "select count(*) from calls where call_sid = '79' and first_received_at <= '" + now.Format(time.RFC3339) + "'"
		if count := query(t, reader, statement)[1][0]; count != "1" {
			t.Errorf("loaded at %s: a line was received after the load", now)
		}
		reader.Close()
		if err := os.Remove(filepath.Join(dir, "calls.duckdb")); err != nil {
			t.Fatal(err)
		}
	}
}
