package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// TestBadFilesDoNotStopALoad loads a spool with every kind of bad file between two good ones.
func TestBadFilesDoNotStopALoad(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	w, err := zstd.NewWriter(&packed)
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		w.Write([]byte(report("packed")))
	}
	w.Write([]byte(strings.TrimSuffix(report("the last of an archive, with no newline"), "\n")))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var half strings.Builder
	for range 100 {
		half.WriteString(report("half") + "\x80\x81 garbage \"\n")
	}
	long := `{"CallSid":"long","EndTime":"2026-10-05 10:00:00","note":"` + strings.Repeat("x", 10<<20) + `"}` + "\n"
	writeSpool(t, dir, map[string]string{
		"a.ndjson": report("first"), "z.ndjson": report("last"),
		"b-long.ndjson":     long + report("behind the long one"),
		"c-nul.ndjson":      strings.Repeat("\x00", 1<<20),
		"d-nul.ndjson":      strings.Repeat("\x00", 1<<20) + "\n" + report("behind the NULs"),
		"e-cut.ndjson.zst":  packed.String()[:packed.Len()/2],
		"f-good.ndjson.zst": packed.String(),
		"g-half.ndjson":     half.String(),
		"h-empty.ndjson":    "",
		"i-empty.ndjson.gz": "",
	})
	if err := os.Mkdir(filepath.Join(dir, "spool", "j-folder.ndjson"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "unmounted"), filepath.Join(dir, "spool", "k-link.ndjson")); err != nil {
		t.Fatal(err)
	}
	old := testNow().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "spool", "c-nul.ndjson"), old, old); err != nil {
		t.Fatal(err)
	}
	got := load(t, dir, testSettings())
	// first, last, long, behind it, behind the NULs, packed, the last of the archive, half
	if got.Calls != 8 || got.Rejects != 101 || got.Lines < 6+2001+200 {
		t.Errorf("got %+v", got)
	}
	warnings := strings.Join(got.Warnings, "\n")
	for _, want := range []string{"c-nul.ndjson ends within a line; its last 1,048,576 bytes", "e-cut.ndjson.zst", "i-empty.ndjson.gz", "j-folder.ndjson: is a directory",
		"k-link.ndjson is a link to " + filepath.Join(dir, "unmounted") + ", which does not exist"} {
		if !strings.Contains(warnings, want) {
			t.Errorf("no warning %q in:\n%s", want, warnings)
		}
	}
	if len(got.Warnings) != 5 {
		t.Errorf("warnings:\n%s", warnings)
	}
	if again := load(t, dir, testSettings()); again.Lines != 0 || again.Calls != 8 || strings.Join(again.Warnings, "\n") != warnings {
		t.Errorf("again: %+v", again)
	}
}
