package importer

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"callsheet/internal/spool"
	"callsheet/store"
)

// testReading reads with a source in India, where SourceNumber of outgoing calls is the agent.
func testReading(t *testing.T) Reading {
	return Reading{
		Zone: time.FixedZone("IST", 19800), OutgoingIsAgent: true, TempDir: t.TempDir(), Stdin: strings.NewReader(""),
		Direction: func(word string) (string, error) {
			return map[string]string{"IVR": "incoming", "WEBOBD": "outgoing"}[word] + map[bool]string{true: "unknown"}[word != "IVR" && word != "WEBOBD"], nil
		},
	}
}

// readContent reads a file with some content and returns its candidates.
func readContent(t *testing.T, reading Reading, content string) (payloads []string, report *Report, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	into, err := spool.NewImport(t.TempDir(), time.Unix(0, 0), time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer into.Abort()
	i := Importer{Path: path, Reading: reading, Into: into, Identify: store.Identifier(store.Settings{}, "main")}
	if i.candidates, err = newCandidates(reading.TempDir); err != nil {
		t.Fatal(err)
	}
	defer i.candidates.close()
	err = i.readFile(t.Context())
	eachErr := i.candidates.each(func(_ int64, c candidate, line []byte) error {
		for key, value := range spool.Members(line) {
			if c.isRow && string(key) == "payload" {
				line = value
			}
		}
		payloads = append(payloads, string(line))
		return nil
	})
	if eachErr != nil {
		t.Fatal(eachErr)
	}
	report = &i.Report
	if got := int64(len(payloads)) + report.Rejected + report.Skipped; err == nil && got != report.Rows {
		t.Errorf("%d rows, but %d read, rejected and skipped", report.Rows, got)
	}
	return payloads, report, err
}

const table = "CallSid,Direction,StartTime,TalkDuration,receiver_name\n1.1,IVR,2026-10-05 10:15:02,40,José\n2.2,IVR,2026-10-05 10:16:02,50,Zoë\n"

func TestATableIsTheSameInEveryEncodingSeparatorAndLineEnding(t *testing.T) {
	want, _, err := readContent(t, testReading(t), table)
	if err != nil || len(want) != 2 {
		t.Fatal(want, err)
	}
	wide := func(text string, mark bool, low, high int) string {
		var out []byte
		if mark {
			text = "\uFEFF" + text
		}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = append(out, byte(unit>>low), byte(unit>>high))
		}
		return string(out)
	}
	windows := strings.NewReplacer("é", "\xe9", "ë", "\xeb").Replace(table)
	var zipped, zstded bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(table))
	z.Close()
	s, _ := zstd.NewWriter(&zstded)
	s.Write([]byte(table))
	s.Close()
	for name, content := range map[string]string{
		"UTF-8 with BOM":       "\ufeff" + table,
		"UTF-16 LE with BOM":   wide(table, true, 0, 8),
		"UTF-16 BE with BOM":   wide(table, true, 8, 0),
		"UTF-16 LE":            wide(table, false, 0, 8),
		"UTF-16 BE":            wide(table, false, 8, 0),
		"Windows-1252":         windows,
		"semicolons":           strings.ReplaceAll(table, ",", ";"),
		"tabs":                 strings.ReplaceAll(table, ",", "\t"),
		"bars":                 strings.ReplaceAll(table, ",", "|"),
		"sep=":                 "sep=;\n" + strings.ReplaceAll(table, ",", ";"),
		"quoted sep=":          "\"sep=;\"\r\n" + strings.ReplaceAll(table, ",", ";"),
		"CRLF":                 strings.ReplaceAll(table, "\n", "\r\n"),
		"CR":                   strings.ReplaceAll(table, "\n", "\r"),
		"no last newline":      strings.TrimSuffix(table, "\n"),
		"blank lines":          "\n\n" + strings.ReplaceAll(table, "\n", "\n\n"),
		"trailing separators":  strings.ReplaceAll(table, "\n", ",,\n"),
		"quotes":               strings.ReplaceAll(strings.ReplaceAll(table, "José", `"José"`), "CallSid", `"CallSid"`),
		"gzip":                 zipped.String(),
		"zstd":                 zstded.String(),
		"titles":               "Calls, October\nby admin\n" + table,
		"titles with commas":   "a,b,c,d,e\n" + table,
		"spelling of headings": strings.Replace(table, "CallSid,Direction,StartTime,TalkDuration,receiver_name", "call sid,DIRECTION,Start_Time, Talk-Duration ,Receiver Name", 1),
	} {
		got, _, err := readContent(t, testReading(t), content)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v %v\nwant %v", name, got, err, want)
		}
	}
}

