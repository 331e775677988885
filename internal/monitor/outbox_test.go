package monitor

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/job"
	"callsheet/internal/pipeline"
)

// TestDamagedAlertIsSetAside: status says what happens to it, and whoever sends alerts next logs where it is.
func TestDamagedAlertIsSetAside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "callsheet.yaml")
	if err := os.WriteFile(path, []byte("data_dir: ./data\nmail: {host: 127.0.0.1, from: a@example.com}\nalert_to: [ops@example.com]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	alert := filepath.Join(alertDir(c), "disk.json")
	if err := os.MkdirAll(alertDir(c), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(alert, []byte(`{"message":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Unsent(c); err == nil || !strings.Contains(err.Error(), "disk.json cannot be read\nhint: ") {
		t.Errorf("%v", err)
	}
	var log bytes.Buffer
	p := &pipeline.Pipeline{Config: c, Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))}
	NewAlerts(p, nil).Retry(t.Context())
	if _, err := os.Stat(alert); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it stays: %v", err)
	}
	if text := log.String(); !strings.Contains(text, "kept="+alert+".damaged") || strings.Contains(text, "error=") {
		t.Errorf("the log has %s", text)
	}
	if err := Unsent(c); err != nil {
		t.Errorf("%v", err)
	}
}

// newTestAlerts returns alerts that go to a server, the time by which they go, and the titles and notes that the server got.
func newTestAlerts(t *testing.T, configured bool) (a *Alerts, now *time.Time, got *[]string) {
	t.Helper()
	got = &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var message struct {
			Title string   `json:"title"`
			Notes []string `json:"notes"`
		}
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
			t.Error(err)
		}
		*got = append(*got, message.Title+" | "+strings.Join(message.Notes, " | "))
	}))
	t.Cleanup(server.Close)
	path := filepath.Join(t.TempDir(), "callsheet.yaml")
	text := "data_dir: ./data\n"
	if configured {
		text += "alert_to: [{webhook: {url: \"" + server.URL + "\"}}]\n"
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(c.Data(), 0o700); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)
	now = &at
	p := &pipeline.Pipeline{Config: c, Now: func() time.Time { return *now }, Log: slog.New(slog.DiscardHandler)}
	return NewAlerts(p, nil), now, got
}

// TestEachFailureIsTold: those within six hours of an alert come in the next one, whether or not the report has failed again by then.
func TestEachFailureIsTold(t *testing.T) {
	a, now, got := newTestAlerts(t, true)
	entry := job.Entry{Report: "daily", Zone: time.UTC}
	fail := func(period string) {
		due := now.Truncate(time.Hour)
		a.RunFinished(t.Context(), entry, []job.Run{{Report: "daily", Period: period, DueAt: due, State: job.Failed, Error: "refused on " + period}})
	}
	expect := func(what string, alerts ...[]string) {
		t.Helper()
		if len(*got) != len(alerts) {
			t.Fatalf("%s: %q", what, *got)
		}
		for i, texts := range alerts {
			for _, text := range texts {
				if !strings.Contains((*got)[i], text) {
					t.Errorf("%s: alert %d is %q, without %q", what, i, (*got)[i], text)
				}
			}
		}
	}
	first := []string{"Report daily: failed | refused on 2026-10-04"}
	fail("2026-10-04")
	fail("2026-10-03")
	*now = now.Add(time.Hour)
	fail("2026-10-02")
	a.Retry(t.Context())
	expect("within six hours", first)
	*now = now.Add(5 * time.Hour)
	a.Retry(t.Context())
	second := []string{"Report daily: more failures", "For 2026-10-03: refused on 2026-10-03", "For 2026-10-02: refused on 2026-10-02", "--for 2026-10-05T09:00"}
	expect("after six hours", first, second)
	*now = now.Add(time.Minute)
	fail("2026-10-01")
	expect("within six hours of the second", first, second)
	a = NewAlerts(a.Pipeline, nil) // after a restart
	*now = now.Add(6 * time.Hour)
	a.Retry(t.Context())
	third := []string{"For 2026-10-01: refused on 2026-10-01"}
	expect("after a restart", first, second, third)
	fail("2026-09-30")
	expect("after a pause", first, second, third, []string{"Report daily: failed | refused on 2026-09-30"})
}

// TestProblemIsToldOnceThereIsSomebodyToTell: alert_to was added while it lasted.
func TestProblemIsToldOnceThereIsSomebodyToTell(t *testing.T) {
	nobody, _, _ := newTestAlerts(t, false)
	a, _, got := newTestAlerts(t, true)
	a.Pipeline.Config.DataDir = nobody.Pipeline.Config.DataDir
	alarms := map[string]string{"disk": "the disk is full"}
	entry := job.Entry{Report: "daily", Zone: time.UTC}
	failed := []job.Run{{Report: "daily", Period: "2026-10-04", State: job.Failed, Error: "refused"}}
	if err := nobody.SendAlarms(t.Context(), alarms); err != nil {
		t.Fatal(err)
	}
	nobody.RunFinished(t.Context(), entry, failed)
	nobody.Reload(a.Pipeline)
	for range 2 {
		if err := nobody.SendAlarms(t.Context(), alarms); err != nil {
			t.Fatal(err)
		}
	}
	nobody.RunFinished(t.Context(), entry, failed)
	if len(*got) != 2 || !strings.Contains((*got)[0], "the disk is full") || !strings.Contains((*got)[1], "refused") {
		t.Errorf("%q", *got)
	}
}
