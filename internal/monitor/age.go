package monitor

import (
	"fmt"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/pipeline"
)

// Deliveries wait for one load, so data is late after several intervals in which none succeeded, and not before minLate.
const (
	lateIntervals = 3
	minLate       = 15 * time.Minute
)

// setAge sets the age of the published data: for how long the oldest delivery waits that is not in it. since is its receipt, zero if
// there is none. A file that was put into the spool later waits since the last publication at most: it was not there before.
func (s *Status) setAge(since time.Time, p *pipeline.Pipeline) {
	if since.IsZero() {
		return
	}
	if since.Before(s.Data.PublishedAt) {
		since = s.Data.PublishedAt
	}
	age := max(p.Now().Sub(since), 0)
	s.Data.WaitingSince, s.Data.AgeSeconds = &since, int64(age.Seconds())
	interval := p.Config.Store.LoadEvery
	if interval > 0 && age > max(lateIntervals*interval, minLate) {
		s.addAlarm("published data", fmt.Sprintf("the published data lacks what came since %s, %s ago; store.load_every is %s\nhint: callsheet load says why, or loads it; callsheet serve loads by itself, callsheet collect needs a load in cron",
			display.ZonedTime(since.In(p.Config.Zone())), display.Duration(age), display.Duration(interval)))
	}
}
