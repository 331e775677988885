package store

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/queries"
)

// ofOtherDays are the queries that the file of a period answers otherwise, as period.go says.
var ofOtherDays = []string{
	"census", "directory", "data_clock", "freshness", "silence", "unknown_words", // not over days
	"changes", "compared_periods", "findings", "previous_period", "summary", // earlier periods, which are unknown
	"balance", "balance_total", "balance_weekdays", "forecast", "staffing", "staffing_gaps", "billing", "billing_causes", "billing_claims", "billing_total", "pulses", // the rules of charges
}

// TestAPeriodHasTheFiguresOfItsDays asks every named query over some days of the file of these days and of all data.
func TestAPeriodHasTheFiguresOfItsDays(t *testing.T) {
	skipIfShort(t)
	world, spool := randomWorld(3, "Asia/Kolkata", 400)
	dir := t.TempDir()
	const from, to = "2026-10-20", "2026-10-22"
	overMidnight := `{"CallSid":"over","CallType":"1","Status":"ANSWER","DestinationNumber":"01204000001","SourceNumber":"9810000001","StartTime":"2026-10-19 23:50:00","EndTime":"2026-10-20 00:30:00","TalkDuration":"2300"}`
	writeSpool(t, dir, map[string]string{"2026-10-05.ndjson": spool + overMidnight + "\nrubbish\n"})
	load(t, dir, world.settings)
	all := published(t, dir, world.settings)
	period := periodOf(t, dir, world.settings, from, to)
	for _, arguments := range []map[string]any{{}, {"group": "Sales"}, {"source": "main", "direction": "incoming"}} {
		compareQueries(t, period, all, from, to, arguments)
	}
	for what, statement := range map[string]string{
		"days that the file does not have are known":       "select count(calls) from days('2026-10-10', '2026-10-16')",
		"a period that the file does not have is compared": "select count(*) from previous_period('" + from + "', '" + to + "') where has_data",
	} {
		if whole, got := query(t, all, statement)[1][0], query(t, period, statement)[1][0]; got != "0" || whole == "0" {
			t.Errorf("%s: %s of %s", what, got, whole)
		}
	}
	if got := query(t, period, "select count(*) < 200 from calls")[1][0]; got != "true" {
		t.Error("the file has all calls")
	}
}

// TestAPeriodHasNoUsualRange asks the file of four weeks for what more days of the data tell.
// TestAPeriodHasWhoWaitsSinceBefore: a caller waits since four days before the period, and was missed again in it.
func TestAPeriodHasWhoWaitsSinceBefore(t *testing.T) {
	skipIfShort(t)
	events, err := os.ReadFile("../queries/testdata/called_back_once/events.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	dir, settings := t.TempDir(), testSettings()
	writeSpool(t, dir, map[string]string{"2026-10-05.ndjson": string(events)})
	load(t, dir, settings)
	const day = "2026-10-09"
	all, period := published(t, dir, settings), periodOf(t, dir, settings, day, day)
	compareQueries(t, period, all, day, day, map[string]any{})
	const waiting = "select strftime(first_missed_at, '%d') as since, attempts from to_call_back('" + day + "', '" + day + "')"
	if got := lines(query(t, period, waiting)); got != "since,attempts\n05,4\n" {
		t.Error(got)
	}
}

func TestAPeriodHasNoUsualRange(t *testing.T) {
	skipIfShort(t)
	p, spool := newPlant(t, "Asia/Kolkata")
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"2026-11-01.ndjson": spool})
	load(t, dir, p.settings)
	all := published(t, dir, p.settings)
	period := periodOf(t, dir, p.settings, "2026-10-01", "2026-10-27")
	for what, statement := range map[string]string{
		"usual ranges": "select count(*) from changes('2026-10-27', '2026-10-27') where usual_n > 0",
		"forecasts":    "select count(forecast_offered) from forecast('2026-10-21', '2026-10-27')",
	} {
		if whole, got := query(t, all, statement)[1][0], query(t, period, statement)[1][0]; got != "0" || whole == "0" {
			t.Errorf("%s: %s of %s", what, got, whole)
		}
	}
}

