package job

import (
	"time"

	"callsheet/internal/period"
)

// Span returns the period that a report has for a due time.
func (e Entry) Span(due time.Time) (period.Period, error) {
	return period.ForReader(e.Period, due, e.Zone, e.dataZone())
}

// Ready returns when a scheduled run for a due time can begin: at the due time, or later, when the reader's yesterday, last week or
// last month is over where days are counted.
func (e Entry) Ready(due time.Time) time.Time {
	span, err := e.Span(due)
	if err != nil || period.IsRunning(e.Period) || !period.Day(due.In(e.Zone)).After(span.To) {
		return due // a run reports the error; a period that is not over for the reader either is reported as far as it is
	}
	if end := span.End(e.dataZone()); end.After(due) {
		return end
	}
	return due
}

// IsEarly reports whether a row is of a run by hand that began before the scheduled one could. It does not replace that one.
func (e Entry) IsEarly(run Run) bool {
	if run.isPremature() {
		return run.isTerminal()
	}
	span, err := e.Span(run.DueAt)
	return err == nil && run.PeriodOpen && run.Period == span.String() && !e.Ready(run.DueAt).Before(span.End(e.dataZone()))
}

func (e Entry) dataZone() *time.Location {
	if e.DataZone == nil {
		return e.Zone
	}
	return e.DataZone
}

// NextDue returns the first due time after now, or the zero time without a schedule.
func (e Entry) NextDue(now time.Time) time.Time {
	if e.Schedule == nil {
		return time.Time{}
	}
	return e.Schedule.Next(now)
}

// LastDue returns the last due time up to now, which is that of a run by hand. Without a schedule, or before its first due time,
// it is now.
func (e Entry) LastDue(now time.Time) time.Time {
	if e.Schedule != nil {
		if last := e.Schedule.Last(now); !last.IsZero() {
			return last
		}
	}
	return now.In(e.Zone)
}

// maxWait is more than the time between the ends of a period in any two zones.
const maxWait = 48 * time.Hour

// LastReady returns the last due time whose run could begin by now, or the zero time.
func (e Entry) LastReady(now time.Time) time.Time {
	due := e.Schedule.Between(now.Add(-maxWait), now)
	for i := len(due) - 1; i >= 0; i-- {
		if !e.Ready(due[i]).After(now) {
			return due[i]
		}
	}
	return e.Schedule.Last(now.Add(-maxWait))
}

// EndText says when the period of a due time is over, in the zone in which days are counted and in the reader's.
func (e Entry) EndText(end time.Time) string {
	const form = "2006-01-02 15:04"
	text := end.In(e.dataZone()).Format(form) + " " + e.dataZone().String()
	if e.dataZone().String() != e.Zone.String() {
		text += " (" + end.In(e.Zone).Format(form) + " " + e.Zone.String() + ")"
	}
	return text
}

// OpenUntil returns until when the period of a due time is not over at a time, or the zero time if it is.
func (e Entry) OpenUntil(due, now time.Time) time.Time {
	span, err := e.Span(due)
	if end := span.End(e.dataZone()); err == nil && now.Before(end) {
		return end
	}
	return time.Time{}
}
