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
	crashDB   = "/data/calls.duckdb"
	crashLink = "/data/published/calls.duckdb"
)

// The states of a database, longer than a disk block, so that a crash can leave them partly written. Some of their blocks are equal.
var (
	olderContent = blocksOf("older", headerBytes, "equal", blockBytes, "older", 20_000)
	oldContent   = blocksOf("old", headerBytes, "equal", blockBytes/2)
	newContent   = blocksOf("new", headerBytes, "equal", blockBytes, "new", 20_000)
)

// blocksOf repeats each text up to a length.
func blocksOf(parts ...any) string {
	var content strings.Builder
	for i := 0; i < len(parts); i += 2 {
		text, size := parts[i].(string)+" ", parts[i+1].(int)
		content.WriteString(strings.Repeat(text, size/len(text)+1)[:size])
	}
	return content.String()
}

// crashPublication publishes on an in-memory disk, minutes after the first publication.
func crashPublication(disk *crashfs.FS, minutes int) Publication {
	return Publication{
		Database: crashDB, Path: crashLink, files: disk, inUse: func(string) bool { return false },
		Verify: func(context.Context, string) error { return nil },
		Now:    func() time.Time { return testNow().Add(time.Duration(minutes) * time.Minute) },
	}
}

// crashDisk is a disk with a database, of which older states are published: none, the last one, or two, so that one is the spare.
func crashDisk(t *testing.T, seed uint64, published int) *crashfs.FS {
	disk := crashfs.New(seed)
	if err := disk.Mkdir("/data/published"); err != nil {
		t.Fatal(err)
	}
	for i, content := range []string{olderContent, oldContent}[2-published:] {
		disk.Put(crashDB, content)
		if _, err := crashPublication(disk, i-2).publish(t.Context()); err != nil {
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

// publishedNow publishes without a fault and expects the new content, and no further copy on a later publication. With again, the
// database first gets blocks that the spare had before it was rewritten.
func publishedNow(t *testing.T, disk *crashfs.FS, again bool) {
	t.Helper()
	want := newContent
	if again {
		want = olderContent + "again"
	}
	disk.Put(crashDB, want)
	for minutes := range 2 {
		problems, err := crashPublication(disk, 2+minutes).publish(t.Context())
		if err != nil || len(problems) > 0 {
			t.Errorf("publishing again: %v, %v", problems, err)
		}
	}
	if got := publishedContent(t, disk); got != want {
		t.Errorf("published again: %.40q", got)
	}
	if names, err := disk.ReadDir("/data/published"); err != nil || len(names) > 3 { // the link, its copy and a spare
		t.Errorf("remaining: %v, %v", names, err)
	}
}

// TestPublishSurvivesACrashInEveryOperation: clients open a complete copy, old or new, and the next load publishes.
func TestPublishSurvivesACrashInEveryOperation(t *testing.T) {
	for published := range 3 {
		allowed := []string{newContent, oldContent}
		if published == 0 {
			allowed[1] = ""
		}
		for at, done := 1, false; !done; at++ {
			for _, share := range []float64{0, 0.5, 1} {
				for seed := range uint64(3) {
					disk := crashDisk(t, seed, published)
					disk.CrashAt = at
					problems, err := crashPublication(disk, 1).publish(t.Context())
					done = err == nil && len(problems) == 0
					after := disk.Crash(share)
					got := publishedContent(t, after)
					if !slices.Contains(allowed, got) || done && got != newContent {
						t.Errorf("%d published, crash in operation %d, share %g: clients read %.40q", published, at, share, got)
					}
					publishedNow(t, after, seed%2 == 0)
				}
			}
		}
	}
}

// TestPublishSurvivesAFailureOfEveryOperation: of a single operation, or of it and all later ones.
func TestPublishSurvivesAFailureOfEveryOperation(t *testing.T) {
	for _, fault := range []error{syscall.EIO, syscall.ENOSPC} {
		for _, once := range []bool{true, false} {
			for published := 1; published <= 2; published++ {
				for at, done := 1, false; !done; at++ {
					disk := crashDisk(t, uint64(at), published)
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
					publishedNow(t, disk, at%2 == 0)
				}
			}
		}
	}
}

// TestPublishOnAFullDisk keeps the old copy and publishes as soon as there is space.
func TestPublishOnAFullDisk(t *testing.T) {
	for published := 1; published <= 2; published++ {
		disk := crashDisk(t, 1, published)
		used := 0
		for _, content := range disk.Files("") {
			used += len(content)
		}
		disk.Capacity = used + 10_000
		if published == 2 {
			disk.Put(crashDB, newContent+strings.Repeat("more ", 200_000)) // more than the spare has
		}
		if _, err := crashPublication(disk, 1).publish(t.Context()); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("published: %v", err)
		}
		if got := publishedContent(t, disk); got != oldContent {
			t.Errorf("clients read %.40q", got)
		}
		disk.Capacity = 0
		publishedNow(t, disk, false)
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
			disk := crashDisk(t, seed, 1)
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

// TestCrashWhileRewritingIsNoticedWithoutTheSync of the checksum's removal: blocks would be taken for those of the checksum.
func TestCrashWhileRewritingIsNoticedWithoutTheSync(t *testing.T) {
	broken := 0
	for seed := range uint64(40) {
		disk := crashDisk(t, seed, 2)
		disk.NoDirSync = true
		disk.CrashAt = 10 + int(seed)%10
		_, _ = crashPublication(disk, 1).publish(t.Context())
		after := disk.Crash(0.5)
		after.Put(crashDB, olderContent)
		if _, err := crashPublication(after, 2).publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		file, err := after.Open(crashLink)
		if err != nil {
			t.Fatal(err)
		}
		if content, err := io.ReadAll(file); err != nil || string(content) != olderContent {
			broken++
		}
	}
	if broken == 0 {
		t.Error("nothing is wrong without the sync")
	}
}

// TestReplaceSurvivesACrashInEveryOperation: the old database or the new one, and never the new one with the old one's log.
func TestReplaceSurvivesACrashInEveryOperation(t *testing.T) {
	for at, done := 1, false; !done; at++ {
		for _, share := range []float64{0, 0.5, 1} {
			for seed := range uint64(8) {
				disk := crashfs.New(seed)
				disk.Put(crashDB, "the old content")
				disk.Put(crashDB+".wal", "the old log")
				disk.Put(crashDB+".rebuild", strings.Repeat("the new content ", 1000))
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
