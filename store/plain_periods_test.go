package store

import (
	"math"
	"slices"
	"time"
)

// plainFilter is a filter of the named queries and its equivalent in Go.
type plainFilter struct {
	arguments map[string]any
	passes    func(plainCall) bool
}

func (w plainWorld) filters() []plainFilter {
	return []plainFilter{
		{nil, func(plainCall) bool { return true }},
		{map[string]any{"group": "Sales", "direction": "incoming"}, func(c plainCall) bool { return c.group == "Sales" && c.direction == "incoming" }},
		{map[string]any{"agent": "Asha"}, func(c plainCall) bool {
			return slices.ContainsFunc(asAgents([]plainCall{c}), func(leg plainCall) bool { return leg.agent() == "Asha" })
		}},
		{map[string]any{"number": "+911204000002", "source": "abroad"}, func(c plainCall) bool { return c.virtualNumber == "01204000002" && c.source == "abroad" }},
		{map[string]any{"campaign": "9995"}, func(c plainCall) bool { return c.campaign == "9995" }},
		{map[string]any{"hours": "business"}, w.isOpen},
		{map[string]any{"hours": "closed"}, func(c plainCall) bool { return !w.isOpen(c) }},
		{map[string]any{"hours": "22:00-06:00"}, func(c plainCall) bool { return w.clock(c) >= "22:00:00" || w.clock(c) < "06:00:00" }},
		{map[string]any{"source": "main", "direction": "outgoing"}, func(c plainCall) bool { return c.source == "main" && c.direction == "outgoing" }},
		{map[string]any{"hours": "business and 11:00-22:00"}, func(c plainCall) bool { return w.isOpen(c) && w.clock(c) >= "11:00:00" && w.clock(c) < "22:00:00" }},
		{map[string]any{"group": "Nobody's"}, func(c plainCall) bool { return false }},
	}
}

// worldPeriods are a day on which clocks are set back, a week over the end of a month, a month, a period that is not over, and
// one before and one after all calls.
var worldPeriods = [][2]string{
	{"2026-10-25", "2026-10-25"}, {"2026-10-26", "2026-11-01"}, {"2026-10-01", "2026-10-31"}, {"2026-11-01", "2026-11-10"},
	{"2026-11-12", "2026-11-30"}, {"2026-09-01", "2026-09-03"}, {worldFrom, worldTo},
}

// plainQuestion is what a named query is asked: a period and a filter.
type plainQuestion struct {
	from, to string
	filter   plainFilter
}

// plainStretch is a stretch of local time, from the first moment of a day until a time of the clock. Its times are those of the clock,
// written in UTC.
type plainStretch struct{ from, until time.Time }

func localDay(text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return day
}

// local returns the time on the clocks of the report zone, written in UTC.
func (w plainWorld) local(t time.Time) time.Time {
	l := t.In(w.zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
}

func (q plainQuestion) stretch() plainStretch {
	return plainStretch{localDay(q.from), localDay(q.to).AddDate(0, 0, 1)}
}

func (s plainStretch) days() int { return int(s.until.Sub(s.from).Hours()) / 24 }

func (s plainStretch) isMonth() bool {
	return s.from.Day() == 1 && s.from.AddDate(0, 1, 0).Equal(s.until)
}

// back is the comparable stretch n before: a month, or the same weekdays as many whole weeks back as do not overlap.
func (s plainStretch) back(n int) plainStretch {
	if s.isMonth() {
		return plainStretch{s.from.AddDate(0, -n, 0), s.from.AddDate(0, 1-n, 0)}
	}
	days := -n * 7 * int(math.Ceil(float64(s.days())/7))
	return plainStretch{s.from.AddDate(0, 0, days), s.until.AddDate(0, 0, days)}
}

// previous is the earlier stretch that a period is compared with.
func (s plainStretch) previous() plainStretch {
	if days := s.days(); days > 1 && days < 7 {
		return plainStretch{s.from.AddDate(0, 0, -days), s.from}
	}
	return s.back(1)
}

// cut ends an earlier stretch at the same minute as the data, if the period is not over.
func (w plainWorld) cut(earlier, period plainStretch) (cut plainStretch, isCut bool) {
	through := w.local(w.through)
	if !through.Before(period.until) {
		return earlier, false
	}
	if end := earlier.from.Add(through.Truncate(time.Minute).Sub(period.from)); end.Before(earlier.until) {
		earlier.until = end
	}
	return earlier, true
}

// began returns the day of the first delivery of a source; of all of them if it is empty.
func (w plainWorld) began(source string) time.Time { return w.beganAt(source).Truncate(24 * time.Hour) }

func (w plainWorld) beganAt(source string) time.Time {
	var first time.Time
	for _, c := range w.calls {
		at := c.started
		if !c.imported() {
			at = c.firstReceived()
		}
		if (source == "" || c.source == source) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return w.local(first)
}

// hasFigures reports whether there are figures of a period of a source: not before the first delivery, nor after the last one.
func (w plainWorld) hasFigures(s plainStretch, filter plainFilter) bool {
	source, _ := filter.arguments["source"].(string)
	return s.until.After(w.began(source)) && !s.from.After(w.local(w.through))
}

// firstDelivery is the day after which a stretch has to begin to be compared with: the last of the first deliveries of the
// sources with calls in the period.
func (w plainWorld) firstDelivery(q plainQuestion) (day time.Time) {
	for _, source := range []string{"main", "abroad"} {
		if slices.ContainsFunc(w.slice(q.stretch(), q.filter), func(c plainCall) bool { return c.source == source }) && w.began(source).After(day) {
			day = w.began(source)
		}
	}
	if day.IsZero() {
		source, _ := q.filter.arguments["source"].(string)
		day = w.began(source)
	}
	return day
}

func (w plainWorld) isComparable(s plainStretch, q plainQuestion) bool {
	return s.from.After(w.firstDelivery(q)) && !w.local(w.through).Before(q.stretch().from)
}

// hasHoliday reports whether there is a holiday in the part of a stretch of which there is data.
func (w plainWorld) hasHoliday(s plainStretch) bool {
	return slices.ContainsFunc(w.settings.Holidays, func(day string) bool {
		return !localDay(day).Before(s.from) && localDay(day).Before(s.until) && localDay(day).Before(w.local(w.through))
	})
}

// isUsual reports whether a comparable stretch with data is in the usual range of a period: in fewer than four weeks, neither has a holiday.
func (w plainWorld) isUsual(s, period plainStretch) bool {
	cut, _ := w.cut(s, period)
	return period.days() >= 28 || !w.hasHoliday(cut) && !w.hasHoliday(period)
}

// slice returns the calls that started in a stretch and pass a filter.
func (w plainWorld) slice(s plainStretch, filter plainFilter) (calls []plainCall) {
	until := w.instant(s.until)
	for _, c := range w.calls {
		if !w.local(c.started).Before(s.from) && c.started.Before(until) && filter.passes(c) {
			calls = append(calls, c)
		}
	}
	return calls
}

// instant returns when a clock of the zone shows a time, the later instant if it does so twice.
func (w plainWorld) instant(local time.Time) time.Time {
	at := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), w.zone)
	if later := at.Add(time.Hour); w.local(later).Equal(local) {
		return later
	}
	return at
}

// passing returns the calls of all days that pass a filter.
func (w plainWorld) passing(filter plainFilter) (calls []plainCall) {
	return slices.DeleteFunc(slices.Clone(w.calls), func(c plainCall) bool { return !filter.passes(c) })
}