func TestAFileThatIsNoTableOfCallsIsRefusedWithAReason(t *testing.T) {
	for content, want := range map[string]string{
		"":      "the file is empty",
		" \n\n": "the file is empty",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600):                    "old .xls format",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + string(utf16Text("EncryptedPackage")) + "\x00": "protected by a password",
		"<html><table><tr><td>CallSid":                                                      "is HTML or XML",
		"%PDF-1.7":                                                                          "is a PDF",
		"PK\x03\x04 not really":                                                             "the workbook is damaged",
		"Name,Number\nRavi,098\n":                                                           "the header has no CallSid: it has Name, Number",
		"CallSid,Name\n1,Ravi\n":                                                            "nothing that only a finished call has",
		"CallSid,Talk (min)\n1,2\n":                                                         "nothing that only a finished call has",
		"[{\"CallSid\":\"1\"} {":                                                            "item 2",
		"[1] tail":                                                                          "something follows the end of the array",
		"[{\"CallSid\":\"1\",\"TalkDuration\":1}":                                           "the file ends within its JSON",
		"{\"data\":[{\"CallSid\":\"1\",\"TalkDuration\":1}":                                 "the file ends within its JSON",
		"{\"data\":[{\"CallSid\":\"1\",\"TalkDuration\":1}]":                                "the file ends within its JSON",
		"\xff\xfeC\x00a":                                                                    "line 1 cannot be read: it has damaged UTF-16 characters",
		"\x1f\x8b\x08\x00garbage":                                                           "unexpected EOF",
		strings.Repeat(",", 5000):                                                           "it has ,,,,,",
		strings.Repeat("a,", 5000):                                                          "a, a …",
		"just words":                                                                        "the header has no CallSid: it has just words",
	} {
		_, _, err := readContent(t, testReading(t), content)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", content, err, want)
		}
	}
	i := Importer{Path: t.TempDir(), Reading: testReading(t), candidates: &candidates{}}
	if err := i.readFile(t.Context()); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
}

