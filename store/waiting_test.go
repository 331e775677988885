package store

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"callsheet/internal/spool"
)

// TestWaitingIsTheOldestDeliveryThatIsNotLoaded adds to a loaded file, and new files.
func TestWaitingIsTheOldestDeliveryThatIsNotLoaded(t *testing.T) {
	envelope := func(clock string) string {
		return fmt.Sprintf(`{"id":"%s","received_at":"2026-10-05T%s+05:30","source":"main","kind":"other","encoding":"json","payload":{}}`+"\n", clock, clock)
	}
	dir := spoolOf(t, map[string]string{"a.ndjson": envelope("10:00:00"), "empty.ndjson": ""})
	load(t, dir, testSettings())
	written := time.Date(2026, 10, 5, 11, 0, 0, 0, time.FixedZone("", 19800))
	for _, c := range []struct {
		name, add, want string
	}{
		{"nothing new", "", ""},
		{"a line that is not whole", `{"id":"`, ""},
		{"a line", envelope("10:05:00") + envelope("10:06:00"), "10:05:00"},
		{"a line without a time", report("1") + envelope("10:06:00"), "11:00:00"},
		{"a line of the future", envelope("23:05:00"), "11:00:00"},
	} {
		for _, name := range []string{"a.ndjson", "b.ndjson"} {
			t.Run(c.name+" in "+name, func(t *testing.T) {
				dir := copyOf(t, dir)
				if c.add != "" {
					path := filepath.Join(dir, "spool", name)
					writeSpool(t, dir, map[string]string{"b.ndjson": ""})
					appendTo(t, path, c.add)
					if err := os.Chtimes(path, written, written); err != nil {
						t.Fatal(err)
					}
				}
				got := waiting(t, dir)
				since := ""
				if !got.Since.IsZero() {
					since = got.Since.In(written.Location()).Format(time.TimeOnly)
				}
				if since != c.want {
					t.Errorf("%+v, want since %s", got, c.want)
				}
			})
		}
	}
}

func waiting(t *testing.T, dir string) Waiting {
	t.Helper()
	files, err := spool.List(filepath.Join(dir, "spool"))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := OpenReader(t.Context(), Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings()})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	got, err := reader.Waiting(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestFileIsBeingWrittenForAMinute has files that end within a line, with bytes that are not durable, and with a whole line.
func TestFileIsBeingWrittenForAMinute(t *testing.T) {
	now := time.Date(2026, 10, 5, 11, 0, 0, 0, time.UTC)
	dir := spoolOf(t, map[string]string{"part.ndjson": report("1") + "{", "whole.ndjson": report("1"), "empty.ndjson": "", "part.ndjson.gz": "{"})
	files, err := spool.List(filepath.Join(dir, "spool"))
	if err != nil || len(files) != 4 {
		t.Fatalf("%v %v", files, err)
	}
	for _, file := range files {
		unsynced := file
		unsynced.Durable--
		for age, isYoung := range map[time.Duration]bool{time.Minute: true, time.Minute + 1: false, -time.Hour: false} {
			file.ModTime, unsynced.ModTime = now.Add(-age), now.Add(-age)
			if got, want := IsBeingWritten(file, now), isYoung && filepath.Base(file.Path) == "part.ndjson"; got != want {
				t.Errorf("%s, written %s ago: %t", file.Path, age, got)
			}
			if got, want := IsBeingWritten(unsynced, now), isYoung && !file.Compressed() && file.Size > 0; got != want {
				t.Errorf("%s, not durable, written %s ago: %t", file.Path, age, got)
			}
		}
	}
}
