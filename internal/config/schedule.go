package config

import (
	"slices"
	"time"

	"callsheet/internal/schedule"
)

// checkSchedule returns an error if a report's schedule is wrong or never due.
func (c *Config) checkSchedule(report Report) error {
	_, err := schedule.Parse(report.Schedule, time.UTC, c.SkipDay(report))
	return err
}

// SkipDay returns a function that reports whether a report is not due on a day. Days are those of the schedule's zone.
func (c *Config) SkipDay(report Report) func(day time.Time) bool {
	weekends, holidays := slices.Contains(report.Skip, "weekends"), slices.Contains(report.Skip, "holidays")
	return func(day time.Time) bool {
		return weekends && (day.Weekday() == time.Saturday || day.Weekday() == time.Sunday) ||
			holidays && slices.Contains(c.Business.Holidays, day.Format(time.DateOnly))
	}
}
