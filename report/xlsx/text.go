package xlsx

import (
	"math"
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
func SerialTime(t time.Time) float64 {
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	days := float64(midnight.Unix()-epoch.Unix()) / SecondsPerDay
	clock := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond()).Truncate(time.Millisecond)
	return math.Round((days+clock.Seconds()/SecondsPerDay)*1e10) / 1e10 // 10 µs: Excel has no more digits
}
