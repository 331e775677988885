package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/atomicfile/crashfs"
)

const (
	oldContent = "the old content"
	crashDB    = "/data/calls.duckdb"
	crashLink  = "/data/published/calls.duckdb"
)

// newContent is longer than a disk block, so that a crash can leave it partly written.
var newContent = strings.Repeat("the new content ", 1000)

// crashPublication publishes on an in-memory disk, minutes after the first publication.
func crashPublication(disk *crashfs.FS, minutes int) Publication {
	return Publication{
		Database: crashDB, Path: crashLink, files: disk, inUse: func(string) bool { return false },
		Verify: func(context.Context, string) error { return nil },
		Now:    func() time.Time { return testNow().Add(time.Duration(minutes) * time.Minute) },
	}
}

// crashDisk is a disk with a database; unless first is set, an older state is already published.
func crashDisk(t *testing.T, seed uint64, first bool) *crashfs.FS {
	disk := crashfs.New(seed)
	if err := disk.Mkdir("/data/published"); err != nil {
		t.Fatal(err)
	}
	if !first {
		disk.Put(crashDB, oldContent)
		if _, err := crashPublication(disk, 0).publish(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	disk.Put(crashDB, newContent)
	disk.Operations = 0
	return disk
}

// publishedContent returns the content that a client reads, which must match its checksum.
func publishedContent(t *testing.T, disk *crashfs.FS) string {
	t.Helper()
	file, err := disk.Open(crashLink)
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	target, err := disk.Readlink(crashLink)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := checkCopy(disk, filepath.Join("/data/published", target), true); err != nil {
		t.Errorf("published: %v", err)
	}
	return string(content)
}

// publishedNow publishes without a fault and expects one new copy, and no further copy on a later publication.
func publishedNow(t *testing.T, disk *crashfs.FS) {
	t.Helper()
	for minutes := range 2 {
		problems, err := crashPublication(disk, 1+minutes).publish(t.Context())
		if err != nil || len(problems) > 0 {
			t.Errorf("publishing again: %v, %v", problems, err)
		}
	}
	if got := publishedContent(t, disk); got != newContent {
		t.Errorf("published again: %.40q", got)
	}
	if names, err := disk.ReadDir("/data/published"); err != nil || len(names) != 2 {
		t.Errorf("remaining: %v, %v", names, err)
	}
}

// TestPublishSurvivesACrashInEveryOperation: clients open a complete copy, old or new, and the next load publishes.
func TestPublishSurvivesACrashInEveryOperation(t *testing.T) {
	for _, first := range []bool{true, false} {
		allowed := []string{newContent, oldContent}
		if first {
			allowed[1] = ""
		}
		for at, done := 1, false; !done; at++ {
			for _, share := range []float64{0, 0.5, 1} {
				for seed := range uint64(5) {
					disk := crashDisk(t, seed, first)
					disk.CrashAt = at
					problems, err := crashPublication(disk, 1).publish(t.Context())
					done = err == nil && len(problems) == 0
					after := disk.Crash(share)
					got := publishedContent(t, after)
					if !slices.Contains(allowed, got) || done && got != newContent {
						t.Errorf("crash in operation %d, share %g: clients read %.40q", at, share, got)
					}
					publishedNow(t, after)
				}
			}
		}
	}
}

// TestPublishSurvivesAFailureOfEveryOperation: of a single operation, or of it and all later ones.
func TestPublishSurvivesAFailureOfEveryOperation(t *testing.T) {
	for _, fault := range []error{syscall.EIO, syscall.ENOSPC} {
		for _, once := range []bool{true, false} {
			for at, done := 1, false; !done; at++ {
				disk := crashDisk(t, uint64(at), false)
				disk.Failing = func(operation int) error {
					if operation == at || operation > at && !once {
						return fault
					}
					return nil
				}
				problems, err := crashPublication(disk, 1).publish(t.Context())
				done = err == nil && len(problems) == 0
				if got := publishedContent(t, disk); got != newContent && (got != oldContent || err == nil) {
					t.Errorf("%v in operation %d: %v, clients read %.40q", fault, at, err, got)
				}
				disk.Failing = nil
				publishedNow(t, disk)
			}
		}
	}
}

// TestPublishCrashTestsNoticeAMissingSync, in 40 crashes.
func TestPublishCrashTestsNoticeAMissingSync(t *testing.T) {
	for name, breakIt := range map[string]func(*crashfs.FS){
		"of files":   func(disk *crashfs.FS) { disk.NoFileSync = true },
		"of folders": func(disk *crashfs.FS) { disk.NoDirSync = true },
	} {
		broken := 0
		for seed := range uint64(40) {
			disk := crashDisk(t, seed, false)
			breakIt(disk)
			if _, err := crashPublication(disk, 1).publish(t.Context()); err != nil {
				t.Fatal(err)
			}
			after := disk.Crash(0.5)
			file, err := after.Open(crashLink)
			if err != nil {
				broken++
				continue
			}
			if content, err := io.ReadAll(file); err != nil || string(content) != newContent {
				broken++
			}
		}
		if broken == 0 {
			t.Error("nothing is lost without the sync " + name)
		}
	}
}

// TestReplaceSurvivesACrashInEveryOperation: the old database or the new one, and never the new one with the old one's log.
func TestReplaceSurvivesACrashInEveryOperation(t *testing.T) {
	for at, done := 1, false; !done; at++ {
		for _, share := range []float64{0, 0.5, 1} {
			for seed := range uint64(8) {
				disk := crashfs.New(seed)
				disk.Put(crashDB, oldContent)
				disk.Put(crashDB+".wal", "the old log")
				disk.Put(crashDB+".rebuild", newContent)
				disk.CrashAt = at
				done = replace(disk, crashDB, crashDB+".rebuild") == nil
				found := disk.Crash(share).Files("")
				got := fmt.Sprintf("%.15s %s", found[crashDB], found[crashDB+".wal"])
				if !slices.Contains([]string{"the old content the old log", "the old content ", "the new content "}, got) {
					t.Errorf("crash in operation %d, share %g: %s", at, share, got)
				}
			}
		}
	}
}
