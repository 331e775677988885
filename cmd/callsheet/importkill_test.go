package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// exportOf writes an export of some calls beside a configuration.
func exportOf(t *testing.T, config string, calls int) (path string) {
	t.Helper()
	rows := "CallSid,Direction,Status,StartTime,EndTime,coins\n"
	for n := range calls {
		start := time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second).Format(time.DateTime)
		rows += fmt.Sprintf("8%06d,IVR,BUSY,%s,%s,1\n", n, start, start)
	}
	path = filepath.Join(filepath.Dir(config), "export.csv")
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestKilledImportImportsAllOrNothing kills an import at a random time and imports again, whereupon the spool has each row once and
// nothing is left of the killed ones.
func TestKilledImportImportsAllOrNothing(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	rng := rand.New(rand.NewPCG(uint64(*loadKills), 18))
	config := loaderHome(t)
	export, data := exportOf(t, config, 3000), filepath.Join(filepath.Dir(config), "data")
	for range max(*loadKills/4, 3) {
		command := exec.Command("callsheet", "--config", config, "import", export)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rng.IntN(1500)) * time.Millisecond)
		command.Process.Kill()
		command.Wait()
	}
	if out, err := exec.Command("callsheet", "--config", config, "import", export).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	checkImported(t, data, 3000)
}

// checkImported requires one import with some rows in the spool, and no other file of one.
func checkImported(t *testing.T, data string, rows int) {
	t.Helper()
	var lines int
	for _, path := range listFiles(t, data) {
		switch name := filepath.Base(path); {
		case strings.HasSuffix(name, ".ndjson") && !strings.HasPrefix(name, "."):
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			lines += strings.Count(string(text), "\n")
		case strings.Contains(name, "import") && name != ".import.lock" && !strings.HasSuffix(name, ".json"):
			t.Errorf("%s is left", path)
		}
	}
	if lines != rows {
		t.Errorf("the spool has %d lines, want %d", lines, rows)
	}
}

// TestImportOnAFullDiskLeavesNothing imports with increasing free space: all rows, or none with the reason.
func TestImportOnAFullDiskLeavesNothing(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	config := loaderHome(t)
	export, data := exportOf(t, config, 3000), filepath.Join(filepath.Dir(config), "data")
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=40m"); err != nil {
		t.Skip("mounting a small disk needs root: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(data, syscall.MNT_DETACH) })
	for room := 100 << 10; ; room += *diskStep / 2 {
		filler := fillDisk(t, data, room)
		command := exec.Command("callsheet", "--config", config, "import", export)
		out, _ := command.CombinedOutput()
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if command.ProcessState.ExitCode() == 0 {
			checkImported(t, data, 3000)
			return
		}
		if !strings.Contains(string(out), "\nhint: free disk space and import again\nnothing was imported") {
			t.Errorf("with %d bytes of room: %s", room, out)
		}
		checkImported(t, data, 0)
	}
}
