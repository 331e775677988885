// Package locale formats numbers and dates.
package locale

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/suggest"
)

// Locale is a convention for numbers and dates.
type Locale struct {
	Name       string
	Indian     bool // digits are grouped as in 12,34,567
	MonthFirst bool // Oct 5, 2026 and a 12-hour clock
	WeekBegins time.Weekday
}

// all begins with the default.
var all = []Locale{
	{Name: "en-GB", WeekBegins: time.Monday},
	{Name: "en-IN", Indian: true, WeekBegins: time.Sunday},
	{Name: "en-US", MonthFirst: true, WeekBegins: time.Sunday},
}

// Default is the name of the default locale.
const Default = "en-GB"

// Parse returns the locale of a name; the empty name is the default.
func Parse(name string) (Locale, error) {
	var names []string
	for _, l := range all {
		if l.Name == name || name == "" {
			return l, nil
		}
		names = append(names, l.Name)
	}
	return Locale{}, fmt.Errorf("unknown locale %q%s", name, suggest.Hint(name, names, "use one of"))
}

// Number formats a number with grouped digits: 12,345.6 or 1,23,456.
func (l Locale) Number(n float64, decimals int) string {
	whole, rest, isFraction := strings.Cut(strconv.FormatFloat(math.Abs(n), 'f', decimals, 64), ".")
	if isFraction {
		rest = "." + rest
	}
	var groups []string
	for size := 3; len(whole) > size; {
		groups = append(groups, whole[len(whole)-size:])
		whole = whole[:len(whole)-size]
		if l.Indian {
			size = 2
		}
	}
	slices.Reverse(groups)
	written := strings.Join(append([]string{whole}, groups...), ",") + rest
	if n < 0 && strings.Trim(written, "0.,") != "" {
		written = "−" + written
	}
	return written
}

// DateTime formats the date and time of t.
func (l Locale) DateTime(t time.Time) string {
	if l.MonthFirst {
		return t.Format("Jan 2, 2006 3:04 PM")
	}
	return t.Format("2 Jan 2006 15:04")
}

// monthFirst are the layouts of dates, with the month first.
var monthFirst = map[string]string{
	"Monday 2 January 2006": "Monday, January 2, 2006",
	"Monday 2 January":      "Monday, January 2",
	"Mon 2 Jan 2006":        "Mon, Jan 2, 2006",
	"2 January 2006":        "January 2, 2006",
	"2 January":             "January 2",
	"2 Jan":                 "Jan 2",
	"15:04":                 "3:04 PM",
}

// Format formats a date or a time of day in one of the layouts of monthFirst, or in it with the month first.
func (l Locale) Format(t time.Time, layout string) string {
	if l.MonthFirst {
		layout = monthFirst[layout]
	}
	return t.Format(layout)
}

// DateTimeSeconds is DateTime with seconds.
func (l Locale) DateTimeSeconds(t time.Time) string {
	if l.MonthFirst {
		return t.Format("Jan 2, 2006 3:04:05 PM")
	}
	return t.Format("2 Jan 2006 15:04:05")
}

// Weekdays returns the days of the week, 1 Monday … 7 Sunday, in the order of the locale.
func (l Locale) Weekdays() []int64 {
	days := make([]int64, 7)
	for i := range days {
		days[i] = int64(int(l.WeekBegins)+6+i)%7 + 1
	}
	return days
}
