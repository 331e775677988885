package page

import (
	"context"
	"crypto/sha256"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	for _, path := range []string{"/reports/daily", "/reports/other", address(good), address(outside)} {
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
	if a := analyst.get(address(outside)); a.StatusCode != http.StatusGone || !strings.Contains(a.text, "is not on this machine") {
		t.Errorf("a workbook that another machine built: %s %q", a.Status, a.text)
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

func TestLinksLeadToWorkbooksOfAnyName(t *testing.T) {
	dir := t.TempDir()
	var files []File
	for _, name := range []string{"daily-Support #1.xlsx", "daily-100%25 + more?.xlsx", "daily-बिक्री & R&D.xlsx"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, File{Path: path, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(name)))})
	}
	s := startSite(t, Options{ReportsDir: dir, Reports: func() ([]Report, error) {
		return []Report{{Name: "daily", Runs: []Run{{Period: "2026-10-05", State: "sent", Files: files}}}}, nil
	}})
	b := s.browser()
	links := regexp.MustCompile(`href="([^"]*)" download`).FindAllStringSubmatch(b.get("/reports/daily").text, -1)
	if len(links) != len(files) {
		t.Fatalf("%d links", len(links))
	}
	for i, link := range links {
		address, _, _ := strings.Cut(html.UnescapeString(link[1]), "#") // as a browser
		if a := b.get(address); a.StatusCode != http.StatusOK || a.text != files[i].Name() {
			t.Errorf("%s at %s: %s", files[i].Name(), address, a.Status)
		}
	}
}

// TestViewersGetWorkbooksOfTheirGroups and nothing else of a run.
func TestViewersGetWorkbooksOfTheirGroups(t *testing.T) {
	dir := t.TempDir()
	write := func(name, group string) File {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		return File{Part: group, Path: path, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(name))), Group: group}
	}
	files := map[string]File{"sales": write("parts-sales.xlsx", "Sales"), "support": write("parts-support.xlsx", "Support"), "all": write("whole.xlsx", "")}
	files["agent"] = write("agent.xlsx", "Sales") // the part of a burst by agent, whose name is that of a group
	agent := files["agent"]
	agent.Group = ""
	files["agent"] = agent
	secrets := []string{"Partly", "the error of Support", "support-lead@example.com", "987 rows", "654 rows"}
	run := func(files ...File) Run {
		return Run{Period: "2026-10-05", State: "partly", At: time.Now(), Rows: 987, Error: "the error of Support", Files: files, Recipients: []Recipient{{Name: "support-lead@example.com", Part: "Support", State: "failed", Error: "the error of Support"}}}
	}
	s := startSite(t, Options{
		Users: append(users(), User{"wall", Viewer, nil, goodHash()}), ReportsDir: dir,
		Reports: func() ([]Report, error) {
			return []Report{{Name: "parts", Runs: []Run{run(files["sales"], files["support"]), {Period: "2026-10-04", State: "failed", Rows: 654, Error: "the error of Support"}}},
				{Name: "whole", Runs: []Run{run(files["all"])}}, {Name: "agents", Runs: []Run{run(files["agent"])}}, {Name: "of-support", Runs: []Run{run(files["support"])}}, {Name: "never"}}, nil
		},
		RunReport: func(context.Context, string) (string, error) { return "sent to support-lead@example.com", nil },
	})
	operator := s.signedIn("operator")
	operator.do(http.MethodPost, "/reports/parts/run", url.Values{})
	for end := time.Now().Add(30 * time.Second); !strings.Contains(operator.get("/reports/parts").text, "sent to"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the outcome is not shown")
		}
	}
	reportOf := map[string]string{"sales": "parts", "support": "parts", "all": "whole", "agent": "agents"}
	for user, sees := range map[string]string{"sales": "sales", "both": "sales support", "wall": "sales support all agent"} {
		b := s.signedIn(user)
		nowhere := b.get("/nowhere").text
		texts := b.get("/reports").text
		for _, name := range []string{"parts", "whole", "agents", "of-support", "never"} {
			a := b.get("/reports/" + name)
			want := http.StatusNotFound
			if name == "parts" || name == "of-support" && user != "sales" || user == "wall" && name != "never" {
				want = http.StatusOK
			}
			if a.StatusCode != want || want == http.StatusNotFound && a.text != nowhere {
				t.Errorf("%s at %s: %s", user, name, a.Status)
			}
			texts += a.text
		}
		for _, secret := range append(secrets, "2026-10-04", "sent to", "Run now", "Failed") {
			if strings.Contains(texts, secret) {
				t.Errorf("%s sees %s:\n%s", user, secret, texts)
			}
		}
		if user == "sales" && strings.Contains(strings.ToLower(texts), "support") {
			t.Errorf("a viewer of Sales sees Support:\n%s", texts)
		}
		for name, file := range files {
			a := b.get("/reports/" + reportOf[name] + "/" + file.SHA256 + "/" + file.Name())
			if isSeen := slices.Contains(strings.Fields(sees), name); isSeen != (a.StatusCode == http.StatusOK && a.text == file.Name()) || !isSeen && (a.StatusCode != http.StatusNotFound || a.text != nowhere) {
				t.Errorf("%s downloads %s: %s", user, name, a.Status)
			}
		}
		if a := b.do(http.MethodPost, "/reports/parts/run", url.Values{}); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s runs a report: %s", user, a.Status)
		}
	}
}
