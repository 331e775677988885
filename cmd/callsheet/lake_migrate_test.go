//go:build unix

package main

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/servertest"
)

// machineWithFile returns two configurations of a machine: with a database file, which has calls, and with an empty lake.
func machineWithFile(t *testing.T, data string) (file, lake string) {
	t.Helper()
	lake = machine(t, "first", servertest.FreeAddress(), servertest.StartPostgres(t).Database(t, "lake"), data)
	text, err := os.ReadFile(lake)
	if err != nil {
		t.Fatal(err)
	}
	withoutLake, _, _ := strings.Cut(string(text), "store:")
	file = filepath.Join(filepath.Dir(lake), "file.yaml")
	if err := os.WriteFile(file, []byte(withoutLake), 0o600); err != nil {
		t.Fatal(err)
	}
	appendLine(t, file, "a.ndjson", strings.Join(demoLines(rand.New(rand.NewPCG(7, 7)), 3000), ""))
	runOn(t, file, "load")
	return file, lake
}

// migrateWithKills runs a migration repeatedly and kills it, each time after a longer wait, until one run completes. It returns the number of kills.
func migrateWithKills(t *testing.T, afterKill func(), args ...string) (killed int) {
	t.Helper()
	for wait := 200 * time.Millisecond; ; wait += 400 * time.Millisecond {
		command, out := exec.Command("callsheet", args...), &syncedBuffer{}
		command.Stdout, command.Stderr = out, out
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(wait, func() { command.Process.Kill() })
		err := command.Wait()
		if err == nil {
			return killed
		}
		if timer.Stop() {
			t.Fatalf("after %d kills: %v\n%s", killed, err, out.String())
		}
		killed++
		afterKill()
	}
}

// TestKilledMigrationGoesOn kills a migration into a lake, and one back into a file. Nobody reads a part of the data; the migration that ends has copied
// all of it.
func TestKilledMigrationGoesOn(t *testing.T) {
	t.Parallel()
	file, lake := machineWithFile(t, filepath.Join(t.TempDir(), "lake"))
	want := contentHashes(t, file)
	const count = "select count(*) as n from calls"
	all := runOn(t, file, "sql", count, "--format", "csv")
	killed := migrateWithKills(t, func() {
		out, err := exec.Command("callsheet", "--config", lake, "sql", count, "--format", "csv").Output()
		if err == nil && string(out) != all {
			t.Errorf("a part of the data is read: %s", out)
		}
	}, "--config", lake, "migrate", "--to-lake")
	if got := contentHashes(t, lake); got != want || killed < 3 {
		t.Errorf("after %d kills the lake has\n%s\nthe file has\n%s", killed, got, want)
	}

	path := filepath.Join(filepath.Dir(lake), "data", "calls.duckdb")
	if err := os.Rename(path, path+".before"); err != nil {
		t.Fatal(err)
	}
	killed = migrateWithKills(t, func() {
		if _, err := os.Stat(path); err == nil && contentHashes(t, file) != want {
			t.Error("the file has a part of the data")
		}
		os.Remove(path) // complete, but killed before it said so
	}, "--config", lake, "migrate", "--to-file")
	if got := contentHashes(t, file); got != want || killed < 3 {
		t.Errorf("after %d kills the file has\n%s\ninstead of\n%s", killed, got, want)
	}
	left, err := filepath.Glob(path + "*")
	if err != nil || !slices.Equal(left, []string{path, path + ".before"}) {
		t.Errorf("left behind: %q %v", left, err)
	}
}

// TestNoFileAppearsWithoutItsRuns migrates to a file while its ledger cannot be read.
func TestNoFileAppearsWithoutItsRuns(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	file, lake := machineWithFile(t, filepath.Join(t.TempDir(), "lake"))
	want := contentHashes(t, file)
	runOn(t, lake, "migrate", "--to-lake")
	data := filepath.Join(filepath.Dir(lake), "data")
	path, ledger := filepath.Join(data, "calls.duckdb"), filepath.Join(data, "runs.ndjson")
	if err := errors.Join(os.Remove(path), os.Mkdir(ledger, 0o700)); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("callsheet", "--config", lake, "migrate", "--to-file").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "run ledger") {
		t.Errorf("%v\n%s", err, out)
	}
	if left, err := filepath.Glob(path + "*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q %v", left, err)
	}
	if err := os.Remove(ledger); err != nil {
		t.Fatal(err)
	}
	runOn(t, lake, "migrate", "--to-file")
	if got := contentHashes(t, file); got != want {
		t.Errorf("the file has\n%s\ninstead of\n%s", got, want)
	}
}

// TestMigrationOnAFullDisk has no room for the data of the lake, and then none for the file. Both say so; with room, they end well.
func TestMigrationOnAFullDisk(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=40m"); err != nil {
		t.Skip("mounting a small disk needs root: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	file, lake := machineWithFile(t, filepath.Join(disk, "lake"))
	want := contentHashes(t, file)
	fails := func(args ...string) {
		t.Helper()
		filler := fillDisk(t, disk, 100<<10)
		command := exec.Command("callsheet", append([]string{"--config", lake, "migrate"}, args...)...)
		out, err := command.CombinedOutput()
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if err == nil || command.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "\nhint: free disk space") {
			t.Errorf("migrate %q on a full disk: %v\n%s", args, err, out)
		}
	}
	fails("--to-lake")
	if out, err := exec.Command("callsheet", "--config", lake, "load").CombinedOutput(); err == nil {
		t.Errorf("loaded into a part of the data:\n%s", out)
	}
	runOn(t, lake, "migrate", "--to-lake")
	if got := contentHashes(t, lake); got != want {
		t.Errorf("the lake has\n%s\nthe file has\n%s", got, want)
	}

	data := filepath.Join(filepath.Dir(lake), "data")
	path := filepath.Join(data, "calls.duckdb")
	err := errors.Join(os.Remove(path), os.CopyFS(filepath.Join(disk, "data"), os.DirFS(data)), os.RemoveAll(data), os.Symlink(filepath.Join(disk, "data"), data))
	if err != nil {
		t.Fatal(err)
	}
	fails("--to-file")
	if left, err := filepath.Glob(path + "*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q %v", left, err)
	}
	runOn(t, lake, "migrate", "--to-file")
	if got := contentHashes(t, file); got != want {
		t.Errorf("the file has\n%s\ninstead of\n%s", got, want)
	}
}
