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

// TestFirstSheetHasTheReportsFindings: those about other sheets are also in the PDF, which has no other sheet, and where one is left out.
func TestFirstSheetHasTheReportsFindings(t *testing.T) {
	d, err := Parse("own", []byte("title: T\nsheets:\n  - {kind: summary, name: S, tiles: [{metric: calls}], findings: [change, staffing]}\n"+
		"  - {kind: table, name: Groups, query: groups, columns: [call_group, answer_rate], filters: {group: Nobody}, omit: true}\n"+
		"  - {kind: timetable, name: Staffing, query: staffing, metrics: [agents_seen], days: 28}\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	src := &testSource{calls: testMonth()}
	for i, c := range src.calls {
		if c.at.Day() == 4 && c.answered {
			src.calls[i].outcome, src.calls[i].answered, src.calls[i].talk, src.calls[i].agent = "abandoned", false, 0, ""
		}
	}
	_, whole := build(t, d, src, request(t, "yesterday"))
	_, first := build(t, d.firstSheet(), src, request(t, "yesterday"))
	var texts [2]string
	for i, result := range []Result{whole, first} {
		for _, f := range result.Findings {
			texts[i] += f.Text + "\n"
		}
	}
	if texts[0] != texts[1] || !strings.HasPrefix(texts[0], "Answer rate") || !strings.Contains(texts[0], "Too few agents") {
		t.Errorf("the workbook has\n%sand the PDF\n%s", texts[0], texts[1])
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
