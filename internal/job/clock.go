package job

import (
	"context"
	"sync"
	"time"
)

// A jump of the wall clock by more than clockStep is noticed. A jump forward is trusted once the clock has been steady for trustAfter,
// or once deliveries prove that the time has passed.
const (
	clockStep  = time.Minute
	trustAfter = 6 * time.Hour
)

// clock is the time that schedules follow: the wall clock, except after a jump forward. Then it advances with the machine's uptime
// until the jump is trusted, so that nothing runs before it is due. It is never ahead of the wall clock.
type clock struct {
	wall   func() time.Time
	uptime func() time.Duration

	mutex       sync.Mutex
	trusted     time.Time     // the wall clock's time at uptime 0
	observed    time.Time     // the same, according to the last reading
	steadySince time.Duration // uptime of the last jump
	last        time.Time     // the last time returned
	steppedBack bool          // the clock went back since the last call of hasSteppedBack
	corrected   time.Duration // by how much the wall clock has gone back
}

func newClock(wall func() time.Time, uptime func() time.Duration) *clock {
	now, up := wall().Round(0), uptime()
	start := now.Add(-up)
	return &clock{wall: wall, uptime: uptime, trusted: start, observed: start, steadySince: up, last: now}
}

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	now, up := c.wall().Round(0), c.uptime()
	start := now.Add(-up)
	if start.Sub(c.observed).Abs() > clockStep {
		c.steadySince = up
		c.corrected += max(c.observed.Sub(start), 0)
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

// lag returns how far the clock is behind the wall clock.
func (c *clock) lag() time.Duration {
	c.now()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return max(c.observed.Sub(c.trusted), 0)
}

// trust sets the clock to the wall clock.
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
	steppedBack := c.steppedBack
	c.steppedBack = false
	return steppedBack
}

// corrections returns by how much the wall clock has gone back since the process started.
func (c *clock) corrections() time.Duration {
	c.now()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.corrected
}

// now returns the time by which runs are due and with which they are recorded.
func (r *Runner) now() time.Time {
	if r.clock == nil {
		return r.Now()
	}
	return r.clock.now()
}

const (
	clockPollInterval = time.Minute
	confirmInterval   = 10 * time.Minute // of checking a jump forward against the data
)

// watchClock corrects the schedules when the wall clock is set, while active.
func (r *Runner) watchClock(ctx, active context.Context) {
	retry := !r.withdrawFuture(ctx)
	lagged, checked := false, time.Time{}
	for sleep(active, clockPollInterval) {
		if r.clock.hasSteppedBack() {
			r.Log.Warn("the clock went back; due times are recomputed", "now", r.now())
			retry = true
		}
		if retry {
			retry = !r.withdrawFuture(ctx)
		}
		lag := r.clock.lag()
		if lag > clockStep && !lagged {
			r.Log.Warn("the clock went forward; reports follow the old time until deliveries confirm the new one or the clock is steady",
				"step", lag, "steady_for", trustAfter)
		}
		if lagged = lag > clockStep; !lagged || r.now().Sub(checked) < confirmInterval {
			continue
		}
		checked = r.now()
		if newest, err := r.DataTime(ctx); err != nil {
			r.Log.Warn("the clock could not be checked against the data", "error", err)
		} else if newest.Sub(r.now()) > clockStep {
			r.Log.Info("deliveries confirm the clock", "newest", newest)
			r.clock.trust()
		}
	}
}

// withdrawFuture withdraws the ledger's rows of due times in the future, which were written while the clock was ahead, so that those
// reports run when they are due. Nothing is withdrawn while the data is newer than the clock: then the clock is behind. It reports
// whether no such rows are left.
func (r *Runner) withdrawFuture(ctx context.Context) bool {
	future, err := r.futureRuns()
	if err != nil || len(future) == 0 {
		return err == nil
	}
	newest, err := r.DataTime(ctx)
	switch {
	case err != nil:
		r.Log.Warn("the ledger has reports of the future, and the clock could not be checked against the data", "error", err)
		return false
	case newest.Sub(r.now()) > clockStep:
		r.Log.Warn("the clock is behind the data; correct the clock", "now", r.now(), "newest", newest)
		return false
	}
	for _, entry := range r.Entries {
		if err := r.withdraw(ctx, entry); err != nil {
			r.Log.Warn("reports built while the clock was ahead could not be withdrawn", "report", entry.Report, "error", err)
			return false
		}
	}
	return true
}

// futureRuns returns the rows whose due time is in the future, except those of runs by hand, those that are withdrawn already, and those
// whose report is right: the period was over when its run started.
func (r *Runner) futureRuns() (future []Run, err error) {
	runs, err := r.Ledger.Runs()
	now := r.now()
	for _, run := range runs {
		if run.DueAt.Sub(now) > clockStep && !run.isPremature() && !r.wasOver(run) {
			future = append(future, run)
		}
	}
	return future, err
}

// wasOver reports whether the period of a row was over when its run started, by a clock that has been corrected since. After a restart it is not
// known by how much, and the report is built again.
func (r *Runner) wasOver(run Run) bool {
	entry, ok := r.Find(run.Report)
	if !ok || run.PeriodOpen {
		return false
	}
	span, err := entry.Span(run.DueAt)
	back := r.clock.corrections()
	return err == nil && back > 0 && !run.StartedAt.Add(-back).Before(span.End(entry.dataZone()))
}

func (r *Runner) withdraw(ctx context.Context, entry Entry) error {
	release, err := r.Steps.Lock(ctx, entry.Report)
	if err != nil {
		return err
	}
	defer release()
	future, err := r.futureRuns()
	if err != nil {
		return err
	}
	for _, run := range future {
		if run.Report != entry.Report {
			continue
		}
		row := Run{Report: run.Report, Period: run.Period, Part: run.Part, Recipient: run.Recipient, PeriodOpen: run.PeriodOpen,
			DueAt: run.DueAt, StartedAt: r.now(), State: Due, Error: "built while the clock was ahead; it is built again when it is due"}
		if err := r.Ledger.Append(row); err != nil {
			return err
		}
		if run.IsSummary() {
			r.Log.Warn("report was built while the clock was ahead and will be built again", "report", run.Report, "period", run.Period, "due", run.DueAt)
		}
	}
	return nil
}
