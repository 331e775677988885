package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRenamedOrCopiedFileIsLoadedOnce: the files have lines without ids, a reject and an event.
func TestRenamedOrCopiedFileIsLoadedOnce(t *testing.T) {
	skipIfShort(t)
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
			if row := query(t, published(t, dir, testSettings()), counts)[1]; strings.Join(row, " ") != want || len(got.Warnings) != 0 || got.Lines != 1 {
				t.Errorf("%v, %+v", row, got)
			}
		})
	}
}

// TestRenamedToAKnownName: the file that has the content now was a problem before, and has a row.
func TestRenamedToAKnownName(t *testing.T) {
	dir := spoolOf(t, map[string]string{"a.ndjson": report("1"), "b.ndjson.gz": "not gzip"})
	load(t, dir, testSettings())
	if err := os.Remove(filepath.Join(dir, "spool", "a.ndjson")); err != nil {
		t.Fatal(err)
	}
	writeSpool(t, dir, map[string]string{"b.ndjson.gz": gzipped(t, report("1")+report("2"))})
	if got := load(t, dir, testSettings()); got.Calls != 2 || got.Lines != 1 || len(got.Warnings) != 0 {
		t.Errorf("got %+v", got)
	}
	if got := lines(query(t, published(t, dir, testSettings()), "select file, loaded_lines from spool_files")[1:]); got != "b.ndjson,2\n" {
		t.Errorf("files:\n%s", got)
	}
}

// TestNewCopiesAreLoadedOnce: a file without ids, its hard link and its copies, which can be deleted later.
func TestNewCopiesAreLoadedOnce(t *testing.T) {
	skipIfShort(t)
	text := report("1") + "broken\n" + `{"type":"add_member"}` + "\n" + report("1")
	dir := spoolOf(t, map[string]string{"2026-10-05.ndjson": text, "b.ndjson": text, "c.ndjson": text + report("2")})
	path := func(name string) string { return filepath.Join(dir, "spool", name) }
	if err := os.Link(path("2026-10-05.ndjson"), path("a.ndjson")); err != nil {
		t.Fatal(err)
	}
	const counts = "select (select sum(deliveries) from calls), (select count(*) from rejects), (select count(*) from other_events), (select count(*) from spool_files)"
	check := func(step, want string) (got Summary) {
		t.Helper()
		got = load(t, dir, testSettings())
		if row := query(t, published(t, dir, testSettings()), counts)[1]; strings.Join(row, " ") != want || len(got.Warnings) != 0 {
			t.Errorf("%s: %v, want %s; %q", step, row, want, got.Warnings)
		}
		return got
	}
	if got := check("new together", "3 1 1 3"); got.Copies != 8 || got.Lines != 5 {
		t.Errorf("got %+v", got)
	}
	for _, step := range []struct{ remove, want string }{{"a.ndjson", "3 1 1 3"}, {"2026-10-05.ndjson", "3 1 1 2"}} {
		if err := os.Remove(path(step.remove)); err != nil {
			t.Fatal(err)
		}
		check("without "+step.remove, step.want)
	}
}
