package main

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"strings"
	"testing"

	"callsheet/internal/smtptest"
)

// TestReportsAndAlertsArriveThroughOpenSMTPD sends a report and an alert through a real, strict mail server.
func TestReportsAndAlertsArriveThroughOpenSMTPD(t *testing.T) {
	server := smtptest.StartOpenSMTPD(t)
	config := reportHome(t, &fakeSMTP{port: server.Port}, `  - {name: one, deliver: [{mail: {to: [Boss <boss@example.com>]}}]}
  - {name: bad, template: one, deliver: [{webhook: {url: "http://127.0.0.1:1/"}}]}
`)
	appendLine(t, config, "2026-10-05.ndjson", callOf(1, "बिक्री विभाग"))
	if code, stdout, stderr := runCallsheet(t, "--config", config, "check"); code != 0 {
		t.Errorf("check: %d\n%s%s", code, stdout, stderr)
	}
	if code, _, stderr := runCallsheet(t, "--config", config, "run", "one", "--for", "2026-10-06"); code != 0 {
		t.Errorf("run: %d\n%s", code, stderr)
	}
	for range 2 { // with equal content
		if code, _, _ := runCallsheet(t, "--config", config, "run", "bad", "--for", "2026-10-06"); code != 3 {
			t.Errorf("run: %d", code)
		}
	}
	report := server.Mails(t, "boss@example.com", 1)[0]
	alerts := server.Mails(t, "ops@example.com", 2)
	ids := map[string]bool{}
	for _, text := range append(alerts[:2:2], report) {
		m, err := mail.ReadMessage(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Header.Date(); err != nil || m.Header.Get("From") != "<reports@example.com>" {
			t.Errorf("header %v", m.Header)
		}
		if kind, _, err := mime.ParseMediaType(m.Header.Get("Content-Type")); err != nil || !strings.HasPrefix(kind, "multipart/") {
			t.Errorf("%s, %v", kind, err)
		}
		if body, err := io.ReadAll(m.Body); err != nil || len(body) == 0 {
			t.Errorf("%d bytes, %v", len(body), err)
		}
		ids[m.Header.Get("Message-Id")] = true
	}
	if len(ids) != 3 {
		t.Errorf("message ids %v", ids)
	}
	if !strings.Contains(string(report), "one-2026-10-05.xlsx") || !strings.Contains(string(alerts[0]), "Subject: Report bad: failed") {
		t.Errorf("report\n%.2000s\nalert\n%.2000s", report, alerts[0])
	}
}
