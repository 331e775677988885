package report

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// needs skips a test if a program is missing; .ci/run installs all of them.
func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("CALLSHEET_TEST_SERVERS") != "" {
		t.Fatal(program + " is not installed")
	}
	t.Skip(program + " is not installed")
}

func TestPDFIsOnePage(t *testing.T) {
	skipIfShort(t)
	needs(t, "soffice")
	dir := filepath.Join(t.TempDir(), "Büro 100%") // LibreOffice takes its profile as a URL
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	daily := readTemplate(t, "daily")
	t.Chdir(dir)
	for _, path := range []string{filepath.Join(dir, "absolute.pdf"), "relative.pdf"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := daily.PDF(ctx, &testSource{calls: testMonth()}, request(t, "yesterday"), path); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(text, []byte("%PDF-")) || len(text) < 10_000 {
			t.Errorf("%s: %d bytes, %v", path, len(text), err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLibreOfficeThatWaitsIsEnded(t *testing.T) {
	dir := t.TempDir()
	office := filepath.Join(dir, "soffice")
	if err := os.WriteFile(office, []byte("#!/bin/sh\nsleep 1000 & echo $! > \"$CHILD\"; wait\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CHILD", filepath.Join(dir, "child"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := convertToPDF(ctx, office, dir); err == nil {
		t.Error("no error")
	}
	pid, err := os.ReadFile(filepath.Join(dir, "child"))
	if err != nil {
		t.Fatal(err)
	}
	if running, _ := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/cmdline"); bytes.Contains(running, []byte("sleep")) {
		t.Errorf("process %s still runs", pid)
	}
}

func TestWithoutLibreOfficeThereIsAHint(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	path := filepath.Join(t.TempDir(), "summary.pdf")
	err := readTemplate(t, "daily").PDF(t.Context(), &testSource{}, request(t, "yesterday"), path)
	if !errors.Is(err, errNoLibreOffice) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
