package suggest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"callsheet/internal/lazyregexp"
)

var (
	// amount is a short number with an optional word: longer texts may be secrets in the wrong place, and are not repeated.
	amount = lazyregexp.New(`^([0-9]{1,6})(?:\.0+)?\s*([A-Za-z]*)\.?$`)
	span   = lazyregexp.New(`^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$`)
)

// timeUnits are how people write units of time; the factor is that of the unit Go reads.
var timeUnits = []struct {
	words  []string
	factor int
	unit   string
}{
	{[]string{"ms", "msec", "millisecond", "milliseconds"}, 1, "ms"},
	{[]string{"s", "sec", "secs", "second", "seconds"}, 1, "s"},
	{[]string{"m", "min", "mins", "minute", "minutes"}, 1, "m"},
	{[]string{"h", "hr", "hrs", "hour", "hours"}, 1, "h"},
	{[]string{"d", "day", "days"}, 24, "h"},
	{[]string{"w", "wk", "week", "weeks"}, 7 * 24, "h"},
}

// Duration returns how to write a duration that Go does not read: "write 5s" for "5 sec", and all units for "5". It is empty where
// nobody can tell.
func Duration(text string) string {
	parts := amount().FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return ""
	}
	number, word := parts[1], strings.ToLower(parts[2])
	if word == "" {
		return fmt.Sprintf("write %[1]ss for seconds, %[1]sm for minutes or %[1]sh for hours", number)
	}
	for _, unit := range timeUnits {
		if slices.Contains(unit.words, word) {
			n, _ := strconv.Atoi(number)
			return fmt.Sprintf("write %d%s", n*unit.factor, unit.unit)
		}
	}
	return ""
}

// Size returns how to write a size that is not read: "write 8MiB" for "8 mb". It is empty where nobody can tell.
func Size(text string) string {
	parts := amount().FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil || parts[2] == "" {
		return ""
	}
	letter := strings.ToUpper(parts[2][:1])
	if !strings.Contains("KMG", letter) || !slices.Contains([]string{"", "b", "ib", "byte", "bytes"}, strings.ToLower(parts[2][1:])) {
		return ""
	}
	return fmt.Sprintf("write %s%siB", parts[1], letter)
}

// Span returns how to write a span of a day: "write 09:00-18:00" for "9am - 6pm". It is empty where nobody can tell.
func Span(text string) string {
	parts := span().FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if parts == nil {
		return ""
	}
	from, ok := clock(parts[1], parts[2], parts[3])
	to, ok2 := clock(parts[4], parts[5], parts[6])
	if !ok || !ok2 || from >= to {
		return ""
	}
	return "write " + from + "-" + to
}

// clock returns a time of day as 18:00.
func clock(hours, minutes, half string) (text string, ok bool) {
	h, _ := strconv.Atoi(hours)
	if half != "" && (h < 1 || h > 12) {
		return "", false
	}
	switch {
	case half == "am" && h == 12:
		h = 0
	case half == "pm" && h < 12:
		h += 12
	}
	if minutes == "" {
		minutes = "00"
	}
	return fmt.Sprintf("%02d:%s", h, minutes), h < 24 && minutes < "60" || h == 24 && minutes == "00"
}
