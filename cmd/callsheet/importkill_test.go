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

	"callsheet/internal/importer"
	"callsheet/internal/spool"
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

// importsOf returns imports of some lines each into a spool, without their files.
func importsOf(t *testing.T, dir string, lines ...int) (imports []*importer.Importer) {
	t.Helper()
	for n, count := range lines {
		now := time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Millisecond)
		into, err := spool.NewImport(dir, now, now)
		if err != nil {
			t.Fatal(err)
		}
		i := &importer.Importer{Path: fmt.Sprintf("%d.csv", n), Into: into}
		i.Report.Path, i.Report.Imported = i.Path, int64(count)
		for range count {
			if err := into.Add([]byte(strings.Repeat("x", 1000))); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() { i.Close() })
		imports = append(imports, i)
	}
	return imports
}

// TestSeveralFilesOnAFullDiskImportNothing has room for the first of two files.
func TestSeveralFilesOnAFullDiskImportNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=200k"); err != nil {
		t.Skip("mounting a small disk needs root: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	imports := importsOf(t, dir, 10, 300)
	err := (&app{stdout: t.Output()}).commitImports(imports)
	if err == nil || !strings.Contains(err.Error(), "no space left on device\nhint: free disk space and import again\nnothing was imported") {
		t.Error(err)
	}
	for _, i := range imports {
		i.Close()
	}
	if left := listFiles(t, dir); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

// TestFailureBetweenTwoFilesSaysWhatIsImported loses the file of the second import.
func TestFailureBetweenTwoFilesSaysWhatIsImported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	imports := importsOf(t, dir, 1, 1, 1)
	if err := os.Remove(filepath.Join(dir, "."+imports[1].Into.ID()+".ndjson")); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err := (&app{stdout: &out}).commitImports(imports)
	if err == nil || !strings.HasPrefix(err.Error(), "1.csv: import: ") || !strings.Contains(err.Error(), "\nthe files above are imported, no other one\n") {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "1 delivery imported as "+imports[0].Into.ID()) || strings.Contains(out.String(), imports[1].Into.ID()) {
		t.Error(out.String())
	}
	if got, err := spool.Imports(dir); err != nil || len(got) != 1 || got[0].ID != imports[0].Into.ID() {
		t.Errorf("imported: %+v %v", got, err)
	}
}
