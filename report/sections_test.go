package report

import (
	"archive/zip"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestWhoWaitsIsListedByDayWithLinksToDial builds the list of callers to call back. The newest delivery is of 5 October, 07:58.
func TestWhoWaitsIsListedByDayWithLinksToDial(t *testing.T) {
	skipIfShort(t)
	missed := func(sid string, day, hour int, customer string) testCall {
		return testCall{sid: sid, at: time.Date(2026, 10, day, hour, 0, 0, 0, india), group: "Sales", direction: "incoming", outcome: "abandoned",
			customer: customer, wait: 30}
	}
	calls := []testCall{missed("1", 1, 9, "09000000001"), missed("2", 3, 18, "+919000000002"), missed("3", 4, 9, "9000000003"), missed("4", 4, 12, "09000000004"), missed("5", 5, 6, "09000000005")}
	for _, masked := range []bool{false, true} {
		d := readTemplate(t, "missed")
		d.MaskCustomers = masked
		req := request(t, "yesterday")
		req.Period.From, req.Period.To = req.Period.From.AddDate(0, 0, -6), req.Period.To.AddDate(0, 0, 1)
		path, _ := build(t, d, &testSource{calls: calls}, req)
		f := open(t, path)
		rows, err := f.GetRows("To call back")
		if err != nil {
			t.Fatal(err)
		}
		var sections, waiting []string
		for _, row := range rows {
			switch {
			case len(row) > 0 && strings.HasSuffix(row[0], ")"):
				sections = append(sections, row[0])
			case len(row) > 3 && row[1] == "Sales":
				waiting = append(waiting, row[3])
			}
		}
		if got := strings.Join(sections, "; "); got != "Today, Monday 5 October (1); Yesterday, Sunday 4 October (2); Older (2)" {
			t.Errorf("the sections are %q", got)
		}
		if got := strings.Join(waiting, "; "); got != "1 h; 22 h; 19 h; 3 days; 37 h" {
			t.Errorf("they wait %q", got)
		}
		if tables, err := f.GetTables("To call back"); err != nil || len(tables) != 3 {
			t.Errorf("tables %v, %v", tables, err)
		}
		linked, address, err := f.GetCellHyperLink("To call back", "A10")
		if err != nil || linked == masked || !masked && address != "tel:9000000003" {
			t.Errorf("masked %v: the number leads to %q, %v", masked, address, err)
		}
	}
}

// TestLongSectionsBeginOnNewPages: forty callers do not fit on a page, so a new one begins with the second section; three do.
func TestLongSectionsBeginOnNewPages(t *testing.T) {
	skipIfShort(t)
	for n, want := range map[int]string{3: "[]", 40: "[26]"} {
		src := &testSource{}
		for i := range n {
			src.calls = append(src.calls, testCall{sid: fmt.Sprint(i + 1), at: time.Date(2026, 10, 3+i%2, 9, i/2, 0, 0, india), group: "Sales",
				direction: "incoming", outcome: "abandoned", customer: fmt.Sprintf("090000%05d", i), wait: 30})
		}
		req := request(t, "yesterday")
		req.Period.From = req.Period.From.AddDate(0, 0, -6)
		path, _ := build(t, readTemplate(t, "missed"), src, req)
		// The first section has its heading in row 4, its header in 5, and 20 rows; an empty row follows.
		if got := fmt.Sprint(pageBreaks(t, path, 2)); got != want {
			t.Errorf("%d callers: pages end after rows %s, want %s", n, got, want)
		}
		waiting := fmt.Sprintf("of %d missed callers; %d within 24 h", n, n/2) // those of 4 October
		if rows, err := open(t, path).GetRows("Summary"); err != nil || !strings.Contains(fmt.Sprint(rows), waiting) {
			t.Errorf("no tile says %q, %v", waiting, err)
		}
	}
}

// pageBreaks returns the rows after which a page of a sheet ends.
func pageBreaks(t *testing.T, path string, sheet int) (rows []string) {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	text, err := fs.ReadFile(archive, fmt.Sprintf("xl/worksheets/sheet%d.xml", sheet))
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`<brk id="(\d+)"`).FindAllStringSubmatch(string(text), -1) {
		rows = append(rows, match[1])
	}
	return rows
}

// TestLongSectionsCanHaveBars: rows of a long section are streamed, after those of a section with bars.
func TestLongSectionsCanHaveBars(t *testing.T) {
	mine := ownQuery{&testSource{calls: testMonth()}, []string{"call_group", "calls"}, [][]any{{"Sales", int64(1)}}}
	for range streamedRows {
		mine.rows = append(mine.rows, []any{"Support", int64(2)})
	}
	d, err := Parse("own", []byte("title: T\nsheets:\n  - {kind: table, name: S, query: mine, columns: [call_group, calls], bars: [calls], sections: {by: call_group}}"), "")
	if err != nil {
		t.Fatal(err)
	}
	path, _ := build(t, d, mine, request(t, "yesterday"))
	if tables, err := open(t, path).GetTables("S"); err != nil || len(tables) != 2 {
		t.Errorf("tables %v, %v", tables, err)
	}
}

