package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestAsOfHasTheVendorsFilesOfThen asks for balances and directories, and the calls that these name, as of a time between two fetches, and of a
// database that was loaded with the files of then.
func TestAsOfHasTheVendorsFilesOfThen(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	for _, c := range []struct {
		golden, at string
		queries    []string
	}{
		{"balance", "2026-10-19T20:00:00+05:30", []string{"balance", "balance_total", "balance_weekdays"}},
		{"vendor_directory", "2026-10-06T12:00:00+05:30", []string{"directory", "calls", "groups", "agents"}},
		{"vendor_directory", "2026-10-05T20:00:00+05:30", []string{"directory", "calls", "groups", "agents"}},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join("../queries/testdata", c.golden)
		settings := testSettings()
		if text, err := os.ReadFile(filepath.Join(folder, "settings.json")); err == nil {
			if err := json.Unmarshal(text, &settings); err != nil {
				t.Fatal(err)
			}
		}
		events, err := os.ReadFile(filepath.Join(folder, "events.ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		// Lines without a time of receipt were received when their calls ended.
		var eventsThen strings.Builder
		for line := range strings.Lines(string(events)) {
			if ended := endTime.FindStringSubmatch(line); ended == nil || ended[1] <= at.Format(time.DateTime) {
				eventsThen.WriteString(line)
			}
		}
		dir, then := t.TempDir(), t.TempDir()
		for to, events := range map[string]string{dir: string(events), then: eventsThen.String()} {
			writeSpool(t, to, map[string]string{"2026-10-05.ndjson": events})
			copyVendor(t, folder, to)
		}
		keepFetched(t, then, at)
		load(t, dir, settings)
		load(t, then, settings)
		asOf, want := published(t, dir, settings), published(t, then, settings)
		if err := asOf.AsOf(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		for _, name := range c.queries {
			arguments := map[string]any{"from": "2026-10-01", "to": "2026-10-31"}
			if got, want := namedResult(t, asOf, name, arguments), namedResult(t, want, name, arguments); got != want {
				t.Errorf("%s as of %s: %s: got, want\n%s", c.golden, c.at, name, differingLines(got, want))
			}
		}
	}
}

var endTime = regexp.MustCompile(`"EndTime": ?"([^"]+)"`)

// keepFetched removes what was fetched after a time from the vendor's files of a folder.
func keepFetched(t *testing.T, dir string, at time.Time) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "vendor", "*", "*.ndjson"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var kept strings.Builder
		for line := range strings.Lines(string(text)) {
			var fetch struct {
				FetchedAt time.Time `json:"fetched_at"`
			}
			if err := json.Unmarshal([]byte(line), &fetch); err != nil {
				t.Fatal(err)
			}
			if !fetch.FetchedAt.After(at) {
				kept.WriteString(line)
			}
		}
		if err := os.WriteFile(path, []byte(kept.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
