package monitor

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/job"
)

// checkedAhead is how far due times are looked at: over the changes of clocks of a year, but a frequent schedule only as often as
// maxChecked.
const (
	checkedAhead = 370 * 24 * time.Hour
	maxChecked   = 3000
)

// checkDueTimes reports due times that mean something else than the configuration seems to say.
func (k *checker) checkDueTimes(report config.Report, entry job.Entry) {
	what := "report " + report.Name + ", schedule"
	if wait := longestWait(entry, k.Now()); !wait.due.IsZero() {
		k.warn(what, wait.explain(report, entry))
	} else if entry.Schedule.EitherDay() {
		k.report(Finding{What: what, OK: true, Note: fmt.Sprintf("%q has days of the month and weekdays: it is due on either, as in cron", report.Schedule)})
	}
}

// wait is a due time at which the period is not over where days are counted.
type wait struct{ due, until time.Time }

// longestWait returns the due time that waits longest for the end of its period; it is zero if none waits.
func longestWait(entry job.Entry, now time.Time) (longest wait) {
	due := now
	for range maxChecked {
		if due = entry.Schedule.Next(due); due.IsZero() || due.Sub(now) > checkedAhead {
			break
		}
		if until := entry.Ready(due); until.Sub(due) > longest.until.Sub(longest.due) {
			longest = wait{due, until}
		}
	}
	return longest
}

// explain says that a report waits, until when, and how to avoid it.
func (w wait) explain(report config.Report, entry job.Entry) error {
	const form = "2006-01-02 15:04"
	due, until := w.due.In(entry.Zone), w.until.In(entry.Zone)
	hint := "leave out its timezone: no time of that day is late enough"
	if due.Format(time.DateOnly) == until.Format(time.DateOnly) {
		hint = fmt.Sprintf("make it due at %s or later%s, or leave out its timezone", until.Format("15:04"), laterSchedule(report.Schedule, until))
	}
	return fmt.Errorf("when it is due, %s is not over where days are counted (%s), so it waits, up to %s: on %s %s it is sent at %s\nhint: %s",
		entry.Period, entry.DataZone, strings.TrimSuffix(w.until.Sub(w.due).String(), "0s"), due.Format(form), entry.Zone, until.Format(form), hint)
}

// laterSchedule returns a schedule for another time of day, if it can be told.
func laterSchedule(line string, at time.Time) string {
	fields := strings.Fields(line)
	if line == "@daily" || line == "@midnight" {
		fields = strings.Fields("0 0 * * *")
	}
	if len(fields) != 5 || strings.ContainsAny(fields[0]+fields[1], "*,-/") {
		return ""
	}
	fields[0], fields[1] = strconv.Itoa(at.Minute()), strconv.Itoa(at.Hour())
	return fmt.Sprintf(" (%q)", strings.Join(fields, " "))
}
