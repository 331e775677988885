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
	clockTrust = 6 * time.Hour
)

// clock is the time that schedules follow: the wall clock, except after a step forward. Then it goes on at the pace of the machine's
// uptime until the step is believed, so that nothing is due before its time. It never runs ahead of the wall clock.
type clock struct {
	wall   func() time.Time
	uptime func() time.Duration

	mutex    sync.Mutex
	believed time.Time     // the wall clock's time at uptime 0
	seen     time.Time     // the same by the last reading
	steady   time.Duration // uptime since which there was no step
	last     time.Time     // the last time given
	back     bool          // it went back since stepped was asked
}

func newClock(wall func() time.Time, uptime func() time.Duration) *clock {
	now, up := wall().Round(0), uptime()
	return &clock{wall: wall, uptime: uptime, believed: now.Add(-up), seen: now.Add(-up), steady: up, last: now}
}

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	now, up := c.wall().Round(0), c.uptime()
	start := now.Add(-up)
	if start.Sub(c.seen).Abs() > clockStep {
		c.steady = up
	}
	c.seen = start
	if start.Sub(c.believed).Abs() <= clockStep || up-c.steady >= clockTrust {
		c.believed = start
	}
	if slow := c.believed.Add(up); slow.Before(now) {
		now = slow
	}
	if c.last.Sub(now) > clockStep {
		c.back = true
	}
	c.last = now
	return now
}

// lag is how far the clock stays behind the wall clock.
func (c *clock) lag() time.Duration {
	c.now()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return max(c.seen.Sub(c.believed), 0)
}

// believe takes the wall clock as right.
func (c *clock) believe() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.believed = c.seen
}

// wentBack reports whether the clock has gone back since the last call.
func (c *clock) wentBack() bool {
	c.now()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	back := c.back
	c.back = false
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
	clockEvery   = time.Minute
	confirmEvery = 10 * time.Minute
)

// watchClock keeps the schedules right while the wall clock is set, until ctx ends.
func (r *Runner) watchClock(ctx context.Context) {
	open := !r.withdrawEarly(ctx) // rows that lie in the future were not looked into yet
	lagged, asked := false, time.Time{}
	for sleep(ctx, clockEvery) {
		if r.clock.wentBack() {
			r.Log.Warn("the clock went back; due times are computed again", "now", r.now())
			open = true
		}
		if open {
			open = !r.withdrawEarly(ctx)
		}
		lag := r.clock.lag()
		if lag > clockStep && !lagged {
			r.Log.Warn("the clock went forward; reports go by the clock before until deliveries confirm it or it is steady",
				"step", lag, "steady_for", clockTrust)
		}
		if lagged = lag > clockStep; !lagged || r.now().Sub(asked) < confirmEvery {
			continue
		}
		asked = r.now()
		if newest, err := r.Work.DataTime(ctx); err != nil {
			r.Log.Warn("the data cannot tell whether the clock is right", "error", err)
		} else if newest.Sub(r.now()) > clockStep {
			r.Log.Info("deliveries confirm the clock", "newest", newest)
			r.clock.believe()
		}
	}
}

// withdrawEarly takes back what the ledger has of due times that lie in the future: it was written while the clock was ahead, so those
// reports are made again when they are due. It reports whether that is settled. Nothing is taken back when the data is newer than the
// clock, which then is behind.
func (r *Runner) withdrawEarly(ctx context.Context) bool {
	early, err := r.early()
	if err != nil || len(early) == 0 {
		return err == nil
	}
	newest, err := r.Work.DataTime(ctx)
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

// early are the rows of due times that lie in the future.
func (r *Runner) early() (early []Run, err error) {
	runs, err := r.Ledger.Runs()
	now := r.now()
	for _, run := range runs {
		if run.DueAt.After(now) && !run.tooEarly() {
			early = append(early, run)
		}
	}
	return early, err
}

func (r *Runner) withdraw(ctx context.Context, entry Entry) error {
	release, err := r.Work.Lock(ctx, entry.Report)
	if err != nil {
		return err
	}
	defer release()
	early, err := r.early()
	if err != nil {
		return err
	}
	for _, run := range early {
		if run.Report != entry.Report {
			continue
		}
		row := Run{Report: run.Report, Period: run.Period, Part: run.Part, Recipient: run.Recipient, Open: run.Open,
			DueAt: run.DueAt, StartedAt: r.now(), State: Due, Error: "made while the clock was ahead; it is made again when it is due"}
		if err := r.Ledger.Append(row); err != nil {
			return err
		}
		if run.Whole() {
			r.Log.Warn("report was made while the clock was ahead and will be made again", "report", run.Report, "period", run.Period, "due", run.DueAt)
		}
	}
	return nil
}

// tooEarly reports whether a row was written before its due time. Once that has come, the row says nothing of the report.
func (r Run) tooEarly() bool { return r.DueAt.Sub(r.StartedAt) > clockStep }
