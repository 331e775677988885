package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"callsheet/internal/atomicfile/crashfs"
	"callsheet/internal/spool"
)

var now = time.Date(2026, 10, 6, 2, 0, 0, 0, time.UTC)

// dataFolder makes a data folder with some files, and returns it with what a backup must have of it.
func dataFolder(t *testing.T) (dir string, want map[string]string) {
	dir = t.TempDir()
	want = map[string]string{
		"spool/2026-10-05.ndjson":                  `{"CallSid":"1"}` + "\n",
		"spool/2026-10-04.ndjson.zst":              "an archive",
		"spool/2026-10-05.import-1.json":           "{}",
		"spool/undone/2026-10-01.import-2.ndjson":  "{}\n",
		"vendor/main/directory.ndjson":             strings.Repeat("an entry\n", 2000),
		"alerts/1.json":                            "{}",
		"reports/daily/daily-2026-10-04.xlsx":      "a workbook",
		"runs.ndjson":                              "{}\n",
		"what a later version keeps/in its folder": "unknown",
	}
	left := map[string]string{
		"calls.duckdb": "", "calls.duckdb.wal": "", "published/calls.duckdb": "", "tmp/spill": "", "process.json": "", "sessions.json": "",
		".load.lock": "", "spool/.lock": "", "spool/.reserve": "", "reports/daily/.new.daily.xlsx": "",
	}
	for _, files := range []map[string]string{want, left} {
		for name, content := range files {
			path := filepath.Join(dir, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, want
}

func options(dir string) Options {
	return Options{DataDir: dir, SpoolDir: filepath.Join(dir, "spool"), Version: "test", Now: now}
}

// backUp returns a backup of a data folder.
func backUp(t *testing.T, o Options) []byte {
	var out bytes.Buffer
	if _, problems, err := Write(t.Context(), &out, o); err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return out.Bytes()
}

// filesIn returns the files below a folder, by name.
func filesIn(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestRestoreGivesBackWhatWasBackedUp(t *testing.T) {
	dir, want := dataFolder(t)
	workbook := filepath.Join(dir, "reports", "daily", "daily-2026-10-04.xlsx")
	if err := errors.Join(os.Chmod(workbook, 0o644), os.Chtimes(workbook, now, now), os.Mkdir(filepath.Join(dir, "vendor", "empty"), 0o700)); err != nil {
		t.Fatal(err)
	}
	restored := t.TempDir()
	contents, err := Restore(t.Context(), bytes.NewReader(backUp(t, options(dir))), restored)
	if err != nil || contents.Files != len(want) || contents.Callsheet != "test" || !contents.MadeAt.Equal(now) {
		t.Fatalf("%+v, %v", contents, err)
	}
	if got := filesIn(t, restored); !maps.Equal(got, want) {
		t.Errorf("restored %v", slices.Sorted(maps.Keys(got)))
	}
	info, err := os.Stat(filepath.Join(restored, "reports", "daily", "daily-2026-10-04.xlsx"))
	if err != nil || info.Mode() != 0o644 || !info.ModTime().Equal(now) {
		t.Errorf("the workbook: %v, %v", info, err)
	}
	if _, err := os.Stat(filepath.Join(restored, "vendor", "empty")); err != nil {
		t.Error(err)
	}
	if _, err := Restore(t.Context(), bytes.NewReader(nil), restored); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("a second restore: %v", err)
	}
}

func TestBackupHasTheConfiguration(t *testing.T) {
	dir, _ := dataFolder(t)
	home := t.TempDir()
	for name, content := range map[string]string{"callsheet.yaml": "timezone: UTC", "queries/mine.sql": "select 1"} {
		path := filepath.Join(home, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	o := options(dir)
	o.Config = []string{filepath.Join(home, "callsheet.yaml"), filepath.Join(home, "queries"), filepath.Join(home, "templates")}
	decompressor, err := zstd.NewReader(bytes.NewReader(backUp(t, o)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	archive := tar.NewReader(decompressor)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(header.Name, "config/") {
			names = append(names, header.Name)
		}
	}
	if want := []string{"config/callsheet.yaml", "config/queries/", "config/queries/mine.sql"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
}

// A backup beside a collector has every delivery that was acknowledged before it began, in whole lines.
func TestBackupBesideACollectorHasWhatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	spoolDir := filepath.Join(dir, "spool")
	writer, err := spool.Open(spool.Options{Dir: spoolDir, Zone: time.UTC, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var acknowledged atomic.Int64
	var senders sync.WaitGroup
	for sender := range 4 {
		senders.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				payload := fmt.Appendf(nil, `{"CallSid":"%d-%d","type":"call_report"}`, sender, i)
				if err := writer.Append(t.Context(), []spool.Envelope{{Source: "main", Kind: spool.KindCallReport, Encoding: spool.EncodingJSON, Payload: payload}}, func() {}); err != nil {
					t.Error(err)
					return
				}
				acknowledged.Add(1)
			}
		})
	}
	for acknowledged.Load() < 100 {
		time.Sleep(time.Millisecond)
	}
	for range 20 {
		before := acknowledged.Load()
		restored := t.TempDir()
		if _, err := Restore(t.Context(), bytes.NewReader(backUp(t, options(dir))), restored); err != nil {
			t.Fatal(err)
		}
		var lines int64
		for name, content := range filesIn(t, filepath.Join(restored, "spool")) {
			if !strings.HasSuffix(content, "\n") {
				t.Errorf("%s ends within a line: %q", name, content[max(0, len(content)-100):])
			}
			for line := range strings.Lines(content) {
				if err := spool.CheckLine([]byte(strings.TrimSuffix(line, "\n"))); err != nil {
					t.Errorf("%s: %v in %q", name, err, line)
				}
				lines++
			}
		}
		if lines < before {
			t.Errorf("%d lines, and %d deliveries were acknowledged before", lines, before)
		}
	}
	stop()
	senders.Wait()
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestUnreadableFileIsAProblem(t *testing.T) {
	dir, want := dataFolder(t)
	if err := os.Symlink("nowhere", filepath.Join(dir, "spool", "2026-10-03.ndjson")); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_, problems, err := Write(t.Context(), &out, options(dir))
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Error(), "2026-10-03.ndjson") {
		t.Fatalf("%v, %v", problems, err)
	}
	restored := t.TempDir()
	if _, err := Restore(t.Context(), &out, restored); err != nil {
		t.Fatal(err)
	}
	if got := filesIn(t, restored); !maps.Equal(got, want) {
		t.Errorf("restored %v", slices.Sorted(maps.Keys(got)))
	}
}

// A backup that is cut or damaged anywhere is refused, and leaves nothing.
func TestDamagedBackupIsRefused(t *testing.T) {
	dir, want := dataFolder(t)
	whole := backUp(t, options(dir))
	check := func(name string, backup []byte) {
		restored := t.TempDir()
		_, err := Restore(t.Context(), bytes.NewReader(backup), restored)
		got := filesIn(t, restored)
		if err == nil && maps.Equal(got, want) {
			return // the byte has no meaning
		}
		if err == nil || len(got) > 0 || !strings.Contains(err.Error(), "hint: ") {
			t.Errorf("%s: %v, left %v", name, err, slices.Sorted(maps.Keys(got)))
		}
	}
	for length := 0; length < len(whole); length += 7 {
		check(fmt.Sprintf("cut after %d bytes", length), whole[:length])
	}
	for at := 0; at < len(whole); at += 7 {
		damaged := slices.Clone(whole)
		damaged[at] ^= 0x10
		check(fmt.Sprintf("damaged at byte %d", at), damaged)
	}
	check("another file", []byte("PK\x03\x04 a workbook"))
}

func TestNamesOutsideTheFolderAreRefused(t *testing.T) {
	for _, name := range []string{"data/../outside", "data//etc/passwd", "data/spool/../../outside", "data/.restoring", "data/spool/.durable"} {
		var out bytes.Buffer
		compressor, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		archive := tar.NewWriter(compressor)
		if err := errors.Join(archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600}), archive.Close(), compressor.Close()); err != nil {
			t.Fatal(err)
		}
		parent := t.TempDir()
		dir := filepath.Join(parent, "data")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		_, err = Restore(t.Context(), &out, dir)
		if left := filesIn(t, parent); err == nil || len(left) > 0 {
			t.Errorf("%s: %v, left %v", name, err, left)
		}
	}
}

// A crash at any step of a restore leaves an empty folder, a marked one, or a complete one. The next restore completes it.
func TestRestoreIsWholeInACrash(t *testing.T) {
	dir, want := dataFolder(t)
	backup := backUp(t, options(dir))
	for at, crashed := 1, true; crashed; at++ {
		for _, share := range []float64{0, 0.5, 1} {
			disk := crashfs.New(uint64(at))
			if err := disk.Mkdir("/data"); err != nil {
				t.Fatal(err)
			}
			disk.CrashAt = at
			_, err := restore(t.Context(), disk, bytes.NewReader(backup), "/data")
			crashed = disk.Operations >= at
			disk = disk.Crash(share)
			left, marked := restoredFiles(disk), disk.Node("/data/"+markName) != nil
			if whole := maps.Equal(left, want); whole && !marked {
				continue
			} else if err == nil || !marked && len(left) > 0 {
				t.Fatalf("crash in operation %d, share %v: %v, left %v", at, share, err, slices.Sorted(maps.Keys(left)))
			}
			_, err = restore(t.Context(), disk, bytes.NewReader(backup), "/data")
			if err != nil || !maps.Equal(restoredFiles(disk), want) || disk.Node("/data/"+markName) != nil {
				t.Fatalf("a restore after a crash in operation %d, share %v: %v", at, share, err)
			}
		}
	}
}

// restoredFiles returns the files in /data of a disk that are not hidden, by name.
func restoredFiles(disk *crashfs.FS) map[string]string {
	files := map[string]string{}
	for path, content := range disk.Files("") {
		if name := strings.TrimPrefix(path, "/data/"); !strings.HasPrefix(name, ".") {
			files[name] = content
		}
	}
	return files
}

// A restore that fails leaves nothing, or a mark. Only if the mark's removal cannot be synced, everything is there.
func TestFailedRestoreLeavesNothing(t *testing.T) {
	dir, want := dataFolder(t)
	backup := backUp(t, options(dir))
	for _, failure := range []error{syscall.EIO, syscall.ENOSPC, crashfs.ErrShort} {
		for at, failed := 1, true; failed; at++ {
			disk := crashfs.New(1)
			if err := disk.Mkdir("/data"); err != nil {
				t.Fatal(err)
			}
			failed = false
			disk.Failing = func(operation int) error {
				if operation == at {
					failed = true
					return failure
				}
				return nil
			}
			_, err := restore(t.Context(), disk, bytes.NewReader(backup), "/data")
			left := restoredFiles(disk)
			if err != nil && len(left) > 0 && disk.Node("/data/"+markName) == nil && !maps.Equal(left, want) {
				t.Errorf("%v in operation %d: %v, left %v", failure, at, err, slices.Sorted(maps.Keys(left)))
			}
		}
	}
}
