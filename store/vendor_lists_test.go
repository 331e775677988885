package store

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/spool"
)

// writeList writes the list of a day with the rows, fetched at a local time such as 2026-10-06 02:30:00.
func writeList(t *testing.T, dir, source, day, fetched string, rows ...string) {
	t.Helper()
	at, err := time.ParseInLocation(time.DateTime, fetched, mustZone(t, "Asia/Kolkata"))
	if err != nil {
		t.Fatal(err)
	}
	header := spool.VendorList{List: "callerdesk", Source: source, Day: day, FetchedAt: at, Total: int64(len(rows))}
	if err := spool.WriteVendorList(dir, header, payloadsOf(rows)); err != nil {
		t.Fatal(err)
	}
}

func payloadsOf(rows []string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, row := range rows {
			if !yield([]byte(row), nil) {
				return
			}
		}
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// listedRow is a row of a list: an incoming call of a minute at a local time.
func listedRow(sid, start, fields string) string {
	at, err := time.Parse(time.DateTime, start)
	if err != nil {
		panic(err)
	}
	row := fmt.Sprintf(`{"CallSid":%q,"Direction":"IVR","SourceNumber":"09876543210","DestinationNumber":"01204000001","DialWhomNumber":"9280000001",`+
		`"CallDuration":"60","TalkDuration":"40","Status":"ANSWER","StartTime":%q,"EndTime":%q,"coins":"1","call_group":"Sales","receiver_name":"Asha"`,
		sid, start, at.Add(time.Minute).Format(time.DateTime))
	if fields != "" {
		row += "," + fields
	}
	return row + "}"
}

func TestListsAreLoadedAsOfTheirFiles(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	settings := testSettings()
	a, b, c := listedRow("1.1", "2026-10-05 10:00:00", `"circle":"Delhi"`), listedRow("1.2", "2026-10-05 11:00:00", `"key_pressed":"2"`), listedRow("1.3", "2026-10-06 11:00:00", "")
	writeSpool(t, dir, map[string]string{"2026-10-05.ndjson": a + "\n"})
	writeList(t, dir, "main", "2026-10-05", "2026-10-06 02:30:00", b, a, b)
	writeList(t, dir, "main", "2026-10-06", "2026-10-07 02:30:00", c)
	writeList(t, dir, "second", "2026-10-06", "2026-10-07 02:30:00")
	load(t, dir, settings)
	show := func() (text string) {
		reader := published(t, dir, settings)
		for _, row := range query(t, reader, `select source, day, call_sid, timezone('Asia/Kolkata', started_at) as at, outcome, talk_seconds, coins::double, charged_coins::double, circle, ivr_key,
			list_rows, list_phones from vendor_calls order by all`)[1:] {
			text += strings.Join(row, " ") + "\n"
		}
		for _, row := range query(t, reader, "select source, day, rows, unreadable from vendor_lists order by all")[1:] {
			text += strings.Join(row, " ") + "\n"
		}
		return text
	}
	both := `main 2026-10-05 1.1 2026-10-05 10:00:00 answered 40 1 1 Delhi  1 1
main 2026-10-05 1.2 2026-10-05 11:00:00 answered 40 1 2  2 2 1
main 2026-10-06 1.3 2026-10-06 11:00:00 answered 40 1 1   1 1
main 2026-10-05 3 0
main 2026-10-06 1 0
second 2026-10-06 0 0
`
	if got := show(); got != both {
		t.Errorf("loaded\n%s", got)
	}
	rebuilt := t.TempDir()
	for _, name := range []string{"spool", "vendor"} {
		if err := os.CopyFS(filepath.Join(rebuilt, name), os.DirFS(filepath.Join(dir, name))); err != nil {
			t.Fatal(err)
		}
	}

	// Fetched again: one call less, and one that cannot be read. The other day is damaged, the third gone.
	writeList(t, dir, "main", "2026-10-05", "2026-10-06 03:30:00", a, `{"CallSid":"","Direction":"IVR","StartTime":"2026-10-05 12:00:00"}`)
	path := spool.VendorListPath(dir, "main", "2026-10-06")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "Sales", "Sails", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(spool.VendorListPath(dir, "second", "2026-10-06")); err != nil {
		t.Fatal(err)
	}
	summary := load(t, dir, settings)
	if len(summary.Warnings) != 1 || !strings.Contains(summary.Warnings[0], "2026-10-06.ndjson, line 2") {
		t.Errorf("warnings: %q", summary.Warnings)
	}
	if got, want := show(), "main 2026-10-05 1.1 2026-10-05 10:00:00 answered 40 1 1 Delhi  1 1\nmain 2026-10-05 2 1\n"; got != want {
		t.Errorf("loaded again\n%s", got)
	}
	dir = rebuilt
	load(t, dir, settings)
	if got := show(); got != both {
		t.Errorf("built from the files\n%s", got)
	}
	settings.Sources = []Source{{Name: "main", Timezone: "Asia/Dubai", OutgoingCaller: "agent"}}
	load(t, dir, settings)
	if got, want := show(), strings.ReplaceAll(both, "10:00:00", "11:30:00"); !strings.Contains(got, "1.1 2026-10-05 11:30:00") {
		t.Errorf("in another zone\n%s\n%s", got, want)
	}
}

func TestReconciliation(t *testing.T) {
	dir := t.TempDir()
	var spoolText strings.Builder
	webhook := func(received, payload string) {
		fmt.Fprintf(&spoolText, `{"id":"01%024d","received_at":"%s+05:30","source":"main","kind":"call_report","encoding":"json","payload":%s}`+"\n", spoolText.Len(), strings.Replace(received, " ", "T", 1), payload)
	}
	webhook("2026-10-05 10:01:05", listedRow("1.1", "2026-10-05 10:00:00", ""))
	webhook("2026-10-05 10:11:05", listedRow("1.2", "2026-10-05 10:10:00", ""))
	webhook("2026-10-05 10:21:05", listedRow("1.3", "2026-10-05 10:20:00", ""))
	webhook("2026-10-05 10:31:05", listedRow("1.5", "2026-10-05 10:30:00", ""))
	webhook("2026-10-05 10:51:05", listedRow("1.8", "2026-10-05 10:50:00", ""))
	unreadable := strings.Replace(listedRow("1.8", "2026-10-05 10:50:00", ""), `"coins":"1"`, `"coins":"1 or 2"`, 1)
	again := listedRow("1.1", "2026-10-05 10:00:00", `"id":"2"`) // the coins of both rows are charged
	webhook("2026-10-05 22:00:05", listedRow("1.6", "2026-10-05 21:59:00", ""))
	differing := strings.NewReplacer(`"ANSWER"`, `"NO ANSWER"`, `"40"`, `"0"`, `"coins":"1"`, `"coins":"0.5"`, `9280000001`, `09280000002`, `Sales`, `Support`).Replace(listedRow("1.2", "2026-10-05 10:10:00", ""))
	silent := strings.NewReplacer(`"TalkDuration":"40",`, "", `"Status":"ANSWER",`, "", `"coins":"1"`, `"coins":""`, `9280000001`, ``, `Sales`, ``, "Asha", "").Replace(listedRow("1.3", "2026-10-05 10:20:00", ""))
	writeSpool(t, dir, map[string]string{"2026-10-05.ndjson": spoolText.String()})
	writeList(t, dir, "main", "2026-10-05", "2026-10-05 22:05:00", listedRow("1.1", "2026-10-05 10:00:00", ""), differing, silent, unreadable, again,
		listedRow("1.4", "2026-10-05 10:40:00", ""), listedRow("1.7", "2026-10-05 22:01:00", ""))
	settings := testSettings()
	load(t, dir, settings)
	reader := published(t, dir, settings)
	want := []string{"source", "day", "vendor_calls", "our_calls", "missing", "recovered", "unknown_to_vendor", "differing", "vendor_coins", "our_coins", "is_final", "is_complete"}
	rows := query(t, reader, "select "+strings.Join(want, ", ")+" from reconciliations")
	if got := strings.Join(rows[1], " "); len(rows) != 2 || got != "main 2026-10-05 5 5 1 0 1 2 3.5 5 false false" {
		t.Errorf("%v", rows)
	}
	var got []string
	err := reader.Query(context.Background(), "vendor_differences", map[string]any{"from": "2026-10-05", "to": "2026-10-05"}, func([]string) error { return nil }, func(values []any) error {
		got = append(got, strings.Join([]string{cell(values[3]), cell(values[6]), cell(values[7]), cell(values[8]), cell(values[9])}, " "))
		return nil
	})
	slices.Sort(got)
	if err != nil || !slices.Equal(got, []string{
		"1.2 agent Asha 09280000002 Asha 9280000001 true", "1.2 coins 0.5 1 true", "1.2 group Support Sales true", "1.2 status no_answer answered true", "1.2 talk 0 40 true",
		"1.4 missing answered  true", "1.5 unknown to the vendor  answered false", "1.8 unreadable   false"}) {
		t.Errorf("%q %v", got, err)
	}
}

// TestNewerDifferencesAreWhatFixTakesIn: where the newest report of a call is the row of the list already, the row says nothing newer, though
// it differs from what all reports say together.
func TestNewerDifferencesAreWhatFixTakesIn(t *testing.T) {
	dir := t.TempDir()
	otherLeg := strings.NewReplacer(`9280000001`, `9280000002`, "Asha", "Ravi", `"40"`, `"20"`, `"ANSWER"`, `"NO ANSWER"`).Replace(listedRow("1.1", "2026-10-05 10:00:00", ""))
	otherTalk := strings.Replace(listedRow("1.2", "2026-10-05 10:10:00", ""), `"40"`, `"30"`, 1)
	writeSpool(t, dir, map[string]string{"2026-10-05.ndjson": listedRow("1.1", "2026-10-05 10:00:00", "") + "\n" + otherLeg + "\n" + listedRow("1.2", "2026-10-05 10:10:00", "") + "\n"})
	writeList(t, dir, "main", "2026-10-05", "2026-10-06 02:30:00", otherLeg, otherTalk, listedRow("1.3", "2026-10-05 10:20:00", ""))
	load(t, dir, testSettings())
	reader := published(t, dir, testSettings())
	var got []string
	err := reader.Query(context.Background(), "vendor_differences", map[string]any{"from": "2026-10-05", "to": "2026-10-05"}, func([]string) error { return nil }, func(values []any) error {
		got = append(got, strings.Join([]string{cell(values[3]), cell(values[6]), cell(values[9])}, " "))
		return nil
	})
	if want := []string{"1.1 agent false", "1.1 status false", "1.1 talk false", "1.2 talk true", "1.3 missing true"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q %v, want %q", got, err, want)
	}
	newer, err := reader.NewerRows(context.Background(), "main", "2026-10-05", "2026-10-05")
	if err != nil || len(newer) != 2 || newer[0].Line != 3 || newer[1].Line != 4 {
		t.Errorf("%+v %v", newer, err)
	}
}
