package report

import (
	"math"
	"strconv"
)

// formatValue returns a figure as its cell shows it, for sentences and tiles; "" if it is unknown.
func (b *book) formatValue(v any, format string) string {
	n, ok := toNumber(v)
	if !ok {
		return ""
	}
	if format != "points" {
		return b.locale.Figure(n, format)
	}
	text := strconv.FormatFloat(math.Abs(n)*100, 'f', 1, 64) + "% points"
	switch {
	case n > 0:
		return "+" + text
	case n < 0:
		return "−" + text
	}
	return text
}

// plural returns a number with its noun: "1 line", "2 lines".
func (b *book) plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return b.locale.Number(float64(n), 0) + " " + many
}