// A notedTotal source has a total query with a note.
type notedTotal struct{ ownQuery }

func (s notedTotal) Query(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error {
	if name != "noted" {
		return s.ownQuery.Query(ctx, name, args, header, row)
	}
	return cmp.Or(header([]string{"calls", "note"}), row([]any{int64(1001), "Theirs."}))
}

// TestNoteCountsTheNumbersOnTheSheet: rows beyond the limit have no links, and the note of a total is kept.
func TestNoteCountsTheNumbersOnTheSheet(t *testing.T) {
	mine := ownQuery{&testSource{calls: testMonth()}, []string{"customer_number", "calls"}, nil}
	for i := range maxPhoneLinks + 1 {
		mine.rows = append(mine.rows, []any{fmt.Sprintf("090000%05d", i), int64(1)})
	}
	const dialled = "The first 1,000 numbers can be dialled with a click."
	for sheet, want := range map[string]string{
		"limit: 1000":                                 "",
		"limit: 1001":                                 dialled,
		"limit: 1001, note: Ours.":                    "Ours. " + dialled,
		"total: All, total_query: noted":              "Theirs. " + dialled,
		"total: All, total_query: noted, note: Ours.": "Ours. " + dialled,
	} {
		d, err := Parse("own", []byte("title: T\nsheets:\n  - {kind: table, name: S, query: mine, columns: [customer_number, calls], "+sheet+"}"), "")
		if err != nil {
			t.Fatal(err)
		}
		path, _ := build(t, d, notedTotal{mine}, request(t, "yesterday"))
		if got := shown(t, open(t, path), "S", "A3"); got != want {
			t.Errorf("%s: the note is %q, want %q", sheet, got, want)
		}
	}
}

// TestOnlySoManyNumbersAreLinks: the note of a sheet says so.
func TestOnlySoManyNumbersAreLinks(t *testing.T) {
	b := &book{}
	result := &resultSet{columns: []string{"customer_number"}}
	for i := range maxPhoneLinks + 1 {
		if note := b.phoneNote(Sheet{Columns: result.columns}, result); note != "" {
			t.Fatalf("%d numbers: %q", i, note)
		}
		result.rows = append(result.rows, []any{fmt.Sprintf("090000%05d", i)})
	}
	if got := b.phoneNote(Sheet{Columns: result.columns}, result); got != "The first 1,000 numbers can be dialled with a click." {
		t.Errorf("got %q", got)
	}
	if got := b.phoneNote(Sheet{Columns: []string{"call_group"}}, result); got != "" {
		t.Errorf("without a column of numbers: %q", got)
	}
}

// TestLateChangesAreInWordsAndFormats: what a field was and is now looks as on the sheet of calls.
func TestLateChangesAreInWordsAndFormats(t *testing.T) {
	b := &book{catalog: catalog{columns: map[string]columnMeta{
		"outcome":      {format: "text", words: map[string]string{"no_answer": "no answer"}},
		"talk_seconds": {format: "duration"}, "wait_seconds": {format: "short_duration"}, "coins": {format: "coins"},
		"started_at": {format: "time"}, "flags": {format: "list", words: map[string]string{"clock_mismatch": "clocks differ"}},
	}}}
	result := &resultSet{columns: []string{"field", "old", "new"}, rows: [][]any{
		{"outcome", "no_answer", "answered"}, {"talk_seconds", nil, "75"}, {"wait_seconds", "9", "61"}, {"coins", "1", "1.25"},
		{"started_at", "2026-10-05 09:05:10", "2026-10-05 09:05:40"}, {"flags", "clock_mismatch, new_flag", ""}, {"call", nil, "first report"},
	}}
	want := "[[outcome no answer answered] [talk_seconds <nil> 0:01:15] [wait_seconds 0:09 1:01] [coins 1 1.25] " +
		"[started_at 5 Oct 2026 09:05:10 5 Oct 2026 09:05:40] [flags clocks differ, new_flag <nil>] [call <nil> first report]]"
	if got := strings.ReplaceAll(fmt.Sprint(b.withWords(result).rows), "  ", " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if b.withWords(&resultSet{columns: []string{"old"}}).rows != nil || result.rows[0][1] != "no_answer" {
		t.Error("a result is changed in place")
	}
}
