package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

// TestRunAgainSaysWhatIsNewAndWhatWasSent runs reports by hand again, of which all, some or none of the recipients have theirs.
func TestRunAgainSaysWhatIsNewAndWhatWasSent(t *testing.T) {
	skipIfShort(t)
	server := startFakeSMTP(t)
	config := reportHome(t, server, `  - {name: mailed, template: one, deliver: [{mail: {to: [a@example.com, b@example.com]}}]}
  - {name: mixed, template: one, deliver: [{mail: {to: [a@example.com]}}, {folder: ./out}]}
  - {name: parts, template: one, burst: call_group, deliver: [{mail: {recipients: {Sales: [sales@example.com], Support: [support@example.com]}}}]}
`)
	home := filepath.Dir(config)
	spool := filepath.Join(home, "data", "spool")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(spool, "2026-10-05.ndjson"), []byte(callOf(1, "Sales")+callOf(2, "Support")), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(wantCode int, report string, flags ...string) (stdout, stderr string) {
		t.Helper()
		args := append([]string{"--config", config, "run", report, "--for", "2026-10-06T08:00"}, flags...)
		code, stdout, stderr := runCallsheet(t, args...)
		if code != wantCode {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, stdout, stderr)
		}
		return stdout, stderr
	}
	wants := func(what, text string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if missing, not := strings.CutPrefix(part, "!"); not == strings.Contains(text, missing) {
				t.Errorf("%s: wants %s\n%s", what, part, text)
			}
		}
	}

	server.refuse("b@example.com", &smtp.SMTPError{Code: 550, Message: "no such user"})
	stdout, stderr := run(3, "mailed")
	wants("first run", stdout, "mailed-2026-10-05.xlsx", "a@example.com", "!b@example.com")
	wants("first run", stderr, "b@example.com: failed", "!already sent")
	stdout, stderr = run(3, "mailed")
	wants("still refused", stdout, "!a@example.com")
	wants("still refused", stderr, "mailed for 2026-10-05: nothing was sent now; already sent to 1: a@example.com", "b@example.com: failed")
	server.refuse("b@example.com", nil)
	stdout, stderr = run(0, "mailed")
	wants("the second recipient", stdout, "b@example.com", "!a@example.com")
	wants("the second recipient", stderr, "mailed for 2026-10-05: sent now to 1: b@example.com; already sent to 1: a@example.com\n")

	stdout, stderr = run(0, "mailed")
	if stdout != "" {
		t.Errorf("nothing was sent, and stdout has %q", stdout)
	}
	wants("everyone has it", stderr, "mailed for 2026-10-05: already sent ", "; nothing was sent\nhint: --resend sends it again", "!@example.com")
	stdout, _ = run(0, "mailed", "--json")
	wants("everyone has it, as JSON", stdout, `"delivered":[]`, `"already_sent":["a@example.com","b@example.com"]`, `"already_sent_at":"20`, `"state":"sent"`)
	stdout, _ = run(0, "mailed", "--dry-run")
	wants("dry run", stdout, "already sent ", "; nothing would be sent", "!would send")
	stdout, stderr = run(0, "mailed", "--resend")
	wants("resend", stdout, "a@example.com", "b@example.com")
	wants("resend", stderr, "; delivered again to a@example.com, b@example.com\n")

	run(0, "mixed")
	stdout, stderr = run(0, "mixed")
	wants("folder again", stdout, filepath.Join("out", "mixed-2026-10-05.xlsx"), "!a@example.com")
	wants("folder again", stderr, "already sent ", "delivered again to "+filepath.Join(home, "out")+", not to the 1 recipient that had it (--resend does)")
	stdout, _ = run(0, "mixed", "--dry-run")
	wants("dry run", stdout, "a@example.com has it since ", "would write it to ", "!would send")

	out := filepath.Join(home, "out")
	if err := errors.Join(os.Rename(out, out+".was"), os.WriteFile(out, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	_, stderr = run(3, "mixed")
	wants("folder fails", stderr, out+": failed: ", "mixed for 2026-10-05: already sent ", "; it could not be delivered again, and what was delivered before stays\n", "!nothing was sent")
	if err := errors.Join(os.Remove(out), os.Rename(out+".was", out)); err != nil {
		t.Fatal(err)
	}
	run(0, "mixed")

	server.refuse("support@example.com", &smtp.SMTPError{Code: 550, Message: "no such user"})
	run(3, "parts")
	stdout, _ = run(0, "parts", "--dry-run")
	wants("dry run", stdout, "Sales: sales@example.com has it since ", "Support: would send it to support@example.com")
	server.refuse("support@example.com", nil)
	_, stderr = run(0, "parts")
	wants("parts", stderr, "sent now to 1: Support support@example.com; already sent to 1: Sales sales@example.com\n")
	if got := fmt.Sprint(server.counts()); got != "map[a@example.com:3 b@example.com:2 ops@example.com:4 sales@example.com:1 support@example.com:1]" {
		t.Errorf("mails %s", got)
	}
}
