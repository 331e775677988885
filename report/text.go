package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// cutMark ends a text that was too long for a cell. Excel would cut it without a word.
const truncationMark = " … [cut]"

// clean makes s fit for a cell: no characters XML forbids, no line breaks that would tear a row, and at
// most 32,767 UTF-16 units.
func cleanText(s string) string {
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
	return truncate(s, excelize.TotalCellChars)
}

// plain is the quick answer for what nearly every text is: short, and of printable ASCII.
func isPlainASCII(s string) bool {
	if len(s) > excelize.TotalCellChars {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// shorten cuts s to at most limit UTF-16 units, the mark included.
func truncate(s string, limit int) string {
	if utf16Len(s) <= limit {
		return s
	}
	room, used := limit-utf16Len(truncationMark), 0
	for i, r := range s {
		n := 1
		if r > 0xffff {
			n = 2
		}
		if used+n > room {
			return s[:i] + truncationMark
		}
		used += n
	}
	return s
}

// units is the length of s as Excel counts it, in UTF-16.
func utf16Len(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if r > 0xffff {
			n++
		}
	}
	return n
}

// longestHeader is how long Excel lets the header of a table's column be, with room for a number.
const maxHeader = 255 - 8

// header is a text fit for the header of a table's column.
func headerText(s string) string { return truncate(cleanText(s), maxHeader) }

// unique is label, or label with the first free number, and takes it. Excel compares without case.
func uniqueName(label string, taken map[string]bool) string {
	if label == "" {
		label = "Column"
	}
	name := label
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s %d", label, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// say is a figure in words, for sentences and tiles: as its cell would show it.
func (b *book) formatValue(v any, format string) string {
	n, ok := toNumber(v)
	if !ok {
		return ""
	}
	switch format {
	case "rate":
		return strconv.FormatFloat(n*100, 'f', 1, 64) + "%"
	case "duration":
		return formatClock(n, true)
	case "short_duration":
		return formatClock(n, false)
	case "decimal":
		return b.locale.Number(n, 1)
	case "coins":
		return b.locale.Number(n, min(decimals(n), 2))
	}
	return b.locale.Number(n, 0)
}

// clock is seconds as h:mm:ss, or as m:ss.
func formatClock(seconds float64, hours bool) string {
	s := int64(math.Round(math.Abs(seconds)))
	if hours {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// plural is a counted noun: "1 line", "2 lines".
func (b *book) plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return b.locale.Number(float64(n), 0) + " " + many
}
