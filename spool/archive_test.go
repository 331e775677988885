package spool

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// dayFiles writes three days and somebody's own file, all left alone since long ago.
func dayFiles(t *testing.T) (dir string, now time.Time) {
	t.Helper()
	dir, now = t.TempDir(), time.Date(2026, 10, 7, 9, 0, 0, 0, india)
	for _, name := range []string{"2026-10-05.ndjson", "2026-10-06.delhi.ndjson", "2026-10-07.ndjson", "export.ndjson"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(`{"payload":{"of":"`+name+`"}}`+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-2*time.Hour), now.Add(-2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, now
}

func onDisk(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestArchiveCompressesFinishedDaysOnly(t *testing.T) {
	dir, now := dayFiles(t)
	before := stored(t, dir)
	done, err := Archive(dir, "2026-10-07", now)
	if err != nil || len(done) != 2 {
		t.Fatalf("%v, %v", done, err)
	}
	want := []string{"2026-10-05.ndjson.zst", "2026-10-06.delhi.ndjson.zst", "2026-10-07.ndjson", "export.ndjson"}
	if got := onDisk(t, dir); !slices.Equal(got, want) {
		t.Errorf("on disk %v, want %v", got, want)
	}
	sameContent(t, dir, before)
	if done, err := Archive(dir, "2026-10-07", now); err != nil || len(done) != 0 {
		t.Errorf("the second time: %v, %v", done, err)
	}
}

func TestArchiveLeavesAFileThatWasJustWritten(t *testing.T) {
	dir, now := dayFiles(t)
	if done, err := Archive(dir, "2026-10-07", now.Add(-90*time.Minute)); err != nil || len(done) != 0 {
		t.Errorf("%v, %v", done, err)
	}
}

func TestArchiveStoppedAnywhereLosesAndDoublesNothing(t *testing.T) {
	killed := errors.New("killed")
	for stopAt := 1; ; stopAt++ {
		dir, now := dayFiles(t)
		before := stored(t, dir)
		steps := 0
		_, err := archive(dir, "2026-10-07", now, func(string) error {
			if steps++; steps == stopAt {
				return killed
			}
			return nil
		})
		if !errors.Is(err, killed) {
			if stopAt < 12 {
				t.Errorf("only %d steps", stopAt)
			}
			return
		}
		sameContent(t, dir, before)
		if _, err := Archive(dir, "2026-10-07", now); err != nil {
			t.Fatalf("after a stop at step %d: %v", stopAt, err)
		}
		sameContent(t, dir, before)
		if got := onDisk(t, dir); len(got) != 4 {
			t.Errorf("after a stop at step %d: %v", stopAt, got)
		}
	}
}

func sameContent(t *testing.T, dir string, want map[string][]string) {
	t.Helper()
	got := stored(t, dir)
	if len(got) != len(want) {
		t.Errorf("files %v, want %v", got, want)
	}
	for name, lines := range want {
		if !slices.Equal(got[name], lines) {
			t.Errorf("%s: %v, want %v", name, got[name], lines)
		}
	}
}
