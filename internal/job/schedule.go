package job

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule says when a report is due: times of a cron line, in a zone, but for days that are skipped.
type Schedule struct {
	times cron.Schedule
	zone  *time.Location
	skip  func(day time.Time) bool
}

// ParseSchedule reads a cron line of five fields, or @daily and the like. skip tells of the days, in the zone, without due times;
// nil skips none.
func ParseSchedule(line string, zone *time.Location, skip func(day time.Time) bool) (*Schedule, error) {
	times, err := cron.ParseStandard(line)
	if err != nil {
		return nil, fmt.Errorf("schedule %q: %w", line, err)
	}
	if skip == nil {
		skip = func(time.Time) bool { return false }
	}
	return &Schedule{times, zone, skip}, nil
}

// maxLookahead is how far ahead a due time is looked for: the 29th of February comes again within it.
const maxLookahead = 9 * 366 * 24 * time.Hour

// Next is the first due time after a moment; zero if there is none.
func (s *Schedule) Next(after time.Time) time.Time {
	for at := after; ; {
		at = s.next(at)
		if at.IsZero() || at.Sub(after) > maxLookahead {
			return time.Time{}
		}
		if !s.skip(at) {
			return at
		}
	}
}

// next is that without regard to days that are skipped. A time of day is due once a day, also when clocks are set: one that the
// clock leaves out is due when it has passed over it, one that it shows twice is due the first time. What is due every hour is due
// every real hour.
func (s *Schedule) next(after time.Time) time.Time {
	fields, ok := s.times.(*cron.SpecSchedule)
	const everyHour = 1<<24 - 1
	if !ok || fields.Hour&everyHour == everyHour {
		return s.times.Next(after.In(s.zone))
	}
	// The cron line is followed on a clock that is never set, and what that shows is looked up in the zone.
	plain := *fields
	plain.Location = time.UTC
	for shown := wallClock(after.In(s.zone)).Add(-4 * time.Hour); ; {
		shown = plain.Next(shown)
		if shown.IsZero() {
			return shown
		}
		if at := s.instant(shown); at.After(after) {
			return at
		}
	}
}

// wallClock is what a clock shows at t, as a time of UTC.
func wallClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// instant is when the zone's clock first shows a time, or first shows a later one.
func (s *Schedule) instant(shown time.Time) time.Time {
	_, before := shown.AddDate(0, 0, -1).In(s.zone).Zone()
	_, after := shown.AddDate(0, 0, 1).In(s.zone).Zone()
	// With more of an offset a time comes earlier.
	early := shown.Add(-time.Duration(max(before, after)) * time.Second).In(s.zone)
	late := shown.Add(-time.Duration(min(before, after)) * time.Second).In(s.zone)
	switch shown {
	case wallClock(early):
		return early
	case wallClock(late):
		return late
	}
	_, set := early.ZoneBounds() // the clock is set over it
	return set.In(s.zone)
}

// Between are the due times after one moment up to another, oldest first.
func (s *Schedule) Between(after, to time.Time) []time.Time {
	var due []time.Time
	for at := s.Next(after); !at.IsZero() && !at.After(to); at = s.Next(at) {
		due = append(due, at)
	}
	return due
}

// Last is the last due time up to a moment; zero if there was none in years.
func (s *Schedule) Last(to time.Time) time.Time {
	// A cron line only tells the next time, so it is followed from ever further back.
	for _, back := range []int{1, 8, 32, 367, 5 * 366} {
		if due := s.Between(to.AddDate(0, 0, -back), to); len(due) > 0 {
			return due[len(due)-1]
		}
	}
	return time.Time{}
}
