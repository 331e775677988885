package job

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is when a report is due: the times of a cron line in a time zone, without skipped days.
type Schedule struct {
	cron    cron.Schedule
	zone    *time.Location
	skipDay func(day time.Time) bool
}

// ParseSchedule parses a cron line of five fields, or a descriptor such as @daily. skipDay reports whether a day, in the zone, has no
// due times; nil skips no day.
func ParseSchedule(line string, zone *time.Location, skipDay func(day time.Time) bool) (*Schedule, error) {
	parsed, err := cron.ParseStandard(line)
	if err != nil {
		return nil, fmt.Errorf("schedule %q: %w", line, err)
	}
	if skipDay == nil {
		skipDay = func(time.Time) bool { return false }
	}
	return &Schedule{parsed, zone, skipDay}, nil
}

// maxLookahead bounds the search for the next due time. It is more than the eight years that can lie between two 29ths of February.
const maxLookahead = 9 * 366 * 24 * time.Hour

// Next returns the first due time after a time, or the zero time if there is none.
func (s *Schedule) Next(after time.Time) time.Time {
	for t := after; ; {
		t = s.nextUnskipped(t)
		if t.IsZero() || t.Sub(after) > maxLookahead {
			return time.Time{}
		}
		if !s.skipDay(t) {
			return t
		}
	}
}

// nextUnskipped is Next without regard to skipped days. A time of day is due once a day, also when clocks change: a time that the clock
// jumps over is due right after the jump, and one that occurs twice is due the first time. Hourly schedules are due every real hour.
func (s *Schedule) nextUnskipped(after time.Time) time.Time {
	fields, ok := s.cron.(*cron.SpecSchedule)
	const everyHour = 1<<24 - 1
	if !ok || fields.Hour&everyHour == everyHour {
		return s.cron.Next(after.In(s.zone))
	}
	// The cron line is evaluated in UTC, on wall-clock times, which are then looked up in the zone.
	utc := *fields
	utc.Location = time.UTC
	for wall := wallClock(after.In(s.zone)).Add(-4 * time.Hour); ; {
		wall = utc.Next(wall)
		if wall.IsZero() {
			return wall
		}
		if t := s.instant(wall); t.After(after) {
			return t
		}
	}
}

// wallClock returns the wall-clock time of t as a time in UTC.
func wallClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// instant returns when the zone's wall clock first shows a time, or first shows a later one.
func (s *Schedule) instant(wall time.Time) time.Time {
	_, before := wall.AddDate(0, 0, -1).In(s.zone).Zone()
	_, after := wall.AddDate(0, 0, 1).In(s.zone).Zone()
	// The larger the offset, the earlier the instant.
	early := wall.Add(-time.Duration(max(before, after)) * time.Second).In(s.zone)
	late := wall.Add(-time.Duration(min(before, after)) * time.Second).In(s.zone)
	switch wall {
	case wallClock(early):
		return early
	case wallClock(late):
		return late
	}
	_, change := early.ZoneBounds() // the clock jumps over the time
	return change.In(s.zone)
}

// Between returns the due times after one time up to another, oldest first.
func (s *Schedule) Between(after, to time.Time) []time.Time {
	var due []time.Time
	for t := s.Next(after); !t.IsZero() && !t.After(to); t = s.Next(t) {
		due = append(due, t)
	}
	return due
}

// Last returns the last due time up to a time, or the zero time if there was none in the last five years.
func (s *Schedule) Last(to time.Time) time.Time {
	// A cron line can only be evaluated forward, so the search starts further and further back.
	for _, days := range []int{1, 8, 32, 367, 5 * 366} {
		if due := s.Between(to.AddDate(0, 0, -days), to); len(due) > 0 {
			return due[len(due)-1]
		}
	}
	return time.Time{}
}
