package report

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"callsheet/internal/locale"
)

// TestNoFigureIsTooWideForItsColumn: LibreOffice prints such a figure as ###. Month names and the marks of morning and afternoon depend on
// the reader's language.
func TestNoFigureIsTooWideForItsColumn(t *testing.T) {
	skipIfShort(t)
	needs(t, "soffice")
	needs(t, "pdftotext")
	needsCalibri(t)
	calls := testMonth()
	for i := range calls {
		calls[i].talk, calls[i].coins = calls[i].talk*300, calls[i].coins*98_765.25
	}
	src := &testSource{calls: calls}
	for name, reader := range map[string]string{"en-GB": "de-DE", "en-IN": "hi-IN", "en-US": "en-US"} {
		dir := t.TempDir()
		files := []string{}
		for template, when := range map[string]string{
			"daily": "yesterday", "weekly": "last-week", "monthly": "2026-09", "agents": "last-week", "coins": "2026-09", "missed": "yesterday",
		} {
			req := request(t, when)
			req.Locale, _ = locale.Parse(name)
			path := filepath.Join(dir, template+".xlsx")
			if _, err := readTemplate(t, template).Build(t.Context(), src, req, path); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
		}
		convertIn(t, reader, dir, files)
		for _, file := range files {
			text, err := exec.Command("pdftotext", "-layout", strings.TrimSuffix(file, ".xlsx")+".pdf", "-").Output()
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for line := range strings.Lines(string(text)) {
				if strings.Contains(line, "##") {
					t.Errorf("%s in %s, read in %s: %s", filepath.Base(file), name, reader, line)
				}
			}
		}
	}
}

// needsCalibri skips a test where LibreOffice has neither Calibri nor Carlito, which has the same widths: any other font is wider.
func needsCalibri(t *testing.T) {
	t.Helper()
	needs(t, "fc-match")
	font, err := exec.Command("fc-match", "Calibri").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(font), "Calibri") || strings.Contains(string(font), "Carlito") {
		return
	}
	if os.Getenv("CALLSHEET_TEST_SERVERS") != "" {
		t.Fatalf("neither Calibri nor Carlito is installed, but %s", font)
	}
	t.Skip("neither Calibri nor Carlito is installed")
}

// convertIn converts workbooks to PDF with LibreOffice in a language.
func convertIn(t *testing.T, language, dir string, files []string) {
	t.Helper()
	profile := filepath.Join(dir, "profile")
	if err := os.MkdirAll(filepath.Join(profile, "user"), 0o755); err != nil {
		t.Fatal(err)
	}
	settings := `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>` + language + `</value></prop></item>
</oor:items>`
	if err := os.WriteFile(filepath.Join(profile, "user", "registrymodifications.xcu"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	place := url.URL{Scheme: "file", Path: profile}
	arguments := append([]string{"-env:UserInstallation=" + place.String(), "--headless", "--convert-to", "pdf", "--outdir", dir}, files...)
	if output, err := exec.CommandContext(t.Context(), "soffice", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
}
