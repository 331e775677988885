package job

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

func (e Entry) schedule() (cron.Schedule, error) {
	schedule, err := cron.ParseStandard(e.Schedule)
	if err != nil {
		return nil, fmt.Errorf("schedule of %s: %w", e.Report, err)
	}
	return schedule, nil
}

// Next is the first due time after now; zero for an entry without schedule.
func (e Entry) Next(now time.Time) time.Time {
	if e.Schedule == "" {
		return time.Time{}
	}
	schedule, err := e.schedule()
	if err != nil {
		return time.Time{}
	}
	return schedule.Next(now.In(e.Zone))
}

// Due is the last due time up to now: the one that `run` stands for. Without a schedule it is now.
func (e Entry) Due(now time.Time) time.Time {
	if e.Schedule == "" {
		return now.In(e.Zone)
	}
	// A cron schedule only tells the next time, so it is followed from ever further back.
	for _, back := range []int{1, 8, 32, 367, 5 * 366} {
		var last time.Time
		for at := e.Next(now.AddDate(0, 0, -back)); !at.IsZero() && !at.After(now); at = e.Next(at) {
			last = at
		}
		if !last.IsZero() {
			return last
		}
	}
	return now.In(e.Zone)
}
