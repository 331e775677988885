package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"callsheet/internal/spool"
)

// TestManyBatchesAreOneLoad uses batches so small that a file spans several.
func TestManyBatchesAreOneLoad(t *testing.T) {
	skipIfShort(t)
	var text strings.Builder
	for i := range 50 {
		fmt.Fprintf(&text, `{"CallSid":"c%d","EndTime":"2026-10-05 10:00:%02d","Status":"BUSY"}`+"\n", i, i)
	}
	text.WriteString("broken\n\n")
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": text.String(), "b.ndjson": `{"CallSid":"b","EndTime":"2026-10-05 10:00:00"}` + "\n"})
	got := loadInBatches(t, dir, testSettings(), 700)
	want := Summary{Files: 2, Bytes: got.Bytes, Lines: 53, Reports: 51, Rejects: 1, Blank: 1, Calls: 51, Stored: Counts{Calls: 51, Versions: 51, Rejects: 1}, Warnings: []string{}}
	want.Rejected = []spool.Damage{{File: "a.ndjson", Line: 51, Offset: got.Rejected[0].Offset, Reason: "not a JSON object"}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	reader := published(t, dir, testSettings())
	if n := query(t, reader, "select count(*) > 4, sum(lines) from loads")[1]; n[0] != "true" || n[1] != "53" {
		t.Errorf("loads: %v", n)
	}
	if at := query(t, reader, "select file, line, byte_offset, text from rejects")[1]; at[0] != "a.ndjson" || at[1] != "51" || at[3] != "broken" {
		t.Errorf("reject: %v", at)
	}
}

func TestProgressReportsBytesAndLines(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	text := strings.Repeat(report("1"), 2500)
	writeSpool(t, dir, map[string]string{"a.ndjson": text})
	db := openStore(t, Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow})
	defer db.Close()
	var reported []string
	_, err := db.Load(t.Context(), LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main",
		Progress: func(done, total, lines int64) { reported = append(reported, fmt.Sprint(done, total, lines)) }})
	if err != nil {
		t.Fatal(err)
	}
	line := len(report("1"))
	if want := fmt.Sprintf("[%d %d 1000 %d %d 2000]", 1000*line, len(text), 2000*line, len(text)); fmt.Sprint(reported) != want {
		t.Errorf("reported %v, want %s", reported, want)
	}
}
