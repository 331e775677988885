package page

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestReports(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) File {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return File{Path: path, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(text)))}
	}
	if err := os.MkdirAll(filepath.Join(dir, "reports", "daily"), 0o700); err != nil {
		t.Fatal(err)
	}
	good, replaced, outside := write("reports/daily/daily-2026-10-05.xlsx", "workbook"), write("reports/daily/daily-2026-10-04.xlsx", "old"), write("secrets.xlsx", "secret")
	write("reports/daily/daily-2026-10-04.xlsx", "new")
	gone := File{Path: filepath.Join(dir, "reports", "gone.xlsx"), SHA256: good.SHA256}
	link := File{Path: filepath.Join(dir, "reports", "link.xlsx"), SHA256: outside.SHA256}
	if err := os.Symlink(outside.Path, link.Path); err != nil {
		t.Fatal(err)
	}
	var ran atomic.Int64
	finish := make(chan struct{})
	s := startSite(t, Options{
		Users: users(), ReportsDir: filepath.Join(dir, "reports"),
		Reports: func() ([]Report, error) {
			return []Report{{Name: "daily", Schedule: "0 8 * * *", Period: "yesterday", Next: time.Now(), Runs: []Run{
				{Period: "2026-10-05", State: "partly", Error: "the server is <down>", Files: []File{good, replaced, outside, gone, link},
					Recipients: []Recipient{{Name: "boss@example.com", State: "failed", Error: "mailbox full"}}},
			}}, {Name: "weekly"}}, nil
		},
		RunReport: func(_ context.Context, name string) (string, error) {
			ran.Add(1)
			<-finish
			return "sent to boss@example.com", nil
		},
	})
	address := func(f File) string { return "/reports/daily/" + f.SHA256 + "/" + f.Name() }
	viewer, analyst, operator := s.signedIn("sales"), s.signedIn("all"), s.signedIn("operator")
	nowhere := viewer.get("/nowhere").text
	for _, path := range []string{"/reports", "/reports/daily", "/reports/other", address(good), address(outside)} {
		if a := viewer.get(path); a.StatusCode != http.StatusNotFound || a.text != nowhere {
			t.Errorf("a viewer at %s: %s", path, a.Status)
		}
	}
	for path, want := range map[string][]string{
		"/reports":        {"daily", "Partly sent", "the server is &lt;down&gt;", "0 8 * * *", "weekly", "Never ran"},
		"/reports/daily":  {"2026-10-05", "boss@example.com", "mailbox full", "daily-2026-10-05.xlsx"},
		"/reports/weekly": {"Never ran", "By hand only"},
	} {
		a := analyst.get(path)
		for _, text := range want {
			if a.StatusCode != http.StatusOK || !strings.Contains(a.text, text) {
				t.Errorf("%s: %s, lacks %s\n%s", path, a.Status, text, a.text)
			}
		}
	}
	if a := analyst.get(address(good)); a.StatusCode != http.StatusOK || a.text != "workbook" || a.Header.Get("Content-Type") != workbookType ||
		a.Header.Get("Content-Disposition") != "attachment; filename=daily-2026-10-05.xlsx" {
		t.Errorf("a workbook: %s %v %q", a.Status, a.Header, a.text)
	}
	for what, f := range map[string]File{"replaced": replaced, "gone": gone, "outside": outside, "a link": link, "another hash": {Path: good.Path, SHA256: outside.SHA256}} {
		if a := analyst.get(address(f)); a.StatusCode == http.StatusOK || strings.Contains(a.text, "secret") || strings.Contains(a.text, "new") {
			t.Errorf("%s: %s %q", what, a.Status, a.text)
		}
	}
	for name, b := range map[string]*browser{"viewer": viewer, "analyst": analyst} {
		if a := b.do(http.MethodPost, "/reports/daily/run", url.Values{}); a.StatusCode != http.StatusNotFound || strings.Contains(b.get("/reports/daily").text, "Run now") {
			t.Errorf("%s runs a report: %s", name, a.Status)
		}
	}
	operator.header.Set("Sec-Fetch-Site", "cross-site")
	if a := operator.do(http.MethodPost, "/reports/daily/run", url.Values{}); a.StatusCode != http.StatusForbidden {
		t.Errorf("another site runs a report: %s", a.Status)
	}
	operator.header.Del("Sec-Fetch-Site")
	for range 2 { // the second while the first runs
		if a := operator.do(http.MethodPost, "/reports/daily/run", url.Values{}); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/reports/daily" {
			t.Errorf("an operator: %s", a.Status)
		}
	}
	if a := operator.get("/reports/daily"); !strings.Contains(a.text, "Running since") || strings.Contains(a.text, "Run now") {
		t.Errorf("while it runs:\n%s", a.text)
	}
	close(finish)
	for end := time.Now().Add(30 * time.Second); !strings.Contains(operator.get("/reports/daily").text, "sent to boss@example.com"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the outcome is not shown")
		}
	}
	if n := ran.Load(); n != 1 {
		t.Errorf("it ran %d times", n)
	}
}
