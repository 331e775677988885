package main

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
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
	if _, stdout, _ := runCallsheet(t, "--config", config, "check"); !strings.Contains(stdout, "ok       mail from reports@example.com\n") {
		t.Errorf("check:\n%s", stdout)
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

// TestReportArrivesWithAccessToken logs in to a real server with OAuth2. The authorization server replaces the refresh token each time.
func TestReportArrivesWithAccessToken(t *testing.T) {
	relay := smtptest.StartOpenSMTPD(t)
	server := smtptest.StartDovecot(t, "plain xoauth2", relay)
	current, issued := "refresh-0", 0
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if id, secret, _ := r.BasicAuth(); id != "client" || secret != "the-secret" || r.PostFormValue("refresh_token") != current {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"error": "invalid_grant"}`)
			return
		}
		issued++
		current = fmt.Sprint("refresh-", issued)
		access := fmt.Sprint("access-", issued)
		server.Accept(access)
		fmt.Fprintf(w, `{"access_token": %q, "refresh_token": %q, "token_type": "Bearer", "expires_in": 3600}`, access, current)
	}))
	defer tokens.Close()
	config := reportHome(t, &fakeSMTP{}, "  - {name: one, deliver: [{mail: {to: [a@example.com, b@example.com], cc: [c@example.com]}}]}\n")
	dir := filepath.Dir(config)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := os.ReadFile(server.CertFile)
	if err != nil {
		t.Fatal(err)
	}
	mail := fmt.Sprintf(`mail:
  host: localhost
  port: %d
  ca_file: ca.pem
  username: reports
  from: reports@example.com
  oauth2: {token_url: %q, client_id: client, client_secret_file: secret, refresh_token_file: refresh}
`, server.Port, tokens.URL)
	for name, content := range map[string]string{
		"callsheet.yaml": regexp.MustCompile(`(?m)^mail: .*\n`).ReplaceAllString(string(text), mail),
		"ca.pem":         string(certificate), "secret": "the-secret\n", "refresh": "refresh-0\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config = filepath.Join(dir, "callsheet.yaml")
	appendLine(t, config, "2026-10-05.ndjson", callOf(1, "Sales"))
	for _, args := range [][]string{{"check"}, {"run", "one", "--for", "2026-10-06"}} {
		if code, stdout, stderr := runCallsheet(t, append([]string{"--config", config}, args...)...); code != 0 {
			t.Errorf("%s: %d\n%s%s", args, code, stdout, stderr)
		}
	}
	for _, to := range []string{"a@example.com", "b@example.com", "c@example.com"} {
		relay.Mails(t, to, 1)
	}
	if kept, err := os.ReadFile(filepath.Join(dir, "refresh")); err != nil || string(kept) != "refresh-2\n" || issued != 2 {
		t.Errorf("%d tokens for check and for three mails; the refresh token is %q, %v", issued, kept, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, stdout, _ := runCallsheet(t, "--config", config, "check"); code != 1 || !strings.Contains(stdout, "PROBLEM  mail from reports@example.com: mail.ca_file: ") {
		t.Errorf("check with a file that has no certificate: %d\n%s", code, stdout)
	}
}

// TestTestMailIsThatOfTheRecipients: --to sends what the first mail of the report's deliver would, to that address only.
func TestTestMailIsThatOfTheRecipients(t *testing.T) {
	server := smtptest.StartOpenSMTPD(t)
	config := reportHome(t, &fakeSMTP{port: server.Port}, `  - name: one
    deliver:
      - mail: {to: [boss@example.com], cc: [cfo@example.com], recipients_query: none.sql, subject: "Calls of {period}", attach: false}
`)
	query := "select 'lead@example.com' as address"
	if err := os.WriteFile(filepath.Join(filepath.Dir(config), "none.sql"), []byte(query), 0o600); err != nil {
		t.Fatal(err)
	}
	appendLine(t, config, "2026-10-05.ndjson", callOf(1, "Sales"))
	if code, _, stderr := runCallsheet(t, "--config", config, "run", "one", "--for", "2026-10-06", "--to", "me@example.com"); code != 0 {
		t.Errorf("%d\n%s", code, stderr)
	}
	text := server.Mails(t, "me@example.com", 1)[0]
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("Subject") != "Calls of 2026-10-05" || m.Header.Get("To") != "<me@example.com>" || m.Header.Get("Cc") != "" ||
		bytes.Contains(text, []byte(".xlsx\"")) {
		t.Errorf("%.2000s", text)
	}
	for _, other := range []string{"boss@example.com", "cfo@example.com", "lead@example.com"} {
		server.Mails(t, other, 0)
	}
}
