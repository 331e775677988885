// Package period parses and formats spans of whole days: "yesterday", "2026-W41", "last-month".
//
// A period is a pair of civil dates, both included, in the zone in which days are counted. The package does not read the clock: the
// caller passes the present time.
package period

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/locale"
	"callsheet/internal/suggest"
)

// Period is a span of whole days, both ends included. From and To are civil dates, as midnights in UTC.
type Period struct {
	From, To time.Time
}

// Names are the periods relative to a day, in display order.
var Names = []string{"today", "yesterday", "this-week", "last-week", "this-month", "last-month"}

var (
	dayForm   = lazyregexp.New(`^\d{4}-\d{2}-\d{2}$`)
	weekForm  = lazyregexp.New(`^(\d{4})-[Ww](\d{2})$`)
	monthForm = lazyregexp.New(`^\d{4}-\d{2}$`)
)

// Day returns the civil date of t in t's zone.
func Day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// Parse parses a period: one of Names, a day (2026-10-05), an ISO week (2026-W41) or a month (2026-10). Names are relative to the civil
// date of now in now's zone.
func Parse(name string, now time.Time) (Period, error) {
	today := Day(now)
	switch {
	case name == "today":
		return Period{today, today}, nil
	case name == "yesterday":
		return days(today.AddDate(0, 0, -1), 1), nil
	case name == "this-week":
		return days(monday(today), 7), nil
	case name == "last-week":
		return days(monday(today).AddDate(0, 0, -7), 7), nil
	case name == "this-month":
		return month(today), nil
	case name == "last-month":
		return month(today.AddDate(0, 0, -today.Day())), nil
	case dayForm().MatchString(name):
		day, err := ParseDay(name)
		return days(day, 1), err
	case weekForm().MatchString(name):
		return parseWeek(name)
	case monthForm().MatchString(name):
		first, err := time.Parse("2006-01", name)
		if err != nil {
			return Period{}, fmt.Errorf("month %q does not exist", name)
		}
		return month(first), nil
	}
	if near := suggest.Nearest(name, Names); near != "" {
		return Period{}, fmt.Errorf("unknown period %q\nhint: did you mean %s?", name, near)
	}
	return Period{}, fmt.Errorf("unknown period %q\nhint: use %s, a day (2026-10-05), a week (2026-W41) or a month (2026-10)",
		name, strings.Join(Names, ", "))
}

// ForReader parses a period for a reader whose zone may not be the one in which days are counted. What was (yesterday, last-week,
// last-month) goes by the reader's date, so that a report each morning has each day once, also when the clocks change; it may not be
// over yet where days are counted. What is running (today, this-week, this-month) is what runs where days are counted.
func ForReader(name string, now time.Time, reader, counted *time.Location) (Period, error) {
	if IsRunning(name) {
		return Parse(name, now.In(counted))
	}
	return Parse(name, now.In(reader))
}

// IsRunning reports whether the name is that of a period that is not over.
func IsRunning(name string) bool { return name == "today" || strings.HasPrefix(name, "this-") }

// ParseDay parses a civil date, 2006-01-02.
func ParseDay(s string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a day\nhint: write it as 2026-10-05", s)
	}
	return day, nil
}

// ParseTime parses a time: 2026-10-05, which is midnight, 2026-10-05 08:00 or 2026-10-05T08:00:00 in the given zone, or a time with an
// offset, 2026-10-05T08:00:00+05:30. A time that the clock shows twice is the first of the two, and one that it skips is the change.
func ParseTime(s string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, form := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.DateTime, "2006-01-02T15:04:05"} {
		if wall, err := time.Parse(form, s); err == nil {
			return Instant(wall, zone), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time\nhint: write it as 2026-10-05, \"2026-10-05 08:00\" or 2026-10-05T08:00:00+05:30", s)
}

