package notify

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// testMessage returns a message whose workbook has some text.
func testMessage(t *testing.T, text string) Message {
	t.Helper()
	path := filepath.Join(t.TempDir(), "built.xlsx")
	write(t, path, text)
	sum, err := FileSHA256(path)
	if err != nil {
		t.Fatal(err)
	}
	return Message{
		Report: "daily", Title: "Daily call report", Period: "2026-10-04", When: "Sunday 4 October 2026", File: path, SHA256: sum,
		Figures: []Figure{{"Calls offered", "1,234", "▲ 12 (1.0%), better"}, {"Answer rate", "81.8%", "▼ 2.5 points, worse"}},
		Notes:   []string{"Data complete through 5 Oct 2026 07:58:00", "<Missed> shows 10 & leaves out 3 rows"},
	}
}

func TestFolderReplacesFile(t *testing.T) {
	folder := Folder{Dir: filepath.Join(t.TempDir(), "out", "reports")}
	for _, text := range []string{"first", "second"} {
		path, err := folder.Send(t.Context(), testMessage(t, text), "")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if info, err := os.Stat(filepath.Join(folder.Dir, "daily-2026-10-04.xlsx")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("others cannot read it: %v, %v", info, err)
	}
}

func TestFailedFolderDeliveryLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	// A folder in the file's place makes the rename fail.
	if err := os.MkdirAll(filepath.Join(dir, "daily-2026-10-04.xlsx", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if path, err := (Folder{Dir: dir}).Send(t.Context(), testMessage(t, "text"), ""); err == nil {
		t.Fatalf("delivered to %s", path)
	}
	missing := testMessage(t, "text")
	missing.File += ".missing"
	if _, err := (Folder{Dir: dir}).Send(t.Context(), missing, ""); err == nil {
		t.Error("a missing file was delivered")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestFolderKeepsNewestFilesOfReportAndPart(t *testing.T) {
	dir := t.TempDir()
	others := []string{"notes.txt", "daily-2026.xlsx", "daily-2026-10-01-Support.xlsx", "weekly-2026-W40.xlsx", "mine-daily-2026-10-01.xlsx"}
	for _, other := range others {
		write(t, filepath.Join(dir, other), "another file")
	}
	for _, name := range []string{"", "{period}/../{report}_{period}.xlsx"} {
		for day := range 5 {
			p := testMessage(t, "text")
			p.Period = time.Date(2026, 10, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			if name != "" {
				p.Part, name = "Sales/North", "{report}_{part}_{period}.xlsx"
			}
			path, err := Folder{Dir: dir, Name: name, Keep: 2}.Send(t.Context(), p, "")
			if err != nil {
				t.Fatal(err)
			}
			at := time.Now().Add(time.Duration(day-10) * time.Minute)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	part := SafeName("Sales/North")
	want := append(others, "daily-2026-10-04.xlsx", "daily-2026-10-05.xlsx", "daily_"+part+"_2026-10-04.xlsx", "daily_"+part+"_2026-10-05.xlsx")
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFolderKeepsNewestPeriods delivers the days of a time without service as they are caught up: the newest first, and with the clock of the
// share ahead for one of them.
func TestFolderKeepsNewestPeriods(t *testing.T) {
	for keep, want := range map[int][]string{1: {"daily-2026-10-05.xlsx"}, 2: {"daily-2026-10-04.xlsx", "daily-2026-10-05.xlsx"}} {
		dir := t.TempDir()
		deliver := func(day int) {
			t.Helper()
			p := testMessage(t, "text")
			p.Period = fmt.Sprintf("2026-10-%02d", day)
			path, err := Folder{Dir: dir, Keep: keep}.Send(t.Context(), p, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("keep %d: what was just delivered is gone: %v", keep, err)
			}
		}
		write(t, filepath.Join(dir, "daily-2026-09-01.xlsx"), "text")
		if err := os.Chtimes(filepath.Join(dir, "daily-2026-09-01.xlsx"), time.Time{}, time.Now().AddDate(1, 0, 0)); err != nil {
			t.Fatal(err)
		}
		for _, day := range []int{4, 3, 2, 5} {
			deliver(day)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, entry := range entries {
			got = append(got, entry.Name())
		}
		if !slices.Equal(got, want) {
			t.Errorf("keep %d: left %q, want %q", keep, got, want)
		}
	}
}

// TestFolderKeepsFilesOfPartsWithDigits has parts whose names look like the end of a period.
func TestFolderKeepsFilesOfPartsWithDigits(t *testing.T) {
	for _, name := range []string{"", "{report}-{part}-{period}.xlsx"} {
		for _, period := range []string{"2026-10-01", "2026-10", "2026-W40", "2026-10-01_2026-10-03"} {
			dir := t.TempDir()
			parts := []string{"12-911", "03-911", "01_911", "2026-911", "911-2026", "W12-911", "2026-10-02_2026-10-04-911", "911"}
			for range 2 {
				for _, part := range parts {
					p := testMessage(t, "text")
					p.Part, p.Period = part, period
					if _, err := (Folder{Dir: dir, Name: name, Keep: 1}).Send(t.Context(), p, ""); err != nil {
						t.Fatal(err)
					}
				}
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != len(parts) {
				t.Errorf("%s, %s: left %v, %v", name, period, entries, err)
			}
		}
	}
}

func TestSafeNamesAreValidAndUnique(t *testing.T) {
	seen := map[string]string{}
	for _, text := range []string{"Sales", "a/b", "a:b", "a_b", "..", ".hidden", "con.", "बिक्री", strings.Repeat("é", 500), strings.Repeat("é", 501), "x\x00y", "\xff", "😀", "", "café", "cafe\u0301", "nul", "NUL.txt", "a\u0085b",
		"a_b-" + strings.TrimPrefix(SafeName("a/b"), "a_b-"), SafeName("a:b")} {
		safe := SafeName(text)
		if other, taken := seen[safe]; taken {
			t.Errorf("%q and %q are both %q", text, other, safe)
		}
		seen[safe] = text
		if len(safe) > 120 || strings.ContainsAny(safe, "/\\:\x00") || strings.HasPrefix(safe, ".") {
			t.Errorf("%q becomes %q", text, safe)
		}
	}
	if got := SafeName("Sales"); got != "Sales" {
		t.Errorf("a name that is safe becomes %q", got)
	}
}

func TestCheckPattern(t *testing.T) {
	for pattern, ok := range map[string]bool{"": true, "{report}-{period}.xlsx": true, "{part}": true, "{day}": false, "{report": false} {
		if err := CheckPattern(pattern); (err == nil) != ok {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}

func TestLongNamesAreTruncatedAndUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, part := range []string{strings.Repeat("é", 200), strings.Repeat("é", 200) + "b"} {
		p := Message{Report: "daily", Title: strings.Repeat("t", 100), Period: "2026-10-04", Part: part}
		name := p.fileName("{title}/{report}-{title}-{part}-{part}-{period}.xlsx")
		if element := filepath.Base(name); len(element) > 255 || !strings.HasSuffix(element, ".xlsx") || seen[name] {
			t.Errorf("%d bytes: %q", len(element), element)
		}
		seen[name] = true
	}
}
