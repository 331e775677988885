package job

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
)

// TestMessageKeepsItsIDWhileItIsRetried also resumes a run in another process, and with a ledger that has no IDs.
func TestMessageKeepsItsIDWhileItIsRetried(t *testing.T) {
	for _, empty := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			later := errors.New("451 try later")
			p := &fakeChannel{recipients: []string{"a@x"}, answers: map[string][]error{"a@x": {later, later, later, fmt.Errorf("connection lost: %w", notify.ErrUnknown)}}}
			d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", NotifyEmpty: true, RetryFor: 2 * time.Minute, Channels: []notify.Channel{p}})
			d.empty = empty
			due := time.Now()
			run := func(options RunOptions) {
				t.Helper()
				if _, err := d.RunWithRetries(t.Context(), d.Entries[0], due, options); err != nil {
					t.Fatal(err)
				}
			}
			run(RunOptions{}) // three attempts
			run(RunOptions{}) // resumed: one more, which is unknown
			if distinct := slices.Compact(slices.Clone(p.ids)); len(p.ids) != 4 || len(distinct) != 1 || distinct[0] == "" {
				t.Errorf("empty %v: retries have the IDs %q", empty, p.ids)
			}
			run(RunOptions{Resend: true}) // of the workbook that was built, on request
			run(RunOptions{Resend: true}) // rebuilt
			if slices.Sort(p.ids); len(p.ids) != 6 || len(slices.Compact(p.ids)) != 3 {
				t.Errorf("empty %v: after --resend twice the IDs are %q", empty, p.ids)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}, answers: map[string][]error{"a@x": {errors.New("451 later")}}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{p}})
		due := time.Now()
		for range 2 {
			runs, err := d.Run(t.Context(), d.Entries[0], due, RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(d.ledgerPath())
			if err != nil {
				t.Fatal(err)
			}
			older := strings.ReplaceAll(string(text), `,"id":"`+p.ids[0]+`"`, "")
			if err := os.WriteFile(d.ledgerPath(), []byte(older), 0o600); err != nil {
				t.Fatal(err)
			}
			if len(p.ids) == 2 && p.ids[1] != runs[0].SHA256 {
				t.Errorf("with a ledger that has no ID: %q, SHA-256 %s", p.ids, runs[0].SHA256)
			}
		}
	})
}
