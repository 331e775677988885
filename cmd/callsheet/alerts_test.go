package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"callsheet/internal/exitcode"
	"callsheet/internal/monitor"
	"callsheet/internal/scheduler"
)

// TestSilentSourceRaisesAnAlert loads five weeks of deliveries, one every ten minutes by day, which end on a Monday at noon.
func TestSilentSourceRaisesAnAlert(t *testing.T) {
	skipIfShort(t)
	mailServer := startFakeSMTP(t)
	config := loaderHome(t)
	text := fmt.Sprintf("data_dir: ./data\nmail: {host: 127.0.0.1, port: %d, tls: none, from: reports@example.com}\nalert_to: [ops@example.com]\ncollector: {sources: [{name: main, tokens: [a-long-token]}]}\n", mailServer.port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	india := time.FixedZone("Asia/Kolkata", 19800)
	last := time.Date(2026, 10, 5, 12, 0, 0, 0, india)
	var lines strings.Builder
	n := 0
	for at := last.AddDate(0, 0, -35); !at.After(last); at = at.Add(10 * time.Minute) {
		n++
		if hour := at.Hour(); hour < 8 || hour >= 20 {
			continue // no calls at night
		}
		fmt.Fprintf(&lines, `{"id":"%026d","received_at":%q,"source":"main","kind":"call_report","encoding":"json","payload":{"CallSid":"1.%d","Direction":"IVR","Status":"ANSWER","StartTime":%q,"EndTime":%q}}`+"\n",
			n, at.Format(time.RFC3339), n, at.Format(time.DateTime), at.Format(time.DateTime))
	}
	appendLine(t, config, "2026-10-05.ndjson", lines.String())
	now := last
	a := &app{configPath: config, stdout: &strings.Builder{}, stderr: &strings.Builder{}, now: func() time.Time { return now }}
	invoke(t, a, "load")
	p, err := a.open()
	if err != nil {
		t.Fatal(err)
	}
	p.Log = slog.New(slog.DiscardHandler)
	alerts := &monitor.Alerts{Pipeline: p}
	mailsAfter := func(after time.Duration) int {
		now = last.Add(after)
		s, err := monitor.ReadStatus(context.Background(), p, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := alerts.SendAlarms(context.Background(), s.Alarms); err != nil {
			t.Fatal(err)
		}
		return mailServer.counts()["ops@example.com"]
	}
	for _, c := range []struct {
		after time.Duration
		want  int
		why   string
	}{
		{20 * time.Minute, 0, "after twenty minutes: two or three deliveries are too few to expect more"},
		{55 * time.Minute, 1, "after an hour"},
		{time.Hour, 1, "five minutes later"},
		{15 * time.Hour, 1, "at night"},
		{25 * time.Hour, 2, "a day later"},
	} {
		if got := mailsAfter(c.after); got != c.want {
			t.Errorf("%s: %d mails, want %d", c.why, got, c.want)
		}
	}
	if mail := mailServer.mails("ops@example.com")[0]; !strings.Contains(mail, "source main has sent nothing since Mon 2026-10-05 12:00") {
		t.Errorf("the mail is\n%s", mail)
	}
	// The source sends again, but nothing is loaded yet.
	appendLine(t, config, "2026-10-06.ndjson", fmt.Sprintf(`{"id":"z","received_at":%q,"source":"main","kind":"other","encoding":"json","payload":{}}`+"\n", last.Add(25*time.Hour).Format(time.RFC3339)))
	if s, err := monitor.ReadStatus(context.Background(), p, 1); err != nil || len(s.Sources) != 1 || s.Sources[0].Silent || !s.Sources[0].LastReceived.Equal(last.Add(25*time.Hour)) {
		t.Errorf("%+v, %v", s.Sources, err)
	}
	// There are no calls at night, and no alerts.
	now = last.Add(25 * time.Hour)
	invoke(t, a, "load")
	appendLine(t, config, "2026-10-06.ndjson", fmt.Sprintf(`{"id":"zz","received_at":%q,"source":"main","kind":"other","encoding":"json","payload":{}}`+"\n", time.Date(2026, 10, 6, 19, 58, 0, 0, india).Format(time.RFC3339)))
	now = time.Date(2026, 10, 7, 7, 0, 0, 0, india)
	if s, err := monitor.ReadStatus(context.Background(), p, 1); err != nil || s.Sources[0].Silent {
		t.Errorf("at night: %+v, %v", s.Sources, err)
	}
}

func TestHeartbeatFollowsOnlySuccessfulRuns(t *testing.T) {
	skipIfShort(t)
	mailServer := startFakeSMTP(t)
	var heartbeats atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heartbeats.Add(1) }))
	defer server.Close()
	config := reportHome(t, mailServer, fmt.Sprintf("  - {name: one, heartbeat: %q, only_if: \"calls >= 2\", if_nothing: skip, deliver: [{folder: ./out}]}\n", server.URL+"/s3cret"))
	appendLine(t, config, "2026-10-05.ndjson", callOf(1, "Sales"))
	a := testApp(time.Date(2026, 10, 6, 9, 0, 0, 0, time.UTC))
	a.configPath = config
	invoke(t, a, "run", "one", "--for", "2026-10-06T08:00")
	if got := heartbeats.Load(); got != 1 {
		t.Errorf("%d heartbeats after nothing to report", got)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(config), "out")); err == nil {
		t.Error("a workbook was delivered, though there was nothing to report")
	}
	appendLine(t, config, "2026-10-05.ndjson", callOf(2, "Sales"))
	if err := os.WriteFile(filepath.Join(filepath.Dir(config), "out"), nil, 0o600); err != nil { // so that the folder cannot be created
		t.Fatal(err)
	}
	root := newRoot(a)
	root.SetArgs([]string{"--config", config, "run", "one", "--for", "2026-10-06T08:00"})
	if err := root.ExecuteContext(context.Background()); err == nil || exitcode.Of(err) != exitcode.Warnings {
		t.Errorf("%v", err)
	}
	if got := heartbeats.Load(); got != 1 {
		t.Errorf("%d heartbeats after a failed run", got)
	}
	if mails := mailServer.mails("ops@example.com"); len(mails) != 1 || !strings.Contains(mails[0], "Report one: failed") {
		t.Errorf("the operator has %q", mails)
	}
}

