package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

// A burstHome has calls of Sales and Support, and reports whose mails a fake server takes.
type burstHome struct {
	t      *testing.T
	config string
	server *fakeSMTP
}

func newBurstHome(t *testing.T, reports string) burstHome {
	t.Helper()
	server := startFakeSMTP(t)
	h := burstHome{t, reportHome(t, server, reports), server}
	h.write("data/spool/2026-10-05.ndjson", callOf(1, "Sales")+callOf(2, "Support"))
	return h
}

func (h burstHome) write(name, content string) {
	h.t.Helper()
	path := filepath.Join(filepath.Dir(h.config), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// run runs a report for 5 October and checks what is in the output, or with ! that it is not.
func (h burstHome) run(wantCode int, report string, flags []string, wants ...string) {
	h.t.Helper()
	args := append([]string{"--config", h.config, "run", report, "--for", "2026-10-06T08:00"}, flags...)
	code, stdout, stderr := runCallsheet(h.t, args...)
	text := stdout + stderr
	if code != wantCode {
		h.t.Errorf("%v: exit code %d\n%s", args, code, text)
	}
	for _, want := range wants {
		if missing, not := strings.CutPrefix(want, "!"); not == strings.Contains(text, missing) {
			h.t.Errorf("%v: wants %s\n%s", args, want, text)
		}
	}
}

func (h burstHome) wantMails(want string) {
	h.t.Helper()
	if got := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(h.server.counts()), "map["), "]"); got != want {
		h.t.Errorf("mails %s, want %s", got, want)
	}
}

// header returns the part of a recipient's first mail before its text.
func (h burstHome) header(to string) string {
	mails := h.server.mails(to)
	if len(mails) == 0 {
		h.t.Errorf("%s has no mail", to)
		return ""
	}
	header, _, _ := strings.Cut(mails[0], "\r\n\r\n")
	return header
}

// TestBurstTellsTheRecipientsOfAllParts has recipients by part in the configuration and in a query, one of them twice, and one of all parts.
func TestBurstTellsTheRecipientsOfAllParts(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	h := newBurstHome(t, `  - name: parts
    template: one
    burst: call_group
    only_if: offered > 1000
    if_nothing: tell
    deliver:
      - mail: {recipients: {Sales: [sales@example.com, both@example.com], Zed: [Both <BOTH@example.com>, zed@example.com]}, recipients_query: recipients.sql, cc: [cc@example.com], bcc: [bcc@example.com]}
      - {folder: ./out, name: "{part}.xlsx"}
  - {name: numbers, template: one, burst: virtual_number, only_if: rows, filters: {group: Nobody}, if_nothing: tell, deliver: [{mail: {recipients: {01204000001: [number@example.com]}}}]}
`)
	h.write("recipients.sql", "select 'Support' as part, 'support@example.com' as address")
	if code, _, stderr := runCallsheet(t, "--config", h.config, "load"); code != 0 {
		t.Fatal(stderr)
	}
	h.run(0, "parts", []string{"--dry-run"}, "there is nothing to report; would say so", "would send it to zed@example.com", "would send it to support@example.com", "!PROBLEM", "!would write")
	h.server.refuse("zed@example.com", &smtp.SMTPError{Code: 550, Message: "no such user"})
	h.run(3, "parts", nil, "mail to sales@example.com", "zed@example.com: failed")
	h.server.refuse("zed@example.com", nil)
	h.run(0, "parts", nil, "sent now to 1: zed@example.com; already sent to 5: ")
	h.run(0, "parts", nil, "already sent ", "; nothing was sent")
	h.wantMails("bcc@example.com:1 both@example.com:1 cc@example.com:1 ops@example.com:1 sales@example.com:1 support@example.com:1 zed@example.com:1")
	for _, to := range []string{"sales@example.com", "zed@example.com", "support@example.com", "both@example.com"} {
		mail, header := h.server.mails(to)[0], h.header(to)
		if !strings.Contains(header, "To: <"+to+">\r\n") || !strings.Contains(header, "Cc: <cc@example.com>\r\n") || !strings.Contains(mail, "nothing to report") {
			t.Errorf("the mail to %s:\n%s", to, mail)
		}
		for _, other := range []string{"sales@", "zed@", "support@", "both@", "bcc@", ", Sales", "Zed"} {
			if strings.Contains(strings.ReplaceAll(mail, to, ""), other) {
				t.Errorf("the mail to %s names %s:\n%s", to, other, mail)
			}
		}
	}
	if header := h.header("bcc@example.com"); strings.Contains(header, "bcc@") {
		t.Errorf("a hidden recipient is named:\n%s", header)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(h.config), "out")); err == nil {
		t.Error("a folder got something")
	}

	h.run(3, "numbers", nil, "mail to number@example.com", "no call has the group")
}

