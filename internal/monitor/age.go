package monitor

import (
	"time"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/pipeline"
)

// Deliveries wait for one load, so data is late after several intervals in which none succeeded, and not before minLate.
const (
	lateIntervals = 3
	minLate       = 15 * time.Minute
)

// WaitsSince returns since when a delivery waits that is not in the published data, by its receipt. A file that was put into the spool later
// waits since the last publication at most: it was not there before. The zero time stays: nothing waits.
func WaitsSince(received, published time.Time) time.Time {
	if !received.IsZero() && received.Before(published) {
		return published
	}
	return received
}

// setAge sets the age of the published data: for how long the oldest delivery waits that is not in it. received is its receipt, zero if
// there is none.
func (s *Status) setAge(received time.Time, p *pipeline.Pipeline) {
	since := WaitsSince(received, s.Data.PublishedAt)
	if since.IsZero() {
		return
	}
	age := max(p.Now().Sub(since), 0)
	s.Data.WaitingSince, s.Data.AgeSeconds = &since, int64(age.Seconds())
	if after := LateAfter(p.Config); after > 0 && age > after {
		s.addAlarm("published data", say("warn_age",
			display.ZonedTime(since.In(p.Config.Zone())), duration(age), duration(p.Config.Store.LoadEvery)))
	}
}

// LateAfter returns for how long a delivery may wait for a load before the published data is late; 0 if nothing loads at intervals.
func LateAfter(c *config.Config) time.Duration {
	if c.Store.LoadEvery == 0 {
		return 0
	}
	return max(lateIntervals*c.Store.LoadEvery, minLate)
}
