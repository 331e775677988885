package spool

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"callsheet/internal/atomicfile/crashfs"
)

// TestUndoTakesOutTheImportOrNothing crashes and fails in every operation: the import is in the spool with its content, or it is known to
// be undone; never neither, and a repeated undo completes.
func TestUndoTakesOutTheImportOrNothing(t *testing.T) {
	const id = "2026-10-05.import-101500000001"
	line := string(collectorLine()) + "\n"
	for _, endings := range [][]string{{".ndjson"}, {".ndjson.zst"}, {".ndjson", ".ndjson.zst"}} {
		prepare := func(seed int) *crashfs.FS {
			disk := crashfs.New(uint64(seed))
			disk.Put("/spool/2026-10-05.ndjson", line)
			for _, ending := range endings {
				disk.Put("/spool/"+id+ending, line)
			}
			return disk
		}
		check := func(disk *crashfs.FS, what string) (isUndone bool) {
			t.Helper()
			files, err := list(disk, "/spool")
			if err != nil {
				t.Fatal(err)
			}
			undone, err := undone(disk, "/spool", files)
			if err != nil {
				t.Fatal(err)
			}
			present := slices.ContainsFunc(files, func(f File) bool { return f.Name == id+".ndjson" })
			if present == undone[id+".ndjson"] || len(undone) > 1 {
				t.Fatalf("%v: %s: present %v, undone %v", endings, what, present, slices.Collect(maps.Keys(undone)))
			}
			if !slices.ContainsFunc(files, func(f File) bool { return f.Name == "2026-10-05.ndjson" }) {
				t.Fatalf("%v: %s: another file is gone", endings, what)
			}
			return !present
		}
		disk := prepare(1)
		if err := undo(disk, "/spool", id); err != nil || !check(disk, "without a crash") {
			t.Fatalf("%v: %v", endings, err)
		}
		for at := 1; at <= disk.Operations; at++ {
			for _, share := range []float64{0, 0.5, 1} {
				what := fmt.Sprintf("crash in operation %d, share %v", at, share)
				disk := prepare(at)
				disk.CrashAt = at
				undo(disk, "/spool", id)
				disk = disk.Crash(share)
				if check(disk, what) {
					continue
				}
				if err := undo(disk, "/spool", id); err != nil || !check(disk, what+", then undone") {
					t.Fatalf("%v: %s: %v", endings, what, err)
				}
			}
			disk := prepare(at)
			disk.Failing = func(operation int) error {
				if operation == at {
					return syscall.EIO
				}
				return nil
			}
			undo(disk, "/spool", id)
			check(disk, fmt.Sprintf("operation %d fails", at))
		}
	}
}

// Files of people in the folder are neither undone imports nor removed.
func TestOnlyImportsAreUndone(t *testing.T) {
	disk := crashfs.New(1)
	disk.Put("/spool/undone/notes.ndjson", "")
	disk.Put("/spool/undone/2026-10-05.ndjson", "")
	disk.Put("/spool/undone/2026-10-05.import-x.ndjson", "")
	if names, err := undone(disk, "/spool", nil); err != nil || len(names) != 0 {
		t.Errorf("%v, %v", names, err)
	}
	if err := undo(disk, "/spool", "2026-10-05"); err == nil {
		t.Error("a file that is not there was undone")
	}
}

// TestUndoDuringALoadIsLeftToTheNextOne: a load removes the files of the imports that were undone when it began.
func TestUndoDuringALoadIsLeftToTheNextOne(t *testing.T) {
	dir := t.TempDir()
	undoFile := func(name string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, undoneDir), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, undoneDir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	undoFile("2026-10-05.import-101500000001.ndjson")
	before, err := ListUndone(dir)
	if err != nil || len(before) != 1 {
		t.Fatalf("%v, %v", before, err)
	}
	undoFile("2026-10-05.import-101500000002.ndjson")
	if err := RemoveUndone(dir, before); err != nil {
		t.Fatal(err)
	}
	if after, err := ListUndone(dir); err != nil || len(after) != 1 || !after["2026-10-05.import-101500000002.ndjson"] {
		t.Errorf("left are %v, %v", after, err)
	}
}