// TestRunByHandSendsNewPartsOfABurst has a part and recipients that come after the burst was sent.
func TestRunByHandSendsNewPartsOfABurst(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	const parts = "{Sales: [sales@example.com], Support: [support@example.com], Zed: [zed@example.com]}"
	h := newBurstHome(t, `  - {name: parts, template: one, burst: call_group, deliver: [{mail: {recipients: `+parts+`}}]}
  - {name: mixed, template: one, burst: call_group, deliver: [{mail: {recipients: `+parts+`}}, {folder: ./out, name: "{part}.xlsx"}]}
  - {name: whole, template: one, deliver: [{mail: {to: [boss@example.com]}}]}
`)
	for _, report := range []string{"parts", "mixed", "whole"} {
		h.run(0, report, nil, "!already sent")
	}
	h.run(0, "parts", nil, "already sent ", "; nothing was sent")
	h.run(0, "parts", []string{"--dry-run"}, "already sent ", "; nothing would be sent")
	h.wantMails("boss@example.com:1 sales@example.com:2 support@example.com:2")

	h.write("data/spool/2026-10-06.ndjson", callOf(3, "Zed"))
	h.run(0, "parts", nil, "mail to zed@example.com", "parts for 2026-10-05: sent now to 1: Zed zed@example.com; already sent to 2: Sales sales@example.com, Support support@example.com\n")
	h.run(0, "mixed", []string{"--dry-run"}, "Zed: would send it to zed@example.com", "Sales: sales@example.com has it since ")
	h.run(0, "mixed", nil, "mail to zed@example.com", "!delivered again", "!mail to sales@example.com")
	h.run(0, "parts", nil, "already sent ", "; nothing was sent")
	h.wantMails("boss@example.com:1 sales@example.com:2 support@example.com:2 zed@example.com:2")

	text, err := os.ReadFile(h.config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("boss@example.com", "boss@example.com, new@example.com", "Support: [", "Support: [new@example.com, ").Replace(string(text))
	h.write(filepath.Base(h.config), changed)
	h.run(0, "parts", []string{"--dry-run"}, "would send the workbooks of 1 of 3 parts\n", "Support: would send it to new@example.com", "Zed: zed@example.com has it since ")
	h.run(0, "parts", nil, "sent now to 1: Support new@example.com; already sent to 3: ")
	h.run(0, "whole", []string{"--dry-run"}, "would send it to new@example.com", "boss@example.com has it since ", "!nothing would be sent")
	h.run(0, "whole", []string{"--json"}, `"already_sent":["boss@example.com"],"delivered":["mail to new@example.com"]`, "!already_sent_at")
	h.wantMails("boss@example.com:1 new@example.com:2 sales@example.com:2 support@example.com:2 zed@example.com:2")

	// A new part without recipients is a failure, as in the first run.
	h.write("data/spool/2026-10-07.ndjson", callOf(4, "Billing"))
	h.run(3, "parts", nil, "Billing nobody: failed: no recipients configured", "nothing was sent now; already sent to 4: ")
	h.run(3, "parts", []string{"--dry-run"}, "!already sent", "Billing: PROBLEM: no recipients configured")
	h.write(filepath.Base(h.config), strings.Replace(changed, "recipients: {", "recipients: {Billing: [zed@example.com], ", 1))
	h.run(0, "parts", nil, "sent now to 1: Billing zed@example.com; already sent to 4: ", "!nobody")
}