func TestDamageCostsItsRowAndNoOther(t *testing.T) {
	const header = "CallSid,Direction,StartTime,TalkDuration,Notes\n"
	row := func(n int, note string) string { return fmt.Sprintf("%d,IVR,2026-10-05 10:15:02,40,%s\n", n, note) }
	long := strings.Repeat("x", maxLine+10)
	for name, c := range map[string]struct {
		body                    string
		read, rejected, skipped int64
		reason                  string
	}{
		"a quote that is not closed":          {row(1, `"5 inch`) + row(2, "fine") + row(3, "fine"), 2, 1, 0, "line 2: a quote that is not closed"},
		"closed in a later row":               {row(1, `"5 inch`) + row(2, `so"`) + row(3, "fine"), 2, 1, 0, "line 2: a quote that is not closed"},
		"closed before a quoted field":        {row(1, `"5 inch`) + row(2, `"fine"`) + row(3, "fine"), 2, 1, 0, "line 2: a quote that is not closed"},
		"not closed in the last row":          {row(1, "fine") + row(2, `"5 inch`), 1, 1, 0, "line 3: a quote that is not closed"},
		"not closed in an early field":        {`"1,IVR,2026-10-05 10:15:02,40,x` + "\n" + row(2, "fine"), 1, 1, 0, "line 2: a quote"},
		"a note over three lines":             {row(1, "\"a\nb, c\n\"\"d\"\"\"") + row(2, "fine"), 2, 0, 0, ""},
		"a note with an empty line":           {row(1, "\"a\n\nb\"") + row(2, "fine"), 2, 0, 0, ""},
		"a note over a hundred and one lines": {row(1, `"`+strings.Repeat("a\n", 101)+`b"`) + row(2, "fine"), 1, 103 - 1, 0, "line 2: a quote that is not closed"},
		"a first field over two lines":        {"\"12345678\n1791175503.96\",IVR,2026-10-05 10:15:02,40,x\n" + row(2, "fine"), 2, 0, 0, ""},
		"a middle field over two lines":       {"1791175503.96,\"I\nVR 123456789\",2026-10-05 10:15:02,40,x\n" + row(2, "fine"), 2, 0, 0, ""},
		"a field with the number of a call":   {"1791175503.96,IVR,2026-10-05 10:15:02,40,\"x\n1791175504.96\"\n" + row(2, "fine"), 2, 0, 0, ""},
		"a first field that ends in a row":    {"\"1,IVR,2026-10-05 10:15:02,40,x\n" + "2\",IVR,2026-10-05 10:15:02,40,x\n", 1, 1, 0, "line 2: a quote"},
		"a quote within a quoted field":       {row(1, `"said 5" pipe"`) + row(2, `"said 5" pipe`), 2, 0, 0, ""},
		"too few fields":                      {"1,IVR\n" + row(2, "fine"), 1, 1, 0, "line 2: 2 fields, the header has 5"},
		"too many fields":                     {row(1, "a,b") + row(2, "fine"), 1, 1, 0, "line 2: 6 fields, the header has 5"},
		"NUL":                                 {row(1, "a\x00b") + row(2, "fine"), 1, 1, 0, "line 2: it has NUL bytes"},
		"a long line":                         {row(1, long) + row(2, "fine"), 1, 1, 0, "line 2: the line is longer than 16 MiB"},
		"UTF-8, then not":                     {row(1, "é") + row(2, "\xe9") + row(3, "é"), 2, 1, 0, "line 3: it is not UTF-8"},
		"neither UTF-8 nor Windows-1252":      {row(1, "\x81") + row(2, "fine"), 1, 1, 0, "line 2: it is neither"},
		"totals":                              {row(1, "x") + "Total,,,40,\n" + ",,,40,\nGrand Total:,,,,\n", 1, 0, 3, ""},
		"a total in another column":           {row(1, "x") + ",Total,,40,\n", 1, 0, 1, ""},
		"the headings again":                  {row(1, "x") + header + row(2, "x") + strings.ToUpper(header), 2, 0, 2, ""},
		"other headings":                      {row(1, "x") + "CallSid,Direction,StartTime,TalkDuration,Remarks\n", 2, 0, 0, ""}, // the loader rejects it
		"a row without CallSid":               {",IVR,2026-10-05 10:15:02,40,x\n", 1, 0, 0, ""},                                  // the loader rejects it
	} {
		got, report, err := readContent(t, testReading(t), header+c.body)
		if err != nil || int64(len(got)) != c.read || report.Rejected != c.rejected || report.Skipped != c.skipped {
			t.Errorf("%s: %d read, %d rejected %v, %d skipped, %v; want %d, %d, %d", name, len(got), report.Rejected, report.Rejects, report.Skipped, err, c.read, c.rejected, c.skipped)
		}
		if c.reason != "" && (len(report.Rejects) == 0 || !strings.Contains(report.Rejects[0].Place+": "+report.Rejects[0].Reason, c.reason)) {
			t.Errorf("%s: %v, want %q", name, report.Rejects, c.reason)
		}
	}
}

// TestRepeatedHeadingsAreSkipped: an export of several pages has titles and headings on each. They are no samples of the columns' values.
func TestRepeatedHeadingsAreSkipped(t *testing.T) {
	const page = "Calls of October\nCall ID,Agent,Start,Talk (s),\n"
	got, report, err := readContent(t, testReading(t), page+"1,9280000001,2026-10-05 10:15:02,40,\n"+page+"2,9280000002,2026-10-05 10:16:02,40,\n,,,,\n"+page)
	if err != nil || len(got) != 2 || report.Rows != 6 || report.Skipped != 4 || report.Rejected != 0 {
		t.Fatalf("%v, %v, %+v", got, err, report)
	}
	if want := "a repeated heading"; report.Skips[1].Reason != want || !strings.Contains(report.Skips[1].Place, "line 5") {
		t.Errorf("skipped %v, want %s in line 5", report.Skips[1], want)
	}
	if !strings.Contains(got[0], `"DialWhomNumber":"9280000001"`) {
		t.Errorf("%s: the agent's column has numbers", got[0])
	}
}

