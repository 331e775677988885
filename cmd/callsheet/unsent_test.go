package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"callsheet/internal/job"
	"callsheet/internal/monitor"
	"callsheet/internal/pipeline"
	"callsheet/internal/servertest"
)

// alertHome opens the pipeline of a configuration with a mail server at a port and recipients of alerts, which is a YAML list. The clock is
// what now points to.
func alertHome(t *testing.T, port int, recipients string, now *time.Time) *pipeline.Pipeline {
	t.Helper()
	config := loaderHome(t)
	text := fmt.Sprintf("data_dir: ./data\nmail: {host: 127.0.0.1, port: %d, tls: none, from: reports@example.com}\nalert_to: %s\nreports: [{name: daily}]\n", port, recipients)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &app{configPath: config, stdout: io.Discard, stderr: io.Discard, now: func() time.Time { return *now }}
	p, err := a.open()
	if err != nil {
		t.Fatal(err)
	}
	p.Log = slog.New(slog.DiscardHandler)
	return p
}

var alertNow = time.Date(2026, 10, 6, 3, 0, 0, 0, time.UTC)

// setPort makes a pipeline use the mail server at another port.
func setPort(p *pipeline.Pipeline, port int) { p.Config.Mail.Port = port }

// TestAlertsArriveOnceTheServerIsBack has each kind of alert while the mail server is down, and a restart before it is back.
func TestAlertsArriveOnceTheServerIsBack(t *testing.T) {
	t.Parallel()
	now := alertNow
	p := alertHome(t, servertest.FreePort(), "[ops@example.com]", &now)
	entry := job.Entry{Report: "daily", Zone: time.UTC}
	first := monitor.NewAlerts(p, nil)
	first.RunFinished(t.Context(), entry, []job.Run{{Report: "daily", Period: "2026-10-05", DueAt: alertNow, State: job.Failed, Error: "the disk is full"}})
	first.RunsMissed(t.Context(), entry, []time.Time{alertNow.Add(-24 * time.Hour)})
	if err := first.SendAlarms(t.Context(), map[string]string{"disk": "the disk is nearly full"}); err != nil {
		t.Fatal(err)
	}
	if err := monitor.Unsent(p.Config); err == nil || !strings.Contains(err.Error(), "3 alerts could not be sent, the oldest of Tue 2026-10-06 08:30 Asia/Kolkata; the last error: ops@example.com: ") ||
		!strings.Contains(err.Error(), "connection refused") {
		t.Errorf("%v", err)
	}
	if s, err := monitor.ReadStatus(t.Context(), p, 1); err != nil || !slices.ContainsFunc(s.Warnings, func(text string) bool { return strings.Contains(text, "3 alerts could not be sent") }) {
		t.Errorf("%v, %v", s, err)
	}

	mails := startFakeSMTP(t)
	setPort(p, mails.port)
	second := monitor.NewAlerts(p, nil)
	second.Retry(t.Context()) // before the backoff is over
	if n := len(mails.mails("ops@example.com")); n != 0 {
		t.Errorf("%d mails before the next attempt was due", n)
	}
	now = now.Add(20 * time.Second)
	second.Retry(t.Context())
	second.Retry(t.Context())
	all := strings.Join(mails.mails("ops@example.com"), "\n")
	for _, want := range []string{"Report daily: failed", "the disk is full", "callsheet run daily --for 2026-10-06T03:00:00Z", "Report daily: missed", "the disk is nearly full", "Noticed Tue 2026-10-06 08:30 Asia/Kolkata"} {
		if !strings.Contains(all, want) {
			t.Errorf("no mail has %q", want)
		}
	}
	if n := len(mails.mails("ops@example.com")); n != 3 || monitor.Unsent(p.Config) != nil {
		t.Errorf("%d mails; unsent: %v", n, monitor.Unsent(p.Config))
	}
	if err := second.SendAlarms(t.Context(), map[string]string{"disk": "the disk is nearly full"}); err != nil || len(mails.mails("ops@example.com")) != 3 {
		t.Errorf("an alarm that was sent is sent again: %v", err)
	}
}

