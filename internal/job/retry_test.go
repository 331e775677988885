package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
)

func TestTransientFailureIsRetried(t *testing.T) {
	locked := errors.New("the database is in use")
	for what, fail := range map[string]func(d *fixture, err error){
		"lock":  func(d *fixture, err error) { d.lock = err; d.fail = func(to error) { d.lock = to } },
		"load":  func(d *fixture, err error) { d.refresh = err; d.fail = func(to error) { d.refresh = to } },
		"build": func(d *fixture, err error) { d.build = err; d.fail = func(to error) { d.build = to } },
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &fakeChannel{recipients: []string{"a@x"}}
				d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
				fail(d, locked)
				go func() {
					time.Sleep(8*time.Hour + 2*time.Minute + time.Second) // attempts are at 8:00, 8:01 and 8:03
					if runs, _ := d.Ledger.Runs(); what != "lock" && (runs[0].State != Retrying || runs[0].Error != locked.Error()) {
						t.Errorf("while it waits: %+v", runs[0])
					}
					d.locked(func() { d.fail(nil) })
				}()
				serve(t, d, 9*time.Hour)
				d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
				runs, _ := d.Ledger.Runs()
				if at := runs[0].FinishedAt.UTC(); at.Minute() != 3 || !runs[0].RetryUntil.IsZero() || len(d.finished) != 1 {
					t.Errorf("OnFinished called %d times, last with %+v", len(d.finished), runs[0])
				}
			})
		})
	}
}

func TestRunRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		d.refresh = errors.New("the disk is full")
		serve(t, d, 12*time.Hour)
		runs, _ := d.Ledger.Runs()
		if runs[0].State != Failed || runs[0].Error != "the disk is full" || runs[0].FinishedAt.UTC().Hour() != 9 || len(d.finished) != 1 {
			t.Errorf("OnFinished called %d times: %+v", len(d.finished), runs[0])
		}
	})
}

func TestPermanentFailureIsNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		d.build = Permanent(errors.New("unknown column"))
		start := time.Now()
		runs, err := d.RunWithRetries(t.Context(), d.Entries[0], start, RunOptions{})
		if err != nil || runs[0].State != Failed || runs[0].Error != "unknown column" || time.Since(start) != 0 {
			t.Errorf("%v, %+v after %v", err, runs, time.Since(start))
		}
	})
}

func TestRunByHandIsRetriedOnlyOnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		d.refresh = errors.New("the database is in use")
		start := time.Now()
		runs, err := d.RunWithRetries(t.Context(), d.Entries[0], start, RunOptions{})
		if err != nil || runs[0].State != Failed || time.Since(start) != 0 {
			t.Errorf("%v, %+v after %v", err, runs, time.Since(start))
		}
	})
}

func TestRetryContinuesAfterRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		d.refresh = errors.New("the disk is full")
		serve(t, d, 8*time.Hour+10*time.Minute)
		d.want(t, "ledger", d.states(t), "1999-12-31 retrying")
		runs, _ := d.Ledger.Runs()
		until := runs[0].RetryUntil
		serve(t, d, 5*time.Minute)
		if runs, _ = d.Ledger.Runs(); runs[0].State != Retrying || !runs[0].RetryUntil.Equal(until) {
			t.Errorf("after a restart: %+v, before until %v", runs[0], until)
		}
		d.refresh = nil
		serve(t, d, time.Minute)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
	})
}

func TestFailedPartIsRetriedAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"{part}@x"}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, RetryFor: time.Hour, Channels: []notify.Channel{p}})
		d.parts = []string{"Sales", "Support"}
		blocked := filepath.Join(d.dir, "daily1999-12-31Support")
		if err := os.Mkdir(blocked, 0o700); err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(30 * time.Second)
			d.want(t, "ledger", d.states(t), "1999-12-31 retrying", "1999-12-31 Sales sent", "1999-12-31 Support failed", "1999-12-31 Sales Sales@x sent")
			os.Remove(blocked)
		}()
		if _, err := d.RunWithRetries(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "arrived", p.arrived, "Sales@x", "Support@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 Sales sent", "1999-12-31 Support sent", "1999-12-31 Sales Sales@x sent", "1999-12-31 Support Support@x sent")
	})
}

func TestCrashedAttemptIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{&fakeChannel{recipients: []string{"a@x"}}}})
		crashes := 2
		d.Attempt = func(ctx context.Context, entry Entry, due time.Time, options RunOptions) ([]Run, error) {
			if crashes--; crashes >= 0 {
				return nil, errors.New("signal: segmentation fault")
			}
			return d.Run(ctx, entry, due, options)
		}
		serve(t, d, 9*time.Hour)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
		crashes = 99
		serve(t, d, 24*time.Hour)
		if last := d.finished[len(d.finished)-1]; len(d.finished) != 2 || last[0].State != Failed || last[0].Period != "2000-01-01" {
			t.Errorf("OnFinished got %+v", d.finished)
		}
	})
}

// limitedChannel takes one message every ten seconds, and says so, as chats do. parts is the number of its messages.
type limitedChannel struct {
	fakeChannel
	next    time.Time
	refused int
}

func (p *limitedChannel) Send(ctx context.Context, message notify.Message, recipient string) (string, error) {
	if wait := time.Until(p.next); wait > 0 {
		p.refused++
		return "", notify.Limited(errors.New("429 too many requests"), wait)
	}
	p.next = time.Now().Add(10 * time.Second)
	return p.fakeChannel.Send(ctx, message, recipient)
}

// TestLimitedServerGetsMessagesAtItsPace sends the parts of a burst to one chat.
func TestLimitedServerGetsMessagesAtItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &limitedChannel{fakeChannel: fakeChannel{recipients: []string{"chat"}}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, Channels: []notify.Channel{p}})
		p.log = d.log
		for n := range 30 {
			d.parts = append(d.parts, fmt.Sprint("part ", n))
		}
		start := time.Now()
		runs, err := d.Run(t.Context(), d.Entries[0], start, RunOptions{})
		if err != nil || runs[0].State != Sent || p.count() != 30 {
			t.Errorf("%d of 30 arrived: %+v, %v", p.count(), runs[0], err)
		}
		if took := time.Since(start); took != 290*time.Second || p.refused != 29 {
			t.Errorf("it took %v, and %d requests were refused", took, p.refused)
		}
	})
}

// TestRetryAfterIsObeyed has a server that asks for a longer wait than that before a retry.
func TestRetryAfterIsObeyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limited := notify.Limited(errors.New("429 too many requests"), 5*time.Minute)
		p := &fakeChannel{recipients: []string{"a@x", "b@x"}, answers: map[string][]error{"a@x": {limited}, "b@x": {errors.New("451 later")}}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
		start := time.Now()
		runs, err := d.RunWithRetries(t.Context(), d.Entries[0], start, RunOptions{})
		if err != nil || runs[0].State != Sent {
			t.Errorf("%+v, %v", runs[0], err)
		}
		for _, run := range runs[1:] { // retries are after 1, 3 and 7 minutes
			if want := map[string]time.Duration{"a@x": 7 * time.Minute, "b@x": time.Minute}[run.Recipient]; run.FinishedAt.Sub(start) != want || run.Attempts != 2 {
				t.Errorf("%s after %v, %d attempts", run.Recipient, run.FinishedAt.Sub(start), run.Attempts)
			}
		}
	})
}

// TestSilentServerDelaysOnlyTwoAttempts has servers that answer nobody, one of them only at first.
func TestSilentServerDelaysOnlyTwoAttempts(t *testing.T) {
	for name, c := range map[string]struct {
		silences    []int // of the attempts to a, b, c, d and e
		retryFor    time.Duration
		state       State
		tried       int
		lastFailure string
	}{
		"for good":             {[]int{9, 9, 9, 9, 9}, 0, Failed, 2, "not tried: the server did not answer for other recipients"},
		"once in a while":      {[]int{1, 0, 1, 0, 1}, 0, Partial, 5, "silence"},
		"until the next round": {[]int{1, 1, 0, 0, 0}, time.Hour, Sent, 7, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			silence := errors.Join(errors.New("silence"), notify.ErrSilent)
			p := &fakeChannel{recipients: []string{"a@x", "b@x", "c@x", "d@x", "e@x"}, answers: map[string][]error{}}
			for i, recipient := range p.recipients {
				p.answers[recipient] = slices.Repeat([]error{silence}, c.silences[i])
			}
			d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: c.retryFor, Channels: []notify.Channel{p}})
			runs, err := d.RunWithRetries(t.Context(), d.Entries[0], time.Now(), RunOptions{})
			if err != nil || runs[0].State != c.state || len(p.ids) != c.tried || !strings.Contains(runs[5].Error, c.lastFailure) {
				t.Errorf("%s: %s after %d attempts, %q, %v", name, runs[0].State, len(p.ids), runs[5].Error, err)
			}
		})
	}
}

