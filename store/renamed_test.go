package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRenamedOrCopiedFileIsLoadedOnce: lines without ids, a reject and an event among them.
func TestRenamedOrCopiedFileIsLoadedOnce(t *testing.T) {
	text := report("1") + "broken\n" + `{"type":"add_member"}` + "\n" + report("1")
	const counts = "select (select sum(deliveries) from calls), (select count(*) from rejects), (select count(*) from other_events), (select count(*) from spool_files)"
	for name, want := range map[string]string{"renamed": "3 1 1 1", "copied": "3 1 1 2"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := spoolOf(t, map[string]string{"a.ndjson": text})
			load(t, dir, testSettings())
			writeSpool(t, dir, map[string]string{"b.ndjson": text + report("2")})
			if name == "renamed" {
				if err := os.Remove(filepath.Join(dir, "spool", "a.ndjson")); err != nil {
					t.Fatal(err)
				}
			}
			got := load(t, dir, testSettings())
			if row := ask(t, published(t, dir, testSettings()), counts)[1]; strings.Join(row, " ") != want || len(got.Troubles) != 0 || got.Lines != 1 {
				t.Errorf("%v, %+v", row, got)
			}
		})
	}
}
