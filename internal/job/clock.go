package job

import (
	"context"
	"sync"
	"time"
)

// A step of the wall clock of more than clockStep is noticed. A step forward is believed after the clock has been steady for
// clockTrust, or once the data shows that the time has passed.
const (
	clockStep  = time.Minute
	trustAfter = 6 * time.Hour
)

// clock is the time that schedules follow: the wall clock, except after a step forward. Then it goes on at the pace of the machine's
// uptime until the step is believed, so that nothing is due before its time. It never runs ahead of the wall clock.
type clock struct {
	wall   func() time.Time
	uptime func() time.Duration

	mutex       sync.Mutex
	trusted     time.Time     // the wall clock's time at uptime 0
	observed    time.Time     // the same by the last reading
	steadySince time.Duration // uptime since which there was no step
	last        time.Time     // the last time given
	steppedBack bool          // it went back since stepped was asked
}

func newClock(wall func() time.Time, uptime func() time.Duration) *clock {
	now, up := wall().Round(0), uptime()
	return &clock{wall: wall, uptime: uptime, trusted: now.Add(-up), observed: now.Add(-up), steadySince: up, last: now}
}

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	now, up := c.wall().Round(0), c.uptime()
	start := now.Add(-up)
	if start.Sub(c.observed).Abs() > clockStep {
		c.steadySince = up
	}
	c.observed = start
	if start.Sub(c.trusted).Abs() <= clockStep || up-c.steadySince >= trustAfter {
		c.trusted = start
	}
	if slow := c.trusted.Add(up); slow.Before(now) {
		now = slow
	}
	if c.last.Sub(now) > clockStep {
		c.steppedBack = true
	}
	c.last = now
	return now
}

// lag is how far the clock stays behind the wall clock.
func (c *clock) lag() time.Duration {
	c.now()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return max(c.observed.Sub(c.trusted), 0)
}

// trust takes the wall clock as right.
func (c *clock) trust() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.trusted = c.observed
}

// hasSteppedBack reports whether the clock has gone back since the last call.
func (c *clock) hasSteppedBack() bool {
	c.now()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	back := c.steppedBack
	c.steppedBack = false
	return back
}

// now is the time that runs are due by and recorded with.
func (r *Runner) now() time.Time {
	if r.clock == nil {
		return r.Now()
	}
	return r.clock.now()
}

// How often the clock is looked at, and how often the data is asked whether a step forward is right.
const (
	clockPollInterval = time.Minute
	confirmInterval   = 10 * time.Minute
)

// watchClock keeps the schedules right while the wall clock is set, until ctx ends.
func (r *Runner) watchClock(ctx context.Context) {
	open := !r.withdrawFuture(ctx) // rows that lie in the future were not looked into yet
	lagged, asked := false, time.Time{}
	for sleep(ctx, clockPollInterval) {
		if r.clock.hasSteppedBack() {
			r.Log.Warn("the clock went back; due times are computed again", "now", r.now())
			open = true
		}
		if open {
			open = !r.withdrawFuture(ctx)
		}
		lag := r.clock.lag()
		if lag > clockStep && !lagged {
			r.Log.Warn("the clock went forward; reports go by the clock before until deliveries confirm it or it is steady",
				"step", lag, "steady_for", trustAfter)
		}
		if lagged = lag > clockStep; !lagged || r.now().Sub(asked) < confirmInterval {
			continue
		}
		asked = r.now()
		if newest, err := r.DataTime(ctx); err != nil {
			r.Log.Warn("the data cannot tell whether the clock is right", "error", err)
		} else if newest.Sub(r.now()) > clockStep {
			r.Log.Info("deliveries confirm the clock", "newest", newest)
			r.clock.trust()
		}
	}
}

// withdrawFuture takes back what the ledger has of due times that lie in the future: it was written while the clock was ahead, so those
// reports are made again when they are due. It reports whether that is settled. Nothing is taken back when the data is newer than the
// clock, which then is behind.
func (r *Runner) withdrawFuture(ctx context.Context) bool {
	early, err := r.futureRuns()
	if err != nil || len(early) == 0 {
		return err == nil
	}
	newest, err := r.DataTime(ctx)
	switch {
	case err != nil:
		r.Log.Warn("reports of the future are in the ledger, and the data cannot tell whether the clock is right", "error", err)
		return false
	case newest.Sub(r.now()) > clockStep:
		r.Log.Warn("the clock is behind the data; set it right", "now", r.now(), "newest", newest)
		return false
	}
	for _, entry := range r.Entries {
		if err := r.withdraw(ctx, entry); err != nil {
			r.Log.Warn("reports made too early could not be withdrawn", "report", entry.Report, "error", err)
			return false
		}
	}
	return true
}

// futureRuns are the rows of due times that lie in the future.
func (r *Runner) futureRuns() (early []Run, err error) {
	runs, err := r.Ledger.Runs()
	now := r.now()
	for _, run := range runs {
		if run.DueAt.After(now) && !run.isPremature() {
			early = append(early, run)
		}
	}
	return early, err
}

func (r *Runner) withdraw(ctx context.Context, entry Entry) error {
	release, err := r.Steps.Lock(ctx, entry.Report)
	if err != nil {
		return err
	}
	defer release()
	early, err := r.futureRuns()
	if err != nil {
		return err
	}
	for _, run := range early {
		if run.Report != entry.Report {
			continue
		}
		row := Run{Report: run.Report, Period: run.Period, Part: run.Part, Recipient: run.Recipient, PeriodOpen: run.PeriodOpen,
			DueAt: run.DueAt, StartedAt: r.now(), State: Due, Error: "made while the clock was ahead; it is made again when it is due"}
		if err := r.Ledger.Append(row); err != nil {
			return err
		}
		if run.IsSummary() {
			r.Log.Warn("report was made while the clock was ahead and will be made again", "report", run.Report, "period", run.Period, "due", run.DueAt)
		}
	}
	return nil
}

// isPremature reports whether a row was written before its due time. Once that has come, the row says nothing of the report.
func (r Run) isPremature() bool { return r.DueAt.Sub(r.StartedAt) > clockStep }