// TestAlarmsAreSentOnceThoughTheirTimesCannotBeSaved has a folder in the way of the file, as a full disk would be.
func TestAlarmsAreSentOnceThoughTheirTimesCannotBeSaved(t *testing.T) {
	t.Parallel()
	now := alertNow
	mails := startFakeSMTP(t)
	p := alertHome(t, mails.port, "[ops@example.com]", &now)
	inTheWay := p.Config.Data("alerts.json")
	if err := os.MkdirAll(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	alarms := map[string]string{"disk": "the disk is full"}
	send := func(alerts *monitor.Alerts, saved bool, want int) {
		t.Helper()
		err := alerts.SendAlarms(t.Context(), alarms)
		if n := len(mails.mails("ops@example.com")); n != want || (err == nil) != saved {
			t.Errorf("%d mails, want %d: %v", n, want, err)
		}
		now = now.Add(5 * time.Minute)
	}
	alerts := monitor.NewAlerts(p, nil)
	send(alerts, false, 1)
	send(alerts, false, 1)
	alarms["load"] = "late"
	send(alerts, false, 2)
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	send(alerts, true, 2)
	send(monitor.NewAlerts(p, nil), true, 2)
	now = now.Add(24 * time.Hour)
	send(alerts, true, 4)
}

// TestAlertIsRetriedOnlyForThoseWithoutIt has a server that refuses one of two addresses.
func TestAlertIsRetriedOnlyForThoseWithoutIt(t *testing.T) {
	t.Parallel()
	for _, code := range []int{451, 550} {
		now := alertNow
		mails := startFakeSMTP(t)
		mails.refuse("away@example.com", &smtp.SMTPError{Code: code, Message: "not now"})
		p := alertHome(t, mails.port, "[ops@example.com, away@example.com]", &now)
		alerts := monitor.NewAlerts(p, nil)
		if err := alerts.SendAlarms(t.Context(), map[string]string{"disk": "nearly full", "load": "late"}); err != nil {
			t.Fatal(err)
		}
		mails.refuse("away@example.com", nil)
		now = now.Add(time.Hour)
		alerts.Retry(t.Context())
		if counts := mails.counts(); counts["ops@example.com"] != 2 || counts["away@example.com"] != 2 {
			t.Errorf("after %d: %v", code, counts)
		}
	}
}

// TestAlertsToADeadServerBackOff counts the connections of four days.
func TestAlertsToADeadServerBackOff(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	now := alertNow
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var mutex sync.Mutex
	connections := 0
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mutex.Lock()
			connections++
			mutex.Unlock()
			conn.Close()
		}
	}()
	p := alertHome(t, listener.Addr().(*net.TCPAddr).Port, "[ops@example.com]", &now)
	alerts := monitor.NewAlerts(p, nil)
	if err := alerts.SendAlarms(t.Context(), map[string]string{"disk": "nearly full", "load": "late", "report daily": "overdue"}); err != nil {
		t.Fatal(err)
	}
	for range 8 * 24 * 60 {
		now = now.Add(time.Minute)
		alerts.Retry(t.Context())
	}
	mutex.Lock()
	defer mutex.Unlock()
	if connections < 150 || connections > 190 {
		t.Errorf("%d connections within eight days", connections)
	}
	if err := monitor.Unsent(p.Config); err != nil {
		t.Errorf("not given up: %v", err)
	}
}

