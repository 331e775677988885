package job

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
)

// newClockDesk returns a fixture whose wall clock a test can set; time.Now is the real time.
func newClockDesk(t *testing.T, p *fakeChannel) (d *fixture, set func(offset time.Duration)) {
	d = newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", CatchUp: 1, Channels: []notify.Channel{p}})
	var ahead atomic.Int64
	start := time.Now()
	d.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	d.Uptime = func() time.Duration { return time.Since(start) }
	return d, func(to time.Duration) { ahead.Store(int64(to)) }
}

// builds returns the periods that were built, in order.
func builds(d *fixture) (periods []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, done := range d.done {
		if period, ok := strings.CutPrefix(done, "build daily "); ok {
			periods = append(periods, period)
		}
	}
	return periods
}

const day = 24 * time.Hour

func TestClockAheadForAnHourSendsNothingEarlyOrTwice(t *testing.T) {
	for _, ahead := range []time.Duration{3 * day, 20 * time.Hour, 40 * time.Minute, 400 * day} {
		synctest.Test(t, func(t *testing.T) {
			p := &fakeChannel{recipients: []string{"a@x"}}
			d, set := newClockDesk(t, p)
			go func() {
				time.Sleep(12 * time.Hour)
				set(ahead)
				time.Sleep(time.Hour)
				set(0)
				for at := 1; at <= 3; at++ { // nothing before eight o'clock of each day, and all of it at eight
					time.Sleep(time.Until(time.Date(2000, 1, 1+at, 7, 59, 0, 0, time.UTC)))
					if p.count() != at {
						t.Errorf("ahead by %v: before eight on day %d there are %v", ahead, at+1, builds(d))
					}
					time.Sleep(2 * time.Minute)
					if p.count() != at+1 {
						t.Errorf("ahead by %v: after eight on day %d there are %v", ahead, at+1, builds(d))
					}
				}
			}()
			serve(t, d, 4*day)
			d.want(t, "built", builds(d), "1999-12-31", "2000-01-01", "2000-01-02", "2000-01-03")
		})
	}
}

func TestReportsOfClockThatWasAheadAtStartAreRebuilt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d, set := newClockDesk(t, p)
		serve(t, d, 12*time.Hour)
		d.newest = time.Now()
		set(3 * day)
		go func() {
			time.Sleep(time.Hour)
			set(0)
		}()
		serve(t, d, 3*day)
		d.want(t, "built", builds(d), "1999-12-31", "2000-01-03", "2000-01-01", "2000-01-02", "2000-01-03")
		d.want(t, "ledger", slices.DeleteFunc(d.states(t), func(s string) bool { return strings.Contains(s, "@") }),
			"1999-12-31 sent", "2000-01-02 sent", "2000-01-01 sent", "2000-01-03 sent")
	})
}

func TestFutureRowsInLedgerDelayNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d, _ := newClockDesk(t, p)
		for i, state := range []State{Skipped, Sent, Failed, Building} {
			due := time.Date(2000, 1, 2+i, 8, 0, 0, 0, time.UTC)
			row := Run{Report: "daily", Period: due.AddDate(0, 0, -1).Format(time.DateOnly), DueAt: due, StartedAt: due.Add(time.Hour), FinishedAt: due.Add(time.Hour), State: state}
			if err := d.Ledger.Append(row); err != nil {
				t.Fatal(err)
			}
		}
		serve(t, d, 12*time.Hour)
		serve(t, d, 4*day)
		d.want(t, "built", builds(d), "1999-12-31", "2000-01-01", "2000-01-02", "2000-01-03", "2000-01-04")
	})
}

func TestClockBehindSendsNothingTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d, set := newClockDesk(t, p)
		serve(t, d, 3*day)
		d.newest = time.Now()
		set(-2 * day)
		go func() {
			time.Sleep(20 * time.Hour)
			set(0)
			time.Sleep(time.Minute)
			d.locked(func() { d.newest = time.Now() })
		}()
		serve(t, d, 2*day)
		got := builds(d)
		slices.Sort(got)
		d.want(t, "built", got, "1999-12-31", "2000-01-01", "2000-01-02", "2000-01-03", "2000-01-04")
	})
}

func TestStepForwardIsTrustedOnceConfirmed(t *testing.T) {
	for _, c := range []struct {
		what string
		seen bool // deliveries show it
		late time.Duration
	}{{"by deliveries", true, 20 * time.Minute}, {"by being steady", false, trustAfter + 5*time.Minute}} {
		synctest.Test(t, func(t *testing.T) { // the machine was paused for a day
			p := &fakeChannel{recipients: []string{"a@x"}}
			d, set := newClockDesk(t, p)
			go func() {
				time.Sleep(12 * time.Hour)
				set(day)
				if c.seen {
					time.Sleep(time.Minute)
					d.locked(func() { d.newest = d.Now() })
				}
			}()
			serve(t, d, 12*time.Hour+c.late)
			d.want(t, c.what, builds(d), "1999-12-31", "2000-01-01")
		})
	}
}

func TestRunByHandBeforeClockReachesDueTimeDoesNotReplaceIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d, _ := newClockDesk(t, p)
		due := time.Date(2000, 1, 2, 8, 0, 0, 0, time.UTC)
		for range 2 {
			if _, err := d.Run(t.Context(), d.Entries[0], due, RunOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		d.want(t, "built by hand", builds(d), "2000-01-01")
		serve(t, d, 2*day)
		d.want(t, "built", builds(d), "2000-01-01", "1999-12-31", "2000-01-01")
	})
}

// TestClockAheadByMinutesSendsFinishedPeriodsOnce: the clock is corrected before or after the restart of the process.
func TestClockAheadByMinutesSendsFinishedPeriodsOnce(t *testing.T) {
	for _, c := range []struct {
		ahead   time.Duration
		restart bool
	}{{5 * time.Minute, false}, {30 * time.Second, false}, {30 * time.Second, true}} {
		synctest.Test(t, func(t *testing.T) {
			p := &fakeChannel{recipients: []string{"a@x"}}
			d, set := newClockDesk(t, p)
			set(c.ahead)
			time.Sleep(time.Hour)
			at := 7*time.Hour - c.ahead + 10*time.Second
			if c.restart {
				serve(t, d, at)
				set(0)
				serve(t, d, time.Hour)
			} else {
				go func() { time.Sleep(at); set(0) }()
				serve(t, d, 10*time.Hour)
			}
			d.want(t, "arrived", p.arrived, "a@x")
			d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
		})
	}
}

// TestReportOfADayThatWasNotOverIsBuiltAgain: the clock was ahead by more than the time since its end.
func TestReportOfADayThatWasNotOverIsBuiltAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d, set := newClockDesk(t, p)
		set(9 * time.Hour)
		time.Sleep(time.Hour)
		go func() { time.Sleep(23 * time.Hour); set(0) }() // at midnight, when the day has just ended
		serve(t, d, 32*time.Hour)
		d.want(t, "built", builds(d), "2000-01-01", "2000-01-01")
	})
}