// TestFailedDeliveryIsShownAndTriedWithTheNewConfiguration: between two tries no attempt holds the report's lock or its old configuration.
func TestFailedDeliveryIsShownAndTriedWithTheNewConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := &fakeChannel{recipients: []string{"a@x", "b@x"}, answers: map[string][]error{"a@x": slices.Repeat([]error{errors.New("connection refused")}, 99)}}
		up := &fakeChannel{recipients: down.recipients}
		entry := Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: 2 * time.Hour, Channels: []notify.Channel{down}}
		d := newFixture(t, entry)
		up.log = d.log
		corrected := entry
		corrected.Channels = []notify.Channel{up}
		go func() {
			time.Sleep(8*time.Hour + 20*time.Minute)
			runs, _ := d.Ledger.Runs()
			var held bool
			d.locked(func() { held = d.held })
			if until := runs[0].RetryUntil.UTC(); runs[0].State != Retrying || until.Hour() != 10 || runs[0].Error != "a@x: connection refused" || held {
				t.Errorf("while it waits, held %v: %+v", held, runs[0])
			}
		}()
		takeover(t, d, 8*time.Hour+20*time.Minute+time.Second, []Entry{corrected}, time.Minute)
		d.want(t, "arrived", up.arrived, "a@x")
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent", "1999-12-31 b@x sent")
	})
}

// TestFailedDeliveryIsSentAsItWasBuilt: neither a load that fails by then nor newer data stops what was built.
func TestFailedDeliveryIsSentAsItWasBuilt(t *testing.T) {
	for _, burst := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := &fakeChannel{recipients: []string{"a@x"}, answers: map[string][]error{"a@x": {errors.New("451 later")}}}
			d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: burst, RetryFor: time.Hour, Channels: []notify.Channel{p}})
			d.parts, d.problems = []string{"Sales", "Support"}, []string{changed}
			go func() {
				time.Sleep(time.Second)
				d.locked(func() {
					d.refresh, d.build, d.empty, d.problems = errors.New("the disk is full"), errors.New("it is built again"), true, nil
				})
			}()
			runs, err := d.RunWithRetries(t.Context(), d.Entries[0], time.Now(), RunOptions{})
			if err != nil || runs[0].State != Incomplete || !strings.Contains(runs[0].Error, changed) {
				t.Errorf("burst %v: %v, %+v", burst, err, runs[0])
			}
			want := map[bool][]string{false: {"a@x"}, true: {"a@x", "a@x"}}[burst]
			d.want(t, "arrived", p.arrived, want...)
		})
	}
}

// TestPartThatFailedIsBuiltWhateverNewerDataSays: the others of its burst were sent.
func TestPartThatFailedIsBuiltWhateverNewerDataSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"{part}@x"}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Burst: true, RetryFor: time.Hour, Channels: []notify.Channel{p}})
		d.parts = []string{"Sales", "Support"}
		blocked := filepath.Join(d.dir, "daily1999-12-31Support")
		if err := os.Mkdir(blocked, 0o700); err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(30 * time.Second)
			os.Remove(blocked)
			d.locked(func() { d.empty = true })
		}()
		if _, err := d.RunWithRetries(t.Context(), d.Entries[0], time.Now(), RunOptions{}); err != nil {
			t.Fatal(err)
		}
		d.want(t, "arrived", p.arrived, "Sales@x", "Support@x")
	})
}

// TestResendRetriesDeliveriesOnly: who was sent the report again is not sent it a third time.
func TestResendRetriesDeliveriesOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x", "b@x"}}
		d := newFixture(t, Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", RetryFor: time.Hour, Channels: []notify.Channel{p}})
		due := time.Now()
		for _, options := range []RunOptions{{}, {Resend: true}} {
			if runs, err := d.RunWithRetries(t.Context(), d.Entries[0], due, options); err != nil || runs[0].State != Sent {
				t.Fatalf("%v, %+v", err, runs)
			}
			p.answers = map[string][]error{"a@x": {errors.New("451 later")}}
		}
		d.want(t, "arrived", p.arrived, "a@x", "b@x", "b@x", "a@x")
		d.refresh = errors.New("the disk is full")
		began := time.Now()
		if runs, err := d.RunWithRetries(t.Context(), d.Entries[0], due, RunOptions{Resend: true}); err != nil || runs[0].State != Failed || !time.Now().Equal(began) {
			t.Errorf("%v, %+v", err, runs)
		}
	})
}
