package locale

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Figure formats a figure in a format of metric_catalog: 84.2% of a rate, 1:02:03 of a duration, 2:47 of a short_duration. A figure of
// another format is a number without decimals.
func (l Locale) Figure(n float64, format string) string {
	switch format {
	case "rate":
		return strconv.FormatFloat(n*100, 'f', 1, 64) + "%"
	case "duration":
		return clock(n, true)
	case "short_duration":
		return clock(n, false)
	case "number":
		return l.Number(n, 2)
	case "decimal":
		return l.Number(n, 1)
	case "coins":
		return l.Number(n, min(Decimals(n), 2))
	}
	return l.Number(n, 0)
}

// Decimals returns the number of decimals of a value, at most four, as the database stores no more of a coin.
func Decimals(n float64) int {
	digits := strconv.FormatFloat(math.Round(n*1e4)/1e4, 'f', -1, 64)
	if i := strings.IndexByte(digits, '.'); i >= 0 {
		return len(digits) - i - 1
	}
	return 0
}

// clock formats seconds as h:mm:ss, or as m:ss.
func clock(seconds float64, hours bool) string {
	s := int64(math.Round(math.Abs(seconds)))
	if hours {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
