package store

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// retryLoad is a load with RetryRejects.
func retryLoad(t *testing.T, dir string) Summary {
	t.Helper()
	ctx := context.Background()
	db := openStore(t, Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: func() time.Time { return testNow().Add(time.Hour) }})
	defer db.Close()
	summary, err := db.Load(ctx, LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main", RetryRejects: true})
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// TestCorrectedLineIsLoaded corrects one of two rejected lines in place, which makes it longer: an ordinary load continues after it,
// and only a retry reads it.
func TestCorrectedLineIsLoaded(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "spool", "a.ndjson")
	bad := `{"CallSid":"2", broken` + "\n"
	writeSpool(t, dir, map[string]string{"a.ndjson": report("1") + bad + report("3") + "rubbish\n", "b.ndjson": report("b")})
	if got := load(t, dir, testSettings()); got.Rejects != 2 || got.Calls != 3 {
		t.Fatalf("first load: %+v", got)
	}
	const asBefore = "select (select list(r.rejected_at order by r.line) from rejects as r), sum(lines), sum(rejects) from loads"
	before := query(t, published(t, dir, testSettings()), asBefore)
	if got := retryLoad(t, dir); got.Rejects != 2 || got.Retried != 0 || got.Calls != 3 || got.Lines != 2 || len(got.Rejected) != 2 {
		t.Fatalf("a retry with nothing corrected: %+v", got)
	}
	if after := query(t, published(t, dir, testSettings()), asBefore); lines(after) != lines(before) {
		t.Errorf("rejected again: %s, before %s", lines(after), lines(before))
	}

	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeSpool(t, dir, map[string]string{"a.ndjson": strings.Replace(string(text), bad, report("2"), 1)})
	appendTo(t, path, report("4"))
	if got := load(t, dir, testSettings()); got.Lines != 1 || got.Calls != 4 || len(got.Warnings) != 0 {
		t.Fatalf("a load after mending: %+v", got)
	}
	appendTo(t, path, report("5"))
	if got := retryLoad(t, dir); got.Retried != 1 || got.Rejects != 1 || got.Calls != 6 || len(got.Warnings) != 0 {
		t.Fatalf("the retry: %+v", got)
	}
	if got := load(t, dir, testSettings()); got.Lines != 0 || got.Rejects != 0 || len(got.Warnings) != 0 {
		t.Fatalf("a load after the retry: %+v", got)
	}
	appendTo(t, path, report("6"))
	if got := load(t, dir, testSettings()); got.Lines != 1 || got.Calls != 7 || len(got.Warnings) != 0 {
		t.Fatalf("a load of what came after the retry: %+v", got)
	}
	rebuilt := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "spool"), filepath.Join(rebuilt, "spool")); err != nil {
		t.Fatal(err)
	}
	load(t, rebuilt, testSettings())
	const tables = "select 'call', call_sid, deliveries::varchar from calls union all select 'reject', text, file || line from rejects order by all"
	if got, want := query(t, published(t, dir, testSettings()), tables), query(t, published(t, rebuilt, testSettings()), tables); lines(got) != lines(want) {
		t.Errorf("got\n%s\na rebuild has\n%s", lines(got), lines(want))
	}
}

// TestCorrectingOtherLinesIsDetected changes a line that was loaded together with one that was not.
func TestCorrectingOtherLinesIsDetected(t *testing.T) {
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": report("1") + "broken\n"})
	load(t, dir, testSettings())
	writeSpool(t, dir, map[string]string{"a.ndjson": report("0") + report("2")})
	if got := retryLoad(t, dir); got.Retried != 0 || got.Calls != 1 || len(got.Warnings) != 1 {
		t.Errorf("got %+v", got)
	}
}
