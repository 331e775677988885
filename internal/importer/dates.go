package importer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The orders of day and month in a date such as 05-10-2026, as in the configuration.
const (
	dayFirst   = "dmy"
	monthFirst = "mdy"
)

// dateOrder collects what a file shows of its order of day and month. A date shows it if only one order makes it a day, or if only one
// makes it the day on which the CallSid says that the call began. Failing that, the days that the file writes in a form with only one
// reading show it, where the other dates lie among them in one order only.
type dateOrder struct {
	zone                 *time.Location // of the source
	either               int            // dates with two readings
	dayFirst, monthFirst evidence
	dayRange, monthRange dayRange // of the dates with two readings, in each order
	certain              dayRange // of the dates with one reading
	lastDate             string   // of these
}

// evidence counts dates that only one order allows.
type evidence struct {
	count int
	place string // of the first
	text  string
}

func (e *evidence) add(place string, n int64, text string) {
	if e.count++; e.count == 1 {
		e.place, e.text = fmt.Sprintf("%s %d", place, n), text
	}
}

// dayRange is the first and the last of some days.
type dayRange struct{ first, last time.Time }

func (r *dayRange) add(day time.Time) {
	if r.first.IsZero() || day.Before(r.first) {
		r.first = day
	}
	if r.last.IsZero() || day.After(r.last) {
		r.last = day
	}
}

// near reports whether all days of r are within two days of those of other.
func (r dayRange) near(other dayRange) bool {
	const slack = 2 * 24 * time.Hour
	return !other.first.IsZero() && !r.first.Before(other.first.Add(-slack)) && !r.last.After(other.last.Add(slack))
}

// writtenDate is a date of day and month in digits and a year, at the beginning of a text: 05-10-2026 10:15.
type writtenDate struct {
	before        string // a weekday
	first, second int
	year, rest    string
}

// splitDate returns the date that a text begins with, in the forms that the loader reads too; rejects.sql rejects others whose order is
// not certain.
func splitDate(text string) (d writtenDate, ok bool) {
	text = strings.TrimSpace(text)
	if weekday, rest, found := strings.Cut(text, " "); found && len(weekday) >= 3 && digits(weekday, 1) == 0 {
		d.before, text = weekday+" ", rest
	}
	if d.first, text, ok = dateNumber(text, "-/. "); !ok {
		return d, false
	}
	if d.second, text, ok = dateNumber(text, "-/. ,"); !ok {
		return d, false
	}
	text = strings.TrimPrefix(text, " ") // of a comma
	i := digits(text, 4)
	if i != 4 && i != 2 || i < len(text) && '0' <= text[i] && text[i] <= '9' {
		return d, false
	}
	d.year, d.rest = text[:i], text[i:]
	return d, true
}

// dateNumber returns the number of one or two digits that a text begins with, and what follows the separator behind it.
func dateNumber(text, separators string) (number int, rest string, ok bool) {
	i := digits(text, 2)
	if i == 0 || i == len(text) || strings.IndexByte(separators, text[i]) < 0 {
		return 0, "", false
	}
	number, _ = strconv.Atoi(text[:i])
	return number, text[i+1:], true
}

// digits returns the number of digits that a text begins with, at most limit.
func digits(text string, limit int) int {
	n := 0
	for n < min(len(text), limit) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

// add learns from a date of a row; sid is the row's CallSid.
func (d *dateOrder) add(place string, n int64, text, sid string) {
	if digits(text, 4) == 4 && len(text) >= 10 && (text[4] == '-' || text[4] == '/') {
		if date := text[:10]; date != d.lastDate { // the same for thousands of rows
			d.lastDate = date
			if day, err := time.Parse(time.DateOnly, strings.ReplaceAll(date, "/", "-")); err == nil {
				d.certain.add(day)
			}
		}
		return
	}
	date, ok := splitDate(text)
	if !ok {
		return
	}
	year, _ := strconv.Atoi(date.year)
	if len(date.year) == 2 {
		year += 2000
	}
	asDay, dayOK := dayOf(year, date.second, date.first)
	asMonth, monthOK := dayOf(year, date.first, date.second)
	switch {
	case !dayOK && !monthOK || asDay.Equal(asMonth):
	case !monthOK:
		d.dayFirst.add(place, n, text)
	case !dayOK:
		d.monthFirst.add(place, n, text)
	default:
		d.either++
		d.dayRange.add(asDay)
		d.monthRange.add(asMonth)
		began, ok := secondOf(sid, d.zone)
		switch {
		case !ok || isNear(began, asDay) == isNear(began, asMonth):
		case isNear(began, asDay):
			d.dayFirst.add(place, n, text)
		default:
			d.monthFirst.add(place, n, text)
		}
	}
}

func dayOf(year, month, day int) (time.Time, bool) {
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return date, date.Day() == day && int(date.Month()) == month
}

// secondOf returns the local time at which a call began, which a CallSid such as 1672649960.9604120 begins with.
func secondOf(sid string, zone *time.Location) (time.Time, bool) {
	second, _, ok := strings.Cut(sid, ".")
	if !ok || len(second) != 10 || digits(second, 10) != 10 {
		return time.Time{}, false
	}
	seconds, _ := strconv.ParseInt(second, 10, 64)
	local := time.Unix(seconds, 0).In(zone)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC), true
}

func isNear(a, b time.Time) bool { return a.Sub(b).Abs() <= 24*time.Hour }

// errDateOrder is the error of a file whose dates can be read both ways.
var errDateOrder = errors.New("day and month cannot be told apart")

// decide returns the order of a file's dates, "" if it has none that needs one. said is what the user said, "" if nothing.
func (d *dateOrder) decide(said string) (string, error) {
	switch {
	case d.either+d.dayFirst.count+d.monthFirst.count == 0:
		return "", nil
	case said != "":
		return said, nil
	case d.dayFirst.count > 0 && d.monthFirst.count > 0:
		return "", fmt.Errorf("%w: %s, %s has the day first, %s, %s the month\nhint: correct the file, or say which it is with --date-order dmy or mdy; the other dates are then rejected",
			errDateOrder, d.dayFirst.place, d.dayFirst.text, d.monthFirst.place, d.monthFirst.text)
	case d.dayFirst.count > 0:
		return dayFirst, nil
	case d.monthFirst.count > 0:
		return monthFirst, nil
	case d.dayRange.near(d.certain) != d.monthRange.near(d.certain):
		if d.dayRange.near(d.certain) {
			return dayFirst, nil
		}
		return monthFirst, nil
	}
	return "", fmt.Errorf("%w: all its dates can be read both ways, from %s to %s or from %s to %s\nhint: say which it is with --date-order dmy or mdy, or with date_order of the source in the configuration",
		errDateOrder, d.dayRange.first.Format(time.DateOnly), d.dayRange.last.Format(time.DateOnly),
		d.monthRange.first.Format(time.DateOnly), d.monthRange.last.Format(time.DateOnly))
}

// yearFirst writes a date of day and month as year, month and day, which has one reading only; other texts stay as they are.
func yearFirst(text, order string) string {
	date, ok := splitDate(text)
	if !ok || len(date.year) != 4 {
		return text
	}
	day, month := date.first, date.second
	if order == monthFirst {
		day, month = month, day
	}
	if month > 12 {
		return text
	}
	return fmt.Sprintf("%s%s-%02d-%02d%s", date.before, date.year, month, day, date.rest)
}
