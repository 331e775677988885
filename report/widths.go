package report

import (
	"math"
	"strings"

	"callsheet/report/xlsx"
)

const (
	minColumnWidth = 9.5
	maxColumnWidth = 60
)

// textWidth estimates the width of a text in characters, Excel's unit for columns. Devanagari and other scripts are wider than digits,
// and combining marks have no width.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r < 0x300:
			w += 1
		case r < 0x370, r >= 0x200b && r <= 0x200f, r >= 0xfe00 && r <= 0xfe0f:
		case r >= 0x0900 && r < 0x0e00:
			w += 1.25
		case r >= 0x1100 && r < 0x11ff, r >= 0x2e80 && r < 0xd7a4, r >= 0xf900 && r < 0xfb00, r >= 0xff00, r >= 0x1f000:
			w += 2
		default:
			w += 1.1
		}
	}
	return w
}

// displayWidth returns the width of a cell value in its number format.
func (b *book) displayWidth(v any, c columnMeta, format string) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case string:
		return textWidth(v)
	case int64:
		return textWidth(b.locale.Number(float64(v), 0))
	case float64:
		switch c.format {
		case "duration", "short_duration":
			return textWidth(b.formatValue(v*xlsx.SecondsPerDay, c.format))
		case "day":
			return textWidth("Wed 30 Sep 2026")
		case "time":
			return textWidth("30 Sep 2026 00:00:00")
		case "rate":
			return textWidth("100.0%")
		}
		return textWidth(b.locale.Number(v, strings.Count(format[strings.IndexByte(format, '.')+1:], "0")))
	}
	return 0
}

// headerWidth returns the width that a header needs for two lines and the filter button.
func headerWidth(label string) float64 {
	longest, total := 0.0, textWidth(label)
	for _, w := range strings.Fields(label) {
		longest = max(longest, textWidth(w))
	}
	return 1.15*max(longest, total/2+1) + 5.5 // 15 % wider, because it is bold
}

// columnWidth returns the width of a column from its header and the width of its widest value.
func columnWidth(label string, content float64) float64 {
	return min(max(headerWidth(label), content+3, minColumnWidth), maxColumnWidth)
}

// lineCount returns the number of lines of a text that wraps in a column of the given width.
func lineCount(s string, width float64) int {
	return max(1, int(math.Ceil(textWidth(s)*0.95/width)))
}
