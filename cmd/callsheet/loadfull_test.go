package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/demo"
	"callsheet/internal/spool"
)

var diskStep = flag.Int("diskstep", 3<<20, "bytes of room that each rebuild has more than the one before")

// TestRebuildOnAFullDiskReplacesNothing rebuilds with increasing free space: each time the database and the published copy are the old
// ones or complete new ones, and a failed rebuild reports the reason and leaves nothing behind.
func TestRebuildOnAFullDiskReplacesNothing(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	config := loaderHome(t)
	data := filepath.Join(filepath.Dir(config), "data")
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=40m"); err != nil {
		t.Skip("mounting a small disk needs root: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(data, syscall.MNT_DETACH) })
	if err := os.Mkdir(filepath.Join(data, "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, delivery := range demo.Generate(demo.Options{Calls: 6000, Days: 30, Seed: 3, Until: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)}) {
		if payload, ok := spool.Compact(delivery.Body); !delivery.Broken && ok && payload[0] == '{' {
			fmt.Fprintf(&text, "%s\n", payload)
		}
	}
	appendLine(t, config, "a.ndjson", text.String())
	callsheet := func(args ...string) (string, int) {
		command := exec.Command("callsheet", append([]string{"--config", config}, args...)...)
		out, _ := command.CombinedOutput()
		return string(out), command.ProcessState.ExitCode()
	}
	if out, code := callsheet("load"); code != 0 {
		t.Fatalf("%d: %s", code, out)
	}
	const count = "select count(*) as n from calls"
	want, _ := callsheet("sql", count, "--format", "csv")
	files := listFiles(t, data)

	failed := 0
	for room := 200 << 10; ; room += *diskStep {
		filler := fillDisk(t, data, room)
		out, code := callsheet("load", "--rebuild")
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if got, _ := callsheet("sql", count, "--format", "csv"); got != want {
			t.Fatalf("with %d bytes of room, exit code %d: readers see %s instead of %s\n%s", room, code, got, want, out)
		}
		if code == 0 {
			break
		}
		failed++
		if code != 1 || !strings.Contains(out, "\nhint: free disk space") {
			t.Errorf("with %d bytes of room, exit code %d: %s", room, code, out)
		}
		if left := listFiles(t, data); !reflect.DeepEqual(left, files) {
			t.Errorf("with %d bytes of room, left behind: %v", room, left)
		}
	}
	if failed < 3 {
		t.Errorf("only %d rebuilds failed", failed)
	}
}

// fillDisk leaves the given number of bytes free on a small disk.
func fillDisk(t *testing.T, dir string, room int) (path string) {
	t.Helper()
	path = filepath.Join(dir, "other program")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	size := int64(0)
	for err == nil {
		var n int
		n, err = file.Write(make([]byte, 4096))
		size += int64(n)
	}
	if err := file.Truncate(size - int64(room)); err != nil {
		t.Fatal(err)
	}
	return path
}

// listFiles returns the files below a folder.
func listFiles(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, _ os.FileInfo, err error) error {
		list = append(list, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
