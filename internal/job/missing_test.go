package job

import (
	"errors"
	"slices"
	"testing"
	"time"

	"callsheet/internal/notify"
)

// A sentBurst is a burst of Sales and Support that was sent.
func sentBurst(t *testing.T) (d *fixture, p *fakeChannel, run func(options RunOptions) Run) {
	t.Helper()
	p = &fakeChannel{recipients: []string{"{part}@x"}, parts: []string{"Sales", "Support", "Zed"}}
	entry := Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, NotifyEmpty: true, Channels: []notify.Channel{p}}
	d = newFixture(t, entry)
	d.parts = []string{"Sales", "Support"}
	run = func(options RunOptions) Run {
		t.Helper()
		d.done, p.arrived = nil, nil
		runs, err := d.Run(t.Context(), entry, time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC), options)
		if err != nil {
			t.Fatal(err)
		}
		return runs[0]
	}
	run(RunOptions{})
	d.want(t, "arrived", p.arrived, "Sales@x", "Support@x")
	return d, p, run
}

var byHand = RunOptions{ByHand: true}

// runAgain returns the rows of another run by hand.
func runAgain(t *testing.T, d *fixture) []Run {
	t.Helper()
	runs, err := d.Run(t.Context(), d.Entries[0], time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC), byHand)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// ledgerSum returns a checksum of the ledger.
func ledgerSum(t *testing.T, d *fixture) string {
	t.Helper()
	sum, err := notify.FileSHA256(d.ledgerPath())
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestRunByHandSendsPartsAndRecipientsThatAreNew(t *testing.T) {
	d, p, run := sentBurst(t)
	before := ledgerSum(t, d)
	if run(byHand); len(p.arrived) != 0 || ledgerSum(t, d) != before {
		t.Errorf("nothing is new, and it sent %q; the ledger has changed: %v", p.arrived, ledgerSum(t, d) != before)
	}

	d.parts = []string{"Sales", "Support", "Zed"}
	run(RunOptions{})
	d.want(t, "the scheduler does not look", d.done)
	if run(byHand).State != Sent {
		t.Error("not sent")
	}
	d.want(t, "a new part", d.done, "refresh", "build daily 2026-10-04 Zed", "send Zed@x")

	p.recipients = append(p.recipients, "boss@x", "{part}-lead@x")
	p.answers = map[string][]error{"boss@x": {notify.ErrPermanent}}
	if summary := run(byHand); summary.State != Partial {
		t.Errorf("a recipient refused it, and the run is %s", summary.State)
	}
	d.want(t, "new recipients", p.arrived, "Sales-lead@x", "boss@x", "Support-lead@x", "boss@x", "Zed-lead@x")
	d.want(t, "parts", slices.DeleteFunc(d.states(t), func(s string) bool {
		return len(s) > 30 || !slices.Contains([]string{"2026-10-04 Sales partly", "2026-10-04 Sales sent"}, s)
	}),
		"2026-10-04 Sales partly")
	if run(byHand).State != Sent {
		t.Error("not sent")
	}
	d.want(t, "the one that was refused", p.arrived, "boss@x")
	for _, state := range d.states(t) {
		if state[len(state)-4:] != "sent" {
			t.Errorf("ledger: %s", state)
		}
	}
	if run(byHand); len(d.done) != 1 || d.done[0] != "refresh" {
		t.Errorf("everyone has it, and it did %q", d.done)
	}
}

func TestRunByHandOfWhatWasSentFailsHonestly(t *testing.T) {
	d, p, run := sentBurst(t)
	before := ledgerSum(t, d)
	d.refresh = errors.New("the database is in use")
	if _, err := d.Run(t.Context(), d.Entries[0], time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC), byHand); err == nil || ledgerSum(t, d) != before {
		t.Errorf("a load failed: %v; the ledger has changed: %v", err, ledgerSum(t, d) != before)
	}
	d.refresh = nil

	// Who is not configured any more lacks nothing.
	p.recipients = nil
	if summary := run(byHand); summary.State != Sent || ledgerSum(t, d) != before {
		t.Errorf("%s: %s", summary.State, summary.Error)
	}
	d.parts = []string{"Sales", "Zed"}
	if summary := run(byHand); summary.State != Partial || len(p.arrived) != 0 {
		t.Errorf("a new part without recipients: %s, %s", summary.State, summary.Error)
	}

	d, p, run = sentBurst(t)
	p.lookup = errors.New("no such table")
	if summary := run(byHand); summary.State != Partial {
		t.Errorf("recipients are not known: %s, %s", summary.State, summary.Error)
	}
	p.lookup = nil
	for _, r := range runAgain(t, d) {
		if r.State != Sent {
			t.Errorf("recipients are known again, and %s is %s", r.target(), r.State)
		}
	}
	if summary := run(byHand); summary.State != Sent || len(p.arrived) != 0 {
		t.Errorf("recipients are known again: %s, and %q got it", summary.State, p.arrived)
	}
	d.parts, d.build = []string{"Sales", "Zed"}, errors.New("no memory")
	if summary := run(byHand); summary.State != Partial {
		t.Errorf("a new part cannot be built: %s, %s", summary.State, summary.Error)
	}
	d.build = nil
	if summary := run(byHand); summary.State != Sent || len(p.arrived) != 1 {
		t.Errorf("it can be built again: %s, and %q got it", summary.State, p.arrived)
	}
}