func TestSecondSchedulerStandsBy(t *testing.T) {
	mailServer := startFakeSMTP(t)
	config := reportHome(t, mailServer, "  - {name: one, schedule: \"@hourly\", deliver: [{folder: ./out}]}\n")
	a := testApp(time.Now())
	a.configPath = config
	var log syncedBuffer
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	for range 2 {
		p, err := a.open()
		if err != nil {
			t.Fatal(err)
		}
		p.Log = slog.New(slog.NewTextHandler(&log, nil))
		s := scheduler.New(p, prometheus.NewRegistry())
		apply, err := s.Prepare(p.Config)
		if err != nil {
			t.Fatal(err)
		}
		apply()
		go func() { ended <- s.Serve(ctx) }()
		for text := []byte(nil); len(text) == 0; text, _ = os.ReadFile(p.Config.Data(".schedule.lock")) {
			time.Sleep(time.Millisecond) // retry until the first scheduler has the lock
		}
	}
	for i := 0; !strings.Contains(log.String(), "stands by"); i++ {
		if time.Sleep(20 * time.Millisecond); i > 250 {
			t.Fatalf("the second scheduler logged nothing:\n%s", log.String())
		}
	}
	if !strings.Contains(log.String(), fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("the log does not name the first process: %s", log.String())
	}
	stop()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// syncedBuffer can be written by several goroutines.
type syncedBuffer struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (b *syncedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(p)
}

func (b *syncedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.String()
}

// TestOldPublishedDataRaisesAnAlert has a delivery that no load reads.
func TestOldPublishedDataRaisesAnAlert(t *testing.T) {
	skipIfShort(t)
	config := loaderHome(t)
	now := time.Now()
	a := &app{configPath: config, stdout: &strings.Builder{}, stderr: &strings.Builder{}, now: func() time.Time { return now }}
	appendLine(t, config, "a.ndjson", callOf(1, "Sales"))
	invoke(t, a, "load")
	status := func() *monitor.Status {
		t.Helper()
		p, err := a.open()
		if err != nil {
			t.Fatal(err)
		}
		s, err := monitor.ReadStatus(context.Background(), p, 1)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	appendLine(t, config, "a.ndjson", callOf(2, "Sales"))
	appended := time.Now()
	for _, c := range []struct {
		after    time.Duration
		settings string
		alarm    bool
	}{
		{10 * time.Minute, "", false},
		{20 * time.Minute, "", true},
		{20 * time.Minute, "store: {load_every: 1h}\n", false},
		{4 * time.Hour, "store: {load_every: 1h}\n", true},
		{400 * time.Hour, "store: {load_every: 0s}\n", false},
	} {
		if err := os.WriteFile(config, []byte("data_dir: ./data\n"+c.settings), 0o600); err != nil {
			t.Fatal(err)
		}
		now = appended.Add(c.after)
		s := status()
		if _, alarm := s.Alarms["published data"]; alarm != c.alarm {
			t.Errorf("after %v with %q: %v", c.after, c.settings, s.Alarms)
		}
		if age := time.Duration(s.Data.AgeSeconds) * time.Second; (age-c.after).Abs() > time.Minute || s.Data.WaitingSince == nil {
			t.Errorf("after %v the age is %v, since %v", c.after, age, s.Data.WaitingSince)
		}
	}
	invoke(t, a, "load")
	if s := status(); s.Data.AgeSeconds != 0 || s.Data.WaitingSince != nil {
		t.Errorf("after a load: %+v", s.Data)
	}
}
