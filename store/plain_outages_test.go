package store

import (
	"slices"
	"time"
)

// isIncomplete reports whether one call of fifty or more is missing in a stretch, by the hours without calls in which the same weekdays of up to
// four weeks before and after, within the times that are compared, have many.
func (w plainWorld) isIncomplete(s plainStretch, q plainQuestion) bool {
	source, _ := q.filter.arguments["source"].(string)
	hourly := map[time.Time]float64{}
	for _, c := range w.calls {
		if source == "" || c.source == source {
			hourly[w.local(c.started).Truncate(time.Hour)]++
		}
	}
	first, last := q.stretch().back(4).from.AddDate(0, 0, -1), q.stretch().until
	counts := func(hour time.Time) bool {
		day := hour.Truncate(24 * time.Hour)
		there := time.Date(hour.Year(), hour.Month(), hour.Day(), hour.Hour(), 0, 0, 0, w.zone)
		return day.After(w.began(source)) && !day.Before(first) && day.Before(last) && there.Hour() == hour.Hour() &&
			!hour.Add(time.Hour).After(w.local(w.through)) && !slices.Contains(w.settings.Holidays, day.Format(time.DateOnly))
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
		}
	}
	return missing > 0 && missing >= 0.02*(calls+missing)
}