// TestInterruptedRunOfNewPartsIsResumed ends the process after each line that a run adds to the ledger.
func TestInterruptedRunOfNewPartsIsResumed(t *testing.T) {
	for n := 1; ; n++ {
		d, p, run := sentBurst(t)
		d.parts = append(d.parts, "Zed")
		ledger := &limitedLedger{Ledger: d.Ledger, left: n}
		d.Ledger = ledger
		_, err := d.Run(t.Context(), d.Entries[0], time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC), byHand)
		arrived := len(p.arrived) - 2
		d.Ledger = ledger.Ledger
		if err == nil {
			return
		}
		if summary := run(RunOptions{}); summary.State != Sent && summary.State != Unknown || arrived+len(p.arrived) > 1 || summary.State == Sent && arrived+len(p.arrived) != 1 {
			t.Errorf("after %d lines: %s, %d and then %q arrived", n, summary.State, arrived, p.arrived)
		}
	}
}

// A limitedLedger takes some rows and then fails.
type limitedLedger struct {
	Ledger
	left int
}

func (l *limitedLedger) Append(run Run) error {
	if l.left--; l.left < 0 {
		return errors.New("the disk is full")
	}
	return l.Ledger.Append(run)
}

func TestNothingToReportIsToldToTheRecipientsOfAllParts(t *testing.T) {
	p := &fakeChannel{recipients: []string{"boss@x", "{part}@x"}, parts: []string{"Sales", "Support"}}
	entry := Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, NotifyEmpty: true, Channels: []notify.Channel{p}}
	d := newFixture(t, entry)
	d.empty = true
	p.log, p.answers = d.log, map[string][]error{"Support@x": {notify.ErrPermanent}}
	run := func() Run {
		t.Helper()
		p.arrived = nil
		runs, err := d.Run(t.Context(), entry, time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC), byHand)
		if err != nil {
			t.Fatal(err)
		}
		return runs[0]
	}
	if run().State != Partial {
		t.Error("one recipient refused it")
	}
	d.want(t, "told", p.arrived, "boss@x", "Sales@x")
	if run().State != Sent {
		t.Error("not sent")
	}
	d.want(t, "told the second time", p.arrived, "Support@x")
	d.want(t, "ledger", d.states(t), "2026-10-04 sent", "2026-10-04 boss@x sent", "2026-10-04 Sales@x sent", "2026-10-04 Support@x sent")
	run()
	d.want(t, "told the third time", p.arrived)
	p.parts = append(p.parts, "Zed")
	run()
	d.want(t, "told when a part has a recipient for the first time", p.arrived, "Zed@x")

	// Calls that come later are reported, to everyone. Who has them is not told later that there are none, and who is added gets them, too.
	d.empty, d.parts = false, []string{"Sales", "Support"}
	run()
	d.want(t, "got the parts", p.arrived, "boss@x", "Sales@x", "boss@x", "Support@x")
	d.empty, p.recipients = true, append(p.recipients, "new@x")
	run()
	d.want(t, "got the report later", p.arrived, "new@x", "new@x")
}

func TestNothingToReportIsNotToldToWhoHasAPart(t *testing.T) {
	p := &fakeChannel{recipients: []string{"{part}@x"}, parts: []string{"Sales", "Support"}, answers: map[string][]error{"Support@x": {notify.ErrPermanent}}}
	entry := Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, NotifyEmpty: true, Channels: []notify.Channel{p}}
	d := newFixture(t, entry)
	d.parts = p.parts
	for range 2 {
		if _, err := d.Run(t.Context(), entry, time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC), byHand); err != nil {
			t.Fatal(err)
		}
		d.empty = true
	}
	d.want(t, "done", d.done, "refresh", "build daily 2026-10-04 Sales", "build daily 2026-10-04 Support", "send Sales@x", "send Support@x", "refresh", "send Support@x")
}

func TestReportFollowsTheMessageThatThereWasNothing(t *testing.T) {
	p := &fakeChannel{recipients: []string{"boss@x"}}
	entry := Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", NotifyEmpty: true, Channels: []notify.Channel{p}}
	d := newFixture(t, entry)
	d.empty = true
	for range 3 {
		if _, err := d.Run(t.Context(), entry, time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC), byHand); err != nil {
			t.Fatal(err)
		}
		d.empty = false
	}
	d.want(t, "done", d.done, "refresh", "send boss@x", "refresh", "build daily 2026-10-04", "send boss@x", "refresh")
	if p.ids[0] == p.ids[1] {
		t.Error("both messages have one ID")
	}
}
