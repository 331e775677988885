package report

import (
	"math"
	"strings"
	"time"

	"callsheet/report/xlsx"
)

const (
	minColumnWidth = 9
	maxColumnWidth = 60
)

// glyphWidths are the widths of ASCII's printable characters in Calibri, in hundredths of the width of a digit, which is Excel's unit for
// columns. Other fonts are similar in proportion to their own digits.
var glyphWidths = [...]uint8{
	45, 64, 79, 98, 100, 141, 135, 44, 60, 60, 98, 98, 49, 60, 50, 76, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 53, 53, 98, 98, 98, 91,
	176, 114, 107, 105, 121, 96, 91, 124, 123, 50, 63, 103, 83, 169, 127, 131, 102, 133, 107, 91, 96, 127, 112, 176, 102, 96, 92, 61, 76, 61, 98, 98,
	57, 95, 104, 83, 104, 98, 60, 93, 104, 45, 47, 90, 45, 158, 104, 104, 104, 104, 69, 77, 66, 104, 89, 141, 85, 89, 78, 62, 91, 62, 98,
}

// textWidth estimates the width of a text in characters, Excel's unit for columns. Devanagari and other scripts are wider than digits,
// and combining marks have no width.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			w += float64(glyphWidths[r-' ']) / 100
		case r < 0x300:
			w += 1.1
		case r < 0x370, r >= 0x200b && r <= 0x200f, r >= 0xfe00 && r <= 0xfe0f:
		case r >= 0x0900 && r < 0x0e00:
			w += 1.25
		case r >= 0x1100 && r < 0x11ff, r >= 0x2190 && r < 0x2200, r >= 0x2e80 && r < 0xd7a4, r >= 0xf900 && r < 0xfb00, r >= 0xff00, r >= 0x1f000:
			w += 2
		default:
			w += 1.1
		}
	}
	return w
}

// abbreviate cuts a text that is wider than a number of characters, and ends it with an ellipsis.
func abbreviate(s string, width float64) string {
	if textWidth(s) <= width {
		return s
	}
	cut := ""
	for i := range s {
		if textWidth(s[:i]) > width-1 {
			break
		}
		cut = s[:i]
	}
	return strings.TrimRight(cut, " ") + "…"
}

// displayWidth returns the width of a cell value in its number format.
func (b *book) displayWidth(v any, c columnMeta, format string) float64 {
	var n float64
	switch v := v.(type) {
	case nil:
		return 0
	case string:
		return textWidth(v)
	case int64:
		n = float64(v)
	case float64:
		n = v
	case time.Time:
		return textWidth(b.widestDate(c.format))
	default:
		return 0
	}
	switch c.format {
	case "duration", "short_duration":
		return textWidth(b.formatValue(n*xlsx.SecondsPerDay, c.format))
	case "day", "time", "hour":
		return textWidth(b.widestDate(c.format))
	case "rate", "points", "decimal":
		return textWidth(b.formatValue(n, c.format))
	}
	return textWidth(b.locale.Number(n, formatDecimals(format)))
}

// widestDate returns the longest text of a date format.
func (b *book) widestDate(format string) string {
	switch {
	case format == "hour":
		return "00"
	case format == "day" && b.locale.MonthFirst:
		return "Wed, Mar 30, 2026"
	case format == "day":
		return "Wed 30 Mar 2026"
	case b.locale.MonthFirst:
		return "Mar 30, 2026 00:00 AM"
	}
	return "30 Mar 2026 00:00"
}

// formatDecimals returns the number of decimals of a number format, and four for General, which shows what there are.
func formatDecimals(format string) int {
	if format == "General" || format == "" {
		return 4
	}
	sections := strings.Split(format, ";")
	_, decimals, _ := strings.Cut(sections[len(sections)-1], ".")
	return strings.Count(decimals, "0")
}

const (
	// cellPadding is the space beside a cell's text in characters: 5 pixels of 7, and some because programs differ.
	cellPadding = 1.3
	// indentWidth is the width of one step of an indent, three spaces.
	indentWidth = 1.45
	// boldWidth is how much wider bold letters are.
	boldWidth = 1.03
	// headerScale is the size of a header's letters.
	headerScale = boldWidth * 10.5 / 11
	// wideHeader is the width from which a header takes three lines rather than two.
	wideHeader = 13
)

// headerWidth returns the width that a header needs for three lines, or for two if that is not much.
func headerWidth(label, side string) float64 {
	width := float64(minColumnWidth)
	for _, word := range strings.Fields(label) {
		width = max(width, headerScale*textWidth(word)+margin(side))
	}
	for width < maxColumnWidth {
		lines := headerLines(label, width-margin(side))
		if lines <= 2 || lines == 3 && width >= wideHeader {
			break
		}
		width += 0.5
	}
	return width
}

// headerLines returns the number of lines of a header in some room.
func headerLines(label string, room float64) int {
	lines, used := 0, room
	for _, word := range strings.Fields(label) {
		width := headerScale * textWidth(word)
		if used += headerScale*textWidth(" ") + width; used > room {
			lines, used = lines+1, width
		}
	}
	return lines
}

// headerHeight returns the height in points of a row of headers, with room below for the filter buttons.
func headerHeight(lines int) float64 { return 14*float64(lines) + 12 }

// columnWidth returns the width of a column from its header and the width of its widest value.
func columnWidth(label string, content float64, side string) float64 {
	return min(max(headerWidth(label, side), content+margin(side)), maxColumnWidth)
}

// margin returns the width beside a cell's text.
func margin(side string) float64 {
	if side == "left" {
		return cellPadding + indentWidth
	}
	return cellPadding
}

// lineCount returns the number of lines of a text that wraps in a column of the given width.
func lineCount(s string, width float64) int {
	return max(1, int(math.Ceil(textWidth(s)*1.05/width)))
}
