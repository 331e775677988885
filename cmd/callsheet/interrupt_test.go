package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/config"
)

// TestInterruptedCommandsSayOnlyThat interrupts commands at work: one line, exit code 1, and nothing that failed only because of it.
func TestInterruptedCommandsSayOnlyThat(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "callsheet.yaml")
	write := func(path, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write(file, strings.Replace(smallConfig, "ADDRESS", "127.0.0.1:0", 1))
	for _, args := range [][]string{
		{"check"}, {"demo", "--dir", filepath.Join(dir, "demo"), "--calls", "200000"},
		{"sql", "select count(*) from range(100000000000) where range % 7 = 3"},
	} {
		if args[0] == "sql" {
			write(filepath.Join(dir, "data", "spool", "2026-10-05.ndjson"), "")
			if out, err := exec.Command("callsheet", "--config", file, "load").CombinedOutput(); err != nil {
				t.Fatalf("load: %v\n%s", err, out)
			}
		}
		command := exec.Command("callsheet", append([]string{"--config", file}, args...)...)
		var stdout, stderr bytes.Buffer
		command.Stdout, command.Stderr = &stdout, &stderr
		command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches the whole group
		command.Env = append(command.Environ(), "CALLSHEET_MAIN_TOKEN=a-token-for-tests")
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(700 * time.Millisecond)
		if err := syscall.Kill(-command.Process.Pid, syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		err := command.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || stderr.String() != "callsheet: interrupted\n" || strings.Contains(stdout.String(), "PROBLEM") {
			t.Errorf("%s ended with %v and says\n%s%s", args[0], err, stdout.String(), stderr.String())
		}
	}
}

// TestDurationsInJSONLogsAreSeconds, and not nanoseconds.
func TestDurationsInJSONLogsAreSeconds(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := config.Default()
	c.Log.Format = "json"
	a := testApp(time.Now())
	a.stderr = &log
	a.logger(&c).With("in", 90*time.Second).Info("retried", slog.Group("g", "after", 1500*time.Millisecond))
	var line struct {
		In float64
		G  struct{ After float64 }
	}
	if err := json.Unmarshal(log.Bytes(), &line); err != nil || line.In != 90 || line.G.After != 1.5 {
		t.Errorf("%v: %s", err, log.String())
	}
}
