package xlsx

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// TruncationMark ends a text that was too long for its cell. Excel would cut it off silently.
const TruncationMark = " … [cut]"

// CleanText returns a text that fits a cell: without the characters that XML forbids, without line breaks, and truncated to MaxText.
func CleanText(s string) string {
	if isPlainASCII(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == 0xfffe || r == 0xffff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return Truncate(s, MaxText)
}

// isPlainASCII reports whether a text is short and printable ASCII, as nearly all are, and so needs no cleaning.
func isPlainASCII(s string) bool {
	if len(s) > MaxText {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Truncate shortens a text to limit UTF-16 code units, including the TruncationMark.
func Truncate(s string, limit int) string {
	if TextLen(s) <= limit {
		return s
	}
	room, used := limit-TextLen(TruncationMark), 0
	for i, r := range s {
		n := 1
		if r > 0xffff {
			n = 2
		}
		if used+n > room {
			return s[:i] + TruncationMark
		}
		used += n
	}
	return s
}

// TextLen returns the length of a text in UTF-16 code units, as Excel counts it.
func TextLen(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if r > 0xffff {
			n++
		}
	}
	return n
}

// SecondsPerDay converts seconds to days, the unit of times and durations in cells.
const SecondsPerDay = 24 * 60 * 60

// epoch is day 0 of Excel's calendar from March 1900 on.
var epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// SerialTime returns a time as Excel stores it: days since its epoch. Excel knows no time zones, so the result is what a clock shows in
// t's zone.
func SerialTime(t time.Time) float64 { return float64(serialUnits(t)) / serialPerDay }

// ShowsTime reports whether Excel shows a time as it is: its calendar has a 29 February 1900, and ends with the year 9999.
func ShowsTime(t time.Time) bool {
	year, month, _ := t.Date()
	return year <= 9999 && (year > 1900 || year == 1900 && month > time.February)
}

// serialPerDay is the precision of a time, 10 µs: Excel has no more digits.
const serialPerDay = 1e10

// serialUnits returns a time in units of 1/serialPerDay days.
func serialUnits(t time.Time) int64 {
	_, offset := t.Zone()
	clock := t.Unix() + int64(offset) - epoch.Unix() // seconds
	days, second := clock/SecondsPerDay, clock%SecondsPerDay
	if second < 0 {
		days, second = days-1, second+SecondsPerDay
	}
	seconds := float64(second) + float64(t.Nanosecond()/1e6*1e6)/1e9
	return int64(math.Round((float64(days) + seconds/SecondsPerDay) * serialPerDay))
}

// appendSerialTime appends a time as a number with the digits that it needs.
func appendSerialTime(to []byte, t time.Time) []byte {
	units := serialUnits(t)
	if units < 0 || units >= 1e15 { // before 1900, or more digits than the shortest text of a float has
		return appendNumber(to, SerialTime(t))
	}
	days, fraction := units/serialPerDay, units%serialPerDay
	to = strconv.AppendInt(to, days, 10)
	if fraction == 0 {
		return to
	}
	at := len(to)
	to = strconv.AppendInt(to, serialPerDay+fraction, 10) // the leading 1 keeps the zeros after the point, and makes room for it
	to[at] = '.'
	for to[len(to)-1] == '0' {
		to = to[:len(to)-1]
	}
	return to
}
