package store

import (
	"slices"
	"strings"
	"time"
)

// isIncomplete reports whether one call of fifty or more is missing in a stretch.
func (w plainWorld) isIncomplete(s plainStretch, q plainQuestion) bool {
	source, _ := q.filter.arguments["source"].(string)
	_, isIncomplete := w.silentHours(s, source)
	return isIncomplete
}

// silentHours returns the hours without calls of a stretch in which the same weekdays of up to four weeks before and after have many, whatever the
// period that is asked for, and whether one call of fifty or more is missing.
func (w plainWorld) silentHours(s plainStretch, source string) (hours []time.Time, isIncomplete bool) {
	hourly := map[time.Time]float64{}
	for _, c := range w.calls {
		if source == "" || c.source == source {
			hourly[w.local(c.started).Truncate(time.Hour)]++
		}
	}
	began, through := w.began(source), w.local(w.through)
	counts := func(hour time.Time) bool {
		day := hour.Truncate(24 * time.Hour)
		there := time.Date(hour.Year(), hour.Month(), hour.Day(), hour.Hour(), 0, 0, 0, w.zone)
		return day.After(began) && there.Hour() == hour.Hour() &&
			!hour.Add(time.Hour).After(through) && !slices.Contains(w.settings.Holidays, day.Format(time.DateOnly))
	}
	calls, missing := 0.0, 0.0
	for hour := s.from; !hour.Add(time.Hour).After(s.until); hour = hour.Add(time.Hour) {
		if !counts(hour) {
			continue
		}
		calls += hourly[hour]
		others, busy, sum := 0.0, 0.0, 0.0
		for _, weeks := range []int{-4, -3, -2, -1, 1, 2, 3, 4} {
			other := hour.AddDate(0, 0, 7*weeks)
			if !counts(other) {
				continue
			}
			others++
			sum += hourly[other]
			if hourly[other] >= 10 {
				busy++
			}
		}
		if hourly[hour] == 0 && busy >= max(2, others-1) {
			missing += sum / busy
			hours = append(hours, hour)
		}
	}
	return hours, hours != nil && missing >= 0.02*(calls+missing)
}

// noCalls names hours, those that follow each other together.
func noCalls(hours []time.Time, isDay bool) string {
	layout := "2 January 15:04"
	if isDay {
		layout = "15:04"
	}
	var runs []string
	for i := 0; i < len(hours); {
		first := hours[i]
		for i++; i < len(hours) && hours[i].Equal(hours[i-1].Add(time.Hour)); i++ {
		}
		runs = append(runs, first.Format(layout)+"–"+hours[i-1].Add(time.Hour).Format("15:04"))
	}
	if runs == nil {
		return ""
	}
	return "no calls " + strings.Join(runs, ", ")
}
