package spool

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLastReceivedIsTheNewestOfEachSource(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	line := func(source, at string) string {
		return `{"id":"1","received_at":"` + at + `","source":"` + source + `","kind":"other","encoding":"json","payload":{"x":"` + strings.Repeat("y", 100) + `"}}` + "\n"
	}
	write("2026-10-04.ndjson", line("quiet", "2026-10-04T10:00:00+05:30"))
	write("2026-10-05.ndjson", strings.Repeat(line("main", "2026-10-05T09:00:00+05:30"), 5000)+line("main", "2026-10-05T10:00:00+05:30")+
		"torn\n"+line("main", "2026-10-05T09:59:00+05:30")+`{"CallSid":"1"}`+"\n"+line("late", "2026-10-05T11:00:00+05:30")[:90])
	write("2026-10-06.import-101500000001.ndjson", line("main", "2026-10-06T10:15:00+05:30"))
	files, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := LastReceived(files)
	if err != nil || len(got) != 2 || got["main"].Format(time.RFC3339) != "2026-10-05T10:00:00+05:30" || got["quiet"].Format(time.RFC3339) != "2026-10-04T10:00:00+05:30" {
		t.Errorf("%v, %v", got, err)
	}
}
