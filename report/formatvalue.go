package report

import (
	"fmt"
	"math"
	"strconv"
)

// formatValue returns a figure as its cell shows it, for sentences and tiles; "" if it is unknown.
func (b *book) formatValue(v any, format string) string {
	n, ok := toNumber(v)
	if !ok {
		return ""
	}
	switch format {
	case "rate":
		return strconv.FormatFloat(n*100, 'f', 1, 64) + "%"
	case "points":
		text := strconv.FormatFloat(math.Abs(n)*100, 'f', 1, 64) + "% points"
		switch {
		case n > 0:
			return "+" + text
		case n < 0:
			return "−" + text
		}
		return text
	case "duration":
		return formatClock(n, true)
	case "short_duration":
		return formatClock(n, false)
	case "number":
		return b.locale.Number(n, 2)
	case "decimal":
		return b.locale.Number(n, 1)
	case "coins":
		return b.locale.Number(n, min(decimals(n), 2))
	}
	return b.locale.Number(n, 0)
}

// formatClock formats seconds as h:mm:ss, or as m:ss.
func formatClock(seconds float64, hours bool) string {
	s := int64(math.Round(math.Abs(seconds)))
	if hours {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// plural returns a number with its noun: "1 line", "2 lines".
func (b *book) plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return b.locale.Number(float64(n), 0) + " " + many
}
