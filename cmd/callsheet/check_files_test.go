//go:build linux

package main

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCheckFindsFilesOfAnotherUser has files and folders that the service cannot open, and runs check as root, who could.
func TestCheckFindsFilesOfAnotherUser(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	s := newServiceUser(t, "timezone: UTC\ndata_dir: data\ncollector: {listen: 127.0.0.1:0, sources: [{name: main, tokens: [a-token-for-tests]}]}\n")
	check := func() (code int, out string) {
		command := s.command(0, "check")
		text, _ := command.CombinedOutput()
		return command.ProcessState.ExitCode(), string(text)
	}
	for _, dir := range []string{"data", "data/spool", "data/published", "data/alerts"} {
		if err := os.Mkdir(filepath.Join(s.home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
		s.give(t, filepath.Join(s.home, dir), s.uid, 0o700)
	}
	today := "data/spool/" + time.Now().UTC().Format(time.DateOnly) + ".ndjson"
	for _, file := range []string{"data/spool/.lock", "data/spool/2026-10-05.ndjson", today, "data/runs.ndjson", "data/.load.lock"} {
		path := filepath.Join(s.home, file)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s.give(t, path, s.uid, 0o600)
	}
	s.give(t, filepath.Join(s.home, "data/spool/2026-10-05.ndjson"), s.uid, 0o400) // of an earlier day, which is only read
	if code, out := check(); code != 0 {
		t.Fatalf("exit code %d of a folder without problems: %s", code, out)
	}
	for path, mode := range map[string]os.FileMode{
		"data/spool": 0o500, "data/published": 0o555, "data/alerts": 0o500,
		"data/spool/.lock": 0o600, "data/spool/2026-10-05.ndjson": 0o600, today: 0o644, "data/runs.ndjson": 0o644, "data/.load.lock": 0o600,
	} {
		whole, owner := filepath.Join(s.home, path), 0
		before, err := os.Stat(whole)
		if err != nil {
			t.Fatal(err)
		}
		if before.IsDir() {
			owner = s.uid
		}
		s.give(t, whole, owner, mode)
		code, out := check()
		if code != 1 || !strings.Contains(out, "PROBLEM  files in ") || !strings.Contains(out, whole) || !strings.Contains(out, "hint: what is in data_dir must belong") {
			t.Errorf("%s: exit code %d: %s", path, code, out)
		}
		s.give(t, whole, s.uid, before.Mode().Perm())
	}
}

// TestCheckAndStatusFindANewerDatabase that the next load refuses.
func TestCheckAndStatusFindANewerDatabase(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "callsheet.yaml")
	if err := os.WriteFile(config, []byte("data_dir: ./data\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "data", "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	runOn(t, config, "load")
	runOn(t, config, "check")
	db, err := sql.Open("duckdb", "") // store replaces the driver's cache of databases with a path
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "attach '"+filepath.Join(dir, "data", "calls.duckdb")+"' as newer; insert into newer.schema_migrations values (99, 'x', '0.3')")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]int{"check": 1, "status": 3, "load": 1} {
		code, stdout, stderr := runCallsheet(t, "--config", config, command)
		if code != want || !strings.Contains(stdout+stderr, "was made by callsheet 0.3, which is newer") {
			t.Errorf("%s: exit code %d\n%s%s", command, code, stdout, stderr)
		}
	}
}

// TestCheckOfAReadOnlyFileSystem names it once, and no file.
func TestCheckOfAReadOnlyFileSystem(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	data, config := filepath.Join(dir, "data"), filepath.Join(dir, "callsheet.yaml")
	if err := os.WriteFile(config, []byte("data_dir: ./data\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=40m"); err != nil {
		t.Skip("mounting a file system needs root: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(data, syscall.MNT_DETACH) })
	if err := os.Mkdir(filepath.Join(data, "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	runOn(t, config, "load")
	if err := syscall.Mount("tmpfs", data, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	text, _ := exec.Command("callsheet", "--config", config, "check").CombinedOutput()
	out := string(text)
	if strings.Count(out, "read-only file system") != 1 || !strings.Contains(out, "hint: the file system is mounted read-only") || strings.Contains(out, "must belong") {
		t.Error(out)
	}
}