// TestAlertsGoToChats has a mail address and chats as recipients, of which one is down at first.
func TestAlertsGoToChats(t *testing.T) {
	t.Parallel()
	now := alertNow
	var mutex sync.Mutex
	down := true
	got := map[string][]string{}
	chat := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		body, _ := io.ReadAll(r.Body)
		if down && r.URL.Path == "/teams" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		got[r.URL.Path] = append(got[r.URL.Path], string(body))
	}))
	defer chat.Close()
	mails := startFakeSMTP(t)
	p := alertHome(t, mails.port, fmt.Sprintf("\n  - Ops <ops@example.com>\n  - webhook: {url: \"%[1]s/slack\", shape: slack}\n  - webhook: {url: \"%[1]s/teams\", shape: teams}\n", chat.URL), &now)
	alerts := monitor.NewAlerts(p, nil)
	if err := alerts.SendAlarms(t.Context(), map[string]string{"source R&D": "R&D <!channel> is silent\nhint: look"}); err != nil {
		t.Fatal(err)
	}
	mutex.Lock()
	down = false
	mutex.Unlock()
	now = now.Add(time.Minute)
	alerts.Retry(context.Background())
	mutex.Lock()
	defer mutex.Unlock()
	if len(got["/slack"]) != 1 || len(got["/teams"]) != 1 || len(mails.mails("ops@example.com")) != 1 {
		t.Fatalf("%v and %v", got, mails.counts())
	}
	var slack map[string]any
	if err := json.Unmarshal([]byte(got["/slack"][0]), &slack); err != nil || !strings.Contains(got["/slack"][0], `R\u0026amp;D \u0026lt;!channel\u0026gt; is silent`) {
		t.Errorf("%v: %s", err, got["/slack"][0])
	}
}

// TestAlertsAreSentWhereTheyCannotBeKept has a data folder in which nothing can be written.
func TestAlertsAreSentWhereTheyCannotBeKept(t *testing.T) {
	t.Parallel()
	now := alertNow
	p := alertHome(t, servertest.FreePort(), "[ops@example.com]", &now)
	if err := os.MkdirAll(p.Config.Data(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.Config.Data(), "alerts"), nil, 0o600); err != nil { // where the folder should be
		t.Fatal(err)
	}
	alerts := monitor.NewAlerts(p, nil)
	if err := alerts.SendAlarms(t.Context(), map[string]string{"disk": "nearly full"}); err != nil {
		t.Fatal(err)
	}
	mails := startFakeSMTP(t)
	setPort(p, mails.port)
	now = now.Add(time.Minute)
	alerts.Retry(t.Context())
	alerts.Retry(t.Context())
	if n := len(mails.mails("ops@example.com")); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// TestRunSaysThatAnAlertIsUnsent runs a report by hand, as cron does.
func TestRunSaysThatAnAlertIsUnsent(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	mails := startFakeSMTP(t)
	config := reportHome(t, mails, "  - {name: one, deliver: [{folder: ./out}]}\n")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	dead := strings.Replace(string(text), fmt.Sprint("port: ", mails.port), fmt.Sprint("port: ", servertest.FreePort()), 1)
	if err := os.WriteFile(config, []byte(dead), 0o600); err != nil {
		t.Fatal(err)
	}
	appendLine(t, config, "2026-10-05.ndjson", callOf(1, "Sales"))
	out := filepath.Join(filepath.Dir(config), "out")
	if err := os.WriteFile(out, nil, 0o600); err != nil { // so that the folder cannot be created
		t.Fatal(err)
	}
	if code, _, stderr := runCallsheet(t, "--config", config, "run", "one", "--for", "2026-10-06T08:00"); code != 3 || !strings.Contains(stderr, "alert could not be sent") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	if err := os.Remove(out); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := runCallsheet(t, "--config", config, "run", "one", "--for", "2026-10-06T08:00"); code != 3 || !strings.Contains(stderr, "1 alert could not be sent, the oldest of ") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := runCallsheet(t, "--config", config, "run", "one", "--for", "2026-10-06T08:00"); code != 0 || len(mails.mails("ops@example.com")) != 1 {
		t.Errorf("exit code %d, %v\n%s", code, mails.counts(), stderr)
	}
}
