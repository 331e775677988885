package spool

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/atomicfile/crashfs"
)

// dayFiles writes the files of three days and another file, all old enough to archive.
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

// loaded is a comparison without differences.
func loaded(File) error { return nil }

func archiveOptions(dir string, now time.Time) ArchiveOptions {
	return ArchiveOptions{Dir: dir, Before: "2026-10-07", Now: now, Compare: loaded}
}

func TestArchiveCompressesFinishedDaysOnly(t *testing.T) {
	dir, now := dayFiles(t)
	before := stored(t, dir)
	done, skipped, err := Archive(t.Context(), archiveOptions(dir, now))
	if err != nil || len(done) != 2 || len(skipped) != 0 {
		t.Fatalf("%v, %v, %v", done, skipped, err)
	}
	want := []string{"2026-10-05.ndjson.zst", "2026-10-06.delhi.ndjson.zst", "2026-10-07.ndjson", "export.ndjson"}
	if got := onDisk(t, dir); !slices.Equal(got, want) {
		t.Errorf("on disk %v, want %v", got, want)
	}
	sameContent(t, dir, before)
	if done, skipped, err := Archive(t.Context(), archiveOptions(dir, now)); err != nil || len(done) != 0 || len(skipped) != 0 {
		t.Errorf("again: %v, %v, %v", done, skipped, err)
	}
}

func TestArchiveSkipsRecentlyWrittenFiles(t *testing.T) {
	dir, now := dayFiles(t)
	if done, _, err := Archive(t.Context(), archiveOptions(dir, now.Add(-90*time.Minute))); err != nil || len(done) != 0 {
		t.Errorf("%v, %v", done, err)
	}
}

func TestArchiveSkipsFilesThatAreNotKnownToBeIntact(t *testing.T) {
	sound := string(collectorLine()) + "\n"
	flipped := strings.Replace(sound, `"Coins":12.50`, `"Coins":13.50`, 1)
	bare := `{"CallSid":"1"}` + "\n"
	differs := errors.New("not the file that was loaded")
	for name, c := range map[string]struct {
		content  string
		compared error
		archived bool
		damaged  bool
	}{
		"loaded":                              {sound + bare, nil, true, false},
		"loaded and a checksum is wrong":      {sound + flipped + sound, nil, false, true},
		"loaded from another content":         {sound, differs, false, true},
		"not loaded, with checksums":          {sound + "\n" + sound, ErrNotLoaded, true, false},
		"not loaded, one without":             {sound + bare, ErrNotLoaded, false, false},
		"not loaded, and a checksum is wrong": {flipped, ErrNotLoaded, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			disk := crashfs.New(1)
			disk.Put("/spool/2026-10-05.ndjson", c.content)
			o := archiveOptions("/spool", time.Now())
			o.files, o.Compare = disk, func(File) error { return c.compared }
			done, skipped, err := Archive(t.Context(), o)
			if err != nil || (len(done) == 1) != c.archived || (len(skipped) == 1) == c.archived {
				t.Fatalf("archived %v, skipped %v, %v", done, skipped, err)
			}
			if len(skipped) == 1 && (skipped[0].Damaged != c.damaged || disk.Node("/spool/2026-10-05.ndjson").Written() != c.content) {
				t.Errorf("skipped %+v", skipped[0])
			}
			if names, _ := disk.ReadDir("/spool"); len(names) != 1 {
				t.Errorf("on disk %v", names)
			}
		})
	}
}

// Readers stop at the durable length, so an archive would lack the lines after it.
func TestArchiveSkipsFilesWithLinesThatAreNotDurable(t *testing.T) {
	line := string(collectorLine()) + "\n"
	disk := crashfs.New(1)
	disk.Put("/spool/2026-10-05.ndjson", line+line)
	disk.Put("/spool/"+markName, string(appendMark(nil, map[string]int64{"2026-10-05.ndjson": int64(len(line))})))
	o := archiveOptions("/spool", time.Now())
	o.files = disk
	done, skipped, err := Archive(t.Context(), o)
	if err != nil || len(done) != 0 || len(skipped) != 1 {
		t.Errorf("archived %v, skipped %v, %v", done, skipped, err)
	}
}

// contents returns the content of every file of a spool, as a load reads it.
func contents(disk *crashfs.FS) (map[string]string, error) {
	files, err := list(disk, "/spool")
	all := map[string]string{}
	for _, file := range files {
		content, err := file.content()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(content)
		if err = errors.Join(err, content.Close()); err != nil {
			return nil, err
		}
		all[file.Name] = string(text)
	}
	return all, err
}

func TestArchiveLosesAndDuplicatesNothingInAnyCrashOrFailure(t *testing.T) {
	line := string(collectorLine()) + "\n"
	want := map[string]string{"2026-10-05.ndjson": strings.Repeat(line, 100), "2026-10-06.ndjson": line}
	prepare := func(seed int) (*crashfs.FS, ArchiveOptions) {
		disk := crashfs.New(uint64(seed))
		for name, content := range want {
			disk.Put("/spool/"+name, content)
		}
		o := archiveOptions("/spool", time.Now())
		o.files = disk
		return disk, o
	}
	check := func(disk *crashfs.FS, what string) {
		t.Helper()
		if got, err := contents(disk); err != nil || !maps.Equal(got, want) {
			t.Fatalf("%s: %d files, %v", what, len(got), err)
		}
	}
	disk, o := prepare(1)
	if done, skipped, err := Archive(t.Context(), o); err != nil || len(done) != 2 {
		t.Fatalf("archived %v, skipped %v, %v", done, skipped, err)
	}
	check(disk, "without a crash")
	last := disk.Operations
	for at := 1; at <= last; at++ {
		for _, share := range []float64{0, 0.5, 1} {
			for round := range 5 {
				what := fmt.Sprintf("crash in operation %d of %d, share %v", at, last, share)
				disk, o := prepare(at*10 + round)
				disk.CrashAt = at
				Archive(t.Context(), o)
				disk = disk.Crash(share)
				check(disk, what)
				disk.CrashAt = 1 + at/2
				o.files = disk
				Archive(t.Context(), o)
				disk = disk.Crash(share)
				check(disk, what+", and again")
				o.files = disk
				if _, skipped, err := Archive(t.Context(), o); err != nil || len(skipped) != 0 {
					t.Fatalf("%s: then %v, %v", what, skipped, err)
				}
				check(disk, what+", then archived")
				if names, _ := disk.ReadDir("/spool"); len(names) != 2 {
					t.Fatalf("%s: on disk %v", what, names)
				}
			}
		}
		for _, failure := range []error{syscall.EIO, syscall.ENOSPC, crashfs.ErrShort} {
			for _, always := range []bool{false, true} {
				disk, o := prepare(at)
				disk.Failing = func(operation int) error {
					if operation == at || always && operation > at {
						return failure
					}
					return nil
				}
				Archive(t.Context(), o)
				check(disk, fmt.Sprintf("operation %d fails with %v, always %v", at, failure, always))
			}
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
