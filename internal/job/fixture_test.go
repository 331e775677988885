package job

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"callsheet/internal/notify"
	"callsheet/internal/period"
	"callsheet/internal/schedule"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func daily(t *testing.T, zoneName string) *schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse("0 8 * * *", zone(t, zoneName), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A fakeChannel returns the errors that a test sets, and keeps what arrived.
type fakeChannel struct {
	recipients []string // {part} is the part's
	parts      []string // of which {part} is each when it is asked for notify.EveryPart
	lookup     error    // of the recipients
	settings   string
	idempotent bool
	answers    map[string][]error // of the attempts to a recipient, in order; nil after the last
	mu         sync.Mutex
	arrived    []string
	ids        []string // of the messages of all attempts
	log        func(string)
}

// count returns how many messages have arrived.
func (p *fakeChannel) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.arrived)
}

func (p *fakeChannel) Recipients(_ context.Context, part string) ([]string, error) {
	if p.lookup != nil {
		return nil, p.lookup
	}
	parts := []string{part}
	if part == notify.EveryPart {
		parts = p.parts
	}
	var recipients []string
	for _, name := range p.recipients {
		for _, part := range parts {
			if recipient := strings.ReplaceAll(name, "{part}", part); !slices.Contains(recipients, recipient) && recipient != "" {
				recipients = append(recipients, recipient)
			}
		}
	}
	return recipients, nil
}

func (p *fakeChannel) Key(recipient string) string { return notify.Mail{}.Key(recipient) }

func (p *fakeChannel) Settings() []any { return []any{p.settings} }

func (p *fakeChannel) Idempotent() bool { return p.idempotent }

func (p *fakeChannel) Send(_ context.Context, message notify.Message, recipient string) (string, error) {
	var err error
	if left := p.answers[recipient]; len(left) > 0 {
		err, p.answers[recipient] = left[0], left[1:]
	}
	p.log("send " + recipient)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ids = append(p.ids, message.ID)
	if err == nil {
		p.arrived = append(p.arrived, recipient)
	}
	return "at " + recipient, err
}

// A fixture is a runner whose steps are in memory and recorded.
type fixture struct {
	*Runner
	mu                   sync.Mutex // for what a test changes or reads while the runner runs
	done                 []string   // the steps, in order
	lock, refresh, build error      // what the step fails with
	held                 bool       // the lock
	problems             []string
	newest               time.Time
	fail                 func(err error) // set by a test: changes the error
	empty                bool
	complete             atomic.Bool
	reconciled           atomic.Bool
	missed               int
	parts                []string
	finished             [][]Run
	dir                  string
}

// locked calls do while no step runs.
func (d *fixture) locked(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

// log records a step in done.
func (d *fixture) log(step string) { d.locked(func() { d.done = append(d.done, step) }) }

func newFixture(t *testing.T, entries ...Entry) *fixture {
	d := &fixture{dir: t.TempDir()}
	d.complete.Store(true)
	for i := range entries {
		for _, channel := range entries[i].Channels {
			if fake, ok := channel.(*fakeChannel); ok {
				fake.log = d.log
			}
		}
	}
	d.Runner = &Runner{Entries: entries, Ledger: FileLedger{Path: d.ledgerPath()}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	d.Steps = d
	d.DataTime = func(context.Context) (newest time.Time, err error) {
		d.locked(func() { newest = d.newest })
		return newest, nil
	}
	d.OnMissed = func(_ context.Context, _ Entry, due []time.Time) { d.locked(func() { d.missed += len(due) }) }
	d.OnFinished = func(_ context.Context, _ Entry, runs []Run) {
		d.locked(func() { d.finished = append(d.finished, runs) })
	}
	return d
}

func (d *fixture) ledgerPath() string { return filepath.Join(d.dir, "runs.ndjson") }

func (d *fixture) Lock(context.Context, string) (release func() error, err error) {
	d.locked(func() { err, d.held = d.lock, d.lock == nil })
	return func() error { d.locked(func() { d.held = false }); return nil }, err
}

func (d *fixture) Refresh(context.Context) (problems []string, err error) {
	d.log("refresh")
	d.locked(func() { problems, err = d.problems, d.refresh })
	return problems, err
}

func (d *fixture) IsReconciled(context.Context, string, period.Period) (bool, error) {
	return d.reconciled.Load(), nil
}

func (d *fixture) IsComplete(context.Context, period.Period) (bool, error) {
	return d.complete.Load(), nil
}

func (d *fixture) ShouldRun(context.Context, string, period.Period) (should bool, err error) {
	d.locked(func() { should = !d.empty })
	return should, nil
}

func (d *fixture) Parts(context.Context, string, period.Period) ([]string, error) {
	return d.parts, nil
}

func (d *fixture) Build(_ context.Context, report string, p period.Period, part string) (Workbook, error) {
	d.log(strings.TrimSpace("build " + report + " " + p.String() + " " + part))
	var failure error
	if d.locked(func() { failure = d.build }); failure != nil {
		return Workbook{}, failure
	}
	path := filepath.Join(d.dir, fmt.Sprint(report, p, part))
	if err := os.WriteFile(path, []byte(part), 0o600); err != nil {
		return Workbook{}, err
	}
	sum, err := notify.FileSHA256(path)
	return Workbook{notify.Message{Report: report, Period: p.String(), Part: part, File: path, SHA256: sum, NoFindings: "Nothing: the data has no gaps."}, 7, part}, err
}

func (d *fixture) EmptyMessage(report string, p period.Period, part string) notify.Message {
	return notify.Message{Report: report, Period: p.String(), Part: part, Notes: []string{"nothing"}}
}

// states returns the rows of the ledger as text.
func (d *fixture) states(t *testing.T) []string {
	t.Helper()
	runs, err := d.Ledger.Runs()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range runs {
		all = append(all, strings.Join(strings.Fields(fmt.Sprintln(r.Period, r.Part, r.Recipient, r.State)), " "))
	}
	return all
}

func (d *fixture) want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s\n got %q\nwant %q", what, got, want)
	}
}

func serve(t *testing.T, d *fixture, span time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), span)
	defer stop()
	if err := d.Serve(ctx, nil); err != nil {
		t.Fatal(err)
	}
}