// Between returns the period from one day to another, both included.
func Between(from, to time.Time) (Period, error) {
	if to.Before(from) {
		return Period{}, fmt.Errorf("the period ends (%s) before it begins (%s)\nhint: swap --from and --to",
			to.Format(time.DateOnly), from.Format(time.DateOnly))
	}
	return Period{from, to}, nil
}

// End returns when the last day is over in a zone.
func (p Period) End(zone *time.Location) time.Time { return Instant(p.To.AddDate(0, 0, 1), zone) }

// Instant returns when a zone's wall clock first shows a time, which is given in UTC, or first shows a later one.
func Instant(wall time.Time, zone *time.Location) time.Time {
	_, before := wall.AddDate(0, 0, -1).In(zone).Zone()
	_, after := wall.AddDate(0, 0, 1).In(zone).Zone()
	// The larger the offset, the earlier the instant.
	early := wall.Add(-time.Duration(max(before, after)) * time.Second).In(zone)
	late := wall.Add(-time.Duration(min(before, after)) * time.Second).In(zone)
	switch wall {
	case WallClock(early):
		return early
	case WallClock(late):
		return late
	}
	_, change := early.ZoneBounds() // the clock jumps over the time
	return change.In(zone)
}

// WallClock returns the wall-clock time of t as a time in UTC.
func WallClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// Days returns the number of days in p.
func (p Period) Days() int { return int(p.To.Sub(p.From).Hours()/24) + 1 }

// IsMonth reports whether p is exactly one calendar month.
func (p Period) IsMonth() bool { return p == month(p.From) }

// IsWeek reports whether p is exactly one ISO week.
func (p Period) IsWeek() bool { return p == days(monday(p.From), 7) }

// String returns the shortest name of p, which is valid in file names: 2026-10-05, 2026-W41, 2026-10 or 2026-10-05_2026-10-09.
func (p Period) String() string {
	switch {
	case p.Days() == 1:
		return p.From.Format(time.DateOnly)
	case p.IsMonth():
		return p.From.Format("2006-01")
	case p.IsWeek():
		year, week := p.From.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	}
	return p.From.Format(time.DateOnly) + "_" + p.To.Format(time.DateOnly)
}

// Words returns p in words: "Sunday 4 October 2026", "October 2026", "5 to 11 October 2026 (week 41)".
func (p Period) Words() string { return p.WordsIn(locale.Locale{}) }

// WordsIn is Words in the style of a locale.
func (p Period) WordsIn(l locale.Locale) string {
	switch {
	case p.Days() == 1:
		return l.Format(p.From, "Monday 2 January 2006")
	case p.IsMonth():
		return p.From.Format("January 2006")
	}
	from, to := l.Format(p.From, "2 January 2006"), l.Format(p.To, "2 January 2006")
	if p.From.Year() == p.To.Year() {
		from = l.Format(p.From, "2 January")
		switch sameMonth := p.From.Month() == p.To.Month(); {
		case sameMonth && l.MonthFirst:
			to = p.To.Format("2, 2006")
		case sameMonth:
			from = p.From.Format("2")
		}
	}
	words := from + " to " + to
	if p.IsWeek() {
		_, week := p.From.ISOWeek()
		words += fmt.Sprintf(" (week %d)", week)
	}
	return words
}

func days(from time.Time, n int) Period { return Period{from, from.AddDate(0, 0, n-1)} }

func monday(day time.Time) time.Time {
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

func month(day time.Time) Period {
	first := day.AddDate(0, 0, 1-day.Day())
	return Period{first, first.AddDate(0, 1, -1)}
}

func parseWeek(name string) (Period, error) {
	parts := weekForm().FindStringSubmatch(name)
	year, _ := strconv.Atoi(parts[1])
	week, _ := strconv.Atoi(parts[2])
	// 4 January is always in week 1.
	first := monday(time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)).AddDate(0, 0, 7*(week-1))
	if y, w := first.ISOWeek(); y != year || w != week {
		return Period{}, fmt.Errorf("week %q does not exist", name)
	}
	return days(first, 7), nil
}
