package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// report is a line of a call.
func report(sid string) string {
	return fmt.Sprintf(`{"CallSid":%q,"EndTime":"2026-10-05 10:00:00","note":%q}`+"\n", sid, strings.Repeat("x", 300))
}

func TestReplacedFileIsNotRead(t *testing.T) {
	lines := []string{report("1"), report("2"), report("3"), report("4"), report("5")}
	whole := strings.Join(lines, "")
	cases := map[string]struct{ now, want string }{
		"another beginning":              {report("0") + strings.Join(lines[1:], "") + report("6"), "is not the file"},
		"cut back and gone on with":      {strings.Join(lines[:4], "") + report("9") + report("6"), "is not the file"},
		"cut back and gone on in a line": {strings.Join(lines[:4], "") + strings.Repeat(report("8"), 2), "is not the file"},
		"another byte in the middle":     {strings.Replace(whole, "xx\"}\n{\"CallSid\":\"4", "xy\"}\n{\"CallSid\":\"4", 1) + report("6"), "is not the file"},
		"two lines changed places":       {lines[0] + lines[2] + lines[1] + lines[3] + lines[4] + report("6"), "is not the file"},
		"bytes before":                   {report("0") + whole, "is not the file"},
		"shorter":                        {strings.Join(lines[:2], ""), "is shorter"},
	}
	loadedDir := spoolOf(t, map[string]string{"a.ndjson": whole})
	load(t, loadedDir, testSettings())
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := copyOf(t, loadedDir)
			writeSpool(t, dir, map[string]string{"a.ndjson": c.now})
			got := load(t, dir, testSettings())
			if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], c.want) || got.Lines != 0 || got.Calls != 5 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// copyOf copies a folder of a spool and a database.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return copied
}

func TestNewLinesOfAGrownFileAreRead(t *testing.T) {
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": ""})
	for i := range 3 {
		appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), report(fmt.Sprintf("c%d", i)))
		if got := load(t, dir, testSettings()); got.Lines != 1 || len(got.Warnings) != 0 {
			t.Fatalf("line %d: %+v", i, got)
		}
	}
}