func TestTheOrderOfDayAndMonthIsKnownOrRefused(t *testing.T) {
	rows := func(starts ...string) string {
		text := "CallSid,Direction,StartTime,TalkDuration\n"
		for i, start := range starts {
			sid, start, found := strings.Cut(start, "=")
			if !found {
				sid, start = fmt.Sprint(i), sid
			}
			text += fmt.Sprintf("%s,IVR,%s,40\n", sid, start)
		}
		return text
	}
	for name, c := range map[string]struct{ content, said, order, first, err string }{
		"only day first":          {rows("05/10/2026 10:15", "25/10/2026 10:15"), "", dayFirst, "2026-10-05 10:15", ""},
		"only month first":        {rows("10/05/2026 10:15", "10/25/2026 10:15"), "", monthFirst, "2026-10-05 10:15", ""},
		"the CallSid's second":    {rows("1791175502.9604120=10-05-2026 10:15:02"), "", monthFirst, "2026-10-05 10:15:02", ""},
		"said":                    {rows("05.10.2026 10:15"), monthFirst, monthFirst, "2026-05-10 10:15", ""},
		"not said":                {rows("05.10.2026 10:15"), "", "", "", "can be read both ways"},
		"contradictory":           {rows("25/10/2026 10:15", "10/25/2026 10:15"), "", "", "", "line 2, 25/10/2026 10:15 has the day first, line 3, 10/25/2026 10:15 the month"},
		"the same day and month":  {rows("05/05/2026 10:15"), "", "", "2026-05-05 10:15", ""},
		"year first":              {rows("2026/10/05 10:15"), "", "", "2026/10/05 10:15", ""},
		"beside year first":       {rows("05/10/2026 10:15", "2026-10-05 10:15"), "", dayFirst, "2026-10-05 10:15", ""},
		"far from year first":     {rows("05/10/2026 10:15", "2026-12-24 10:15"), "", "", "", "can be read both ways"},
		"impossible":              {rows("31/02/2026 10:15"), "", "", "2026-02-31 10:15", ""}, // the loader rejects it
		"two digits of the year":  {rows("25/10/26 10:15"), "", dayFirst, "25/10/26 10:15", ""},
		"said, and not possible":  {rows("10/25/2026 10:15"), dayFirst, dayFirst, "10/25/2026 10:15", ""},
		"spaces":                  {rows("10 05 2026 10:15", "10 25 2026 10:15"), "", monthFirst, "2026-10-05 10:15", ""},
		"separators of two kinds": {rows("10-05/2026 10:15", "10.25-2026 10:15"), "", monthFirst, "2026-10-05 10:15", ""},
		"weekdays":                {rows("Mon 10/05/2026 10:15", "Sunday 10/25/2026 10:15"), "", monthFirst, "Mon 2026-10-05 10:15", ""},
		"names of months":         {rows("05-Oct-2026 10:15", "Mon 5 Oct 2026 10:15"), "", "", "05-Oct-2026 10:15", ""},
		"AM and PM":               {rows("25/10/2026 10:15:02 PM"), "", dayFirst, "2026-10-25 10:15:02 PM", ""},
	} {
		reading := testReading(t)
		reading.DateOrder = c.said
		got, report, err := readContent(t, reading, c.content)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", name, err, c.err)
			}
			continue
		}
		if err != nil || report.DateOrder != c.order || !strings.Contains(got[0], `"StartTime":"`+c.first+`"`) {
			t.Errorf("%s: %v, order %q, %v; want %q, order %q", name, got, report.DateOrder, err, c.first, c.order)
		}
	}
}

func FuzzReadingAccountsForEveryRow(f *testing.F) {
	f.Add(table)
	f.Add("sep=;\nCallSid;StartTime;TalkDuration\n1;\"2\n3;4\";5\n")
	f.Add(`[{"CallSid":"1","TalkDuration":3},{"sid_id":"2","talk_duration":"1"}]`)
	f.Add(`{"data":[{"Call ID":"1","Talk":2}],"total":1}`)
	f.Fuzz(func(t *testing.T, content string) {
		reading := Reading{Zone: time.UTC, TempDir: t.TempDir(), Direction: func(string) (string, error) { return "incoming", nil }}
		payloads, _, err := readContent(t, reading, content)
		if err != nil {
			return
		}
		for _, payload := range payloads {
			if !utf8.ValidString(payload) || payload[0] != '{' || strings.Contains(payload, "\n") {
				t.Errorf("%q is no payload", payload)
			}
		}
	})
}