// TestAPeriodHasTheListsOfItsDays does the same with the lists of a vendor.
func TestAPeriodHasTheListsOfItsDays(t *testing.T) {
	skipIfShort(t)
	const golden = "../queries/testdata/completeness/"
	settings := testSettings()
	text, err := os.ReadFile(golden + "settings.json")
	if err := errors.Join(err, json.Unmarshal(text, &settings)); err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile(golden + "events.ndjson"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"2026-10-05.ndjson": string(text)})
	copyVendor(t, golden, dir)
	load(t, dir, settings)
	all := published(t, dir, settings)
	compareQueries(t, periodOf(t, dir, settings, "2026-10-06", "2026-10-06"), all, "2026-10-06", "2026-10-06", nil)
}

// periodOf writes the file of a period of the data of a folder twice, the second time over the first, and opens it.
func periodOf(t *testing.T, dir string, settings Settings, from, to string) *Reader {
	t.Helper()
	path := filepath.Join(dir, "period.duckdb")
	source := Options{Path: filepath.Join(dir, "published", "calls.duckdb"), Settings: settings, Now: testNow, Immutable: true}
	for range 2 {
		copied, err := WritePeriod(t.Context(), source, path, date(t, from), date(t, to))
		if err != nil || copied.Calls == 0 {
			t.Fatalf("%+v, %v", copied, err)
		}
	}
	if _, err := WritePeriod(t.Context(), source, filepath.Join(dir, "calls.duckdb"), date(t, from), date(t, to)); err == nil || !strings.Contains(err.Error(), "not the file of a period") {
		t.Errorf("a database was replaced: %v", err)
	}
	return openReader(t, Options{Path: path, Settings: settings, Now: testNow})
}

// TestOneWriterOfAPeriodAtATime has a lock and a file that is being written, as of another process.
func TestOneWriterOfAPeriodAtATime(t *testing.T) {
	dir, settings := t.TempDir(), testSettings()
	writeSpool(t, dir, map[string]string{"2026-10-05.ndjson": `{"CallSid":"1","CallType":"1","Status":"CANCEL","DestinationNumber":"01204000001","SourceNumber":"9810000002","StartTime":"2026-10-05 10:05:00","EndTime":"2026-10-05 10:05:30"}` + "\n"})
	load(t, dir, settings)
	published(t, dir, settings)
	source := Options{Path: filepath.Join(dir, "published", "calls.duckdb"), Settings: settings, Now: testNow, Immutable: true}
	path, day := filepath.Join(dir, "period.duckdb"), date(t, "2026-10-05")
	const ofAnother = "half a file"
	if err := os.WriteFile(path+".new", []byte(ofAnother), 0o600); err != nil {
		t.Fatal(err)
	}
	lock, err := lockTemplate(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	soon, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	_, err = WritePeriod(soon, source, path, day, day)
	if err == nil {
		t.Error("written beside another")
	}
	if text, err := os.ReadFile(path + ".new"); string(text) != ofAnother {
		t.Errorf("the file of the other was changed: %v", err)
	}
	if err := lock.Release(); err != nil { // as when the other is killed
		t.Fatal(err)
	}
	if copied, err := WritePeriod(t.Context(), source, path, day, day); err != nil || copied.Calls != 1 || exists(path+".new") {
		t.Errorf("%+v, %v", copied, err)
	}
}

func date(t *testing.T, day string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// compareQueries compares what the named queries answer of some days.
func compareQueries(t *testing.T, period, all *Reader, from, to string, filters map[string]any) {
	t.Helper()
	arguments := map[string]any{"from": from, "to": to, "since": from + " 15:00:00Z", "now": "2026-11-12 05:00:00Z"}
	maps.Copy(arguments, filters)
	for _, file := range queries.Files("named") {
		if slices.Contains(ofOtherDays, file.Name) {
			continue
		}
		if want, got := namedResult(t, all, file.Name, arguments), namedResult(t, period, file.Name, arguments); got != want {
			t.Errorf("%s by %v:\n%s", file.Name, filters, differingLines(got, want))
		}
	}
}
