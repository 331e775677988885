// Package schedule computes when reports are due: the times of a cron line in a time zone, without skipped days.
package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"callsheet/internal/period"
)

// Schedule is when a report is due.
type Schedule struct {
	cron    *cron.SpecSchedule
	zone    *time.Location
	skipDay func(day time.Time) bool
}

// Parse parses a cron line of five fields, or a descriptor such as @daily. skipDay reports whether a day, in the zone, has no due
// times; nil skips no day. A schedule that is never due is an error.
func Parse(line string, zone *time.Location, skipDay func(day time.Time) bool) (*Schedule, error) {
	parsed, err := parse(line)
	if err != nil {
		return nil, err
	}
	s := &Schedule{parsed, zone, func(time.Time) bool { return false }}
	// The days of any nine years are those of all.
	epoch := time.Date(2024, 1, 1, 0, 0, 0, 0, zone)
	if s.Next(epoch).IsZero() {
		texts := append(strings.Fields(line), "", "", "", "", "")
		return nil, fmt.Errorf("is never due: month %s has no day %s", texts[3], texts[2])
	}
	if skipDay != nil {
		s.skipDay = skipDay
	}
	if s.Next(epoch).IsZero() {
		return nil, errors.New("is never due: skip leaves out every day of it")
	}
	return s, nil
}

// EitherDay reports whether the line names both days of the month and weekdays. It is due on either, as cron has it.
func (s *Schedule) EitherDay() bool {
	const star = 1 << 63 // of the library
	return s.cron.Dom&star == 0 && s.cron.Dow&star == 0
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
		t = period.Instant(period.Day(t).AddDate(0, 0, 1), s.zone).Add(-time.Nanosecond)
	}
}

// nextUnskipped is Next without regard to skipped days. A time of day is due once a day, also when clocks change: a time that the clock
// jumps over is due right after the jump, and one that occurs twice is due the first time. Hourly schedules are due every real hour.
func (s *Schedule) nextUnskipped(after time.Time) time.Time {
	const everyHour = 1<<24 - 1
	if s.cron.Hour&everyHour == everyHour {
		return s.cron.Next(after.In(s.zone))
	}
	// The cron line is evaluated in UTC, on wall-clock times, which are then looked up in the zone.
	utc := *s.cron
	utc.Location = time.UTC
	for wall := period.WallClock(after.In(s.zone)).Add(-4 * time.Hour); ; {
		wall = utc.Next(wall)
		if wall.IsZero() {
			return wall
		}
		if t := period.Instant(wall, s.zone); t.After(after) {
			return t
		}
	}
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
