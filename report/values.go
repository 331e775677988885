package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

var weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// maskedColumns hold customers' numbers.
var maskedColumns = []string{"customer_number", "customer_key"}

// masked is a number of which only the last four digits can be read.
func masked(number string) string {
	digits := []byte(number)
	for i, left := len(digits)-1, 4; i >= 0; i-- {
		if left--; left < 0 && digits[i] >= '0' && digits[i] <= '9' || len(digits) < 8 {
			digits[i] = 'x'
		}
	}
	return string(digits)
}

// shown is what a cell of a column holds for v: as value, but for customers' numbers that the report may not show.
func (b *book) shown(v any, w word) any {
	if s, ok := v.(string); ok && b.def.MaskCustomers && slices.Contains(maskedColumns, w.name) {
		v = masked(s)
	}
	return b.value(v, w.format)
}

// value is what a cell holds for v in a column of the given format: nil (an empty cell), string, int64 or
// float64. What is unknown stays empty; it never becomes 0.
func (b *book) value(v any, format string) any {
	if v == nil {
		return nil
	}
	switch format {
	case "text", "link":
		return textOrNothing(v)
	case "duration", "short_duration":
		if n, ok := number(v); ok {
			return n / secondsPerDay
		}
	case "weekday":
		if n, ok := number(v); ok && n >= 1 && n <= 7 {
			return weekdays[int(n)-1]
		}
	case "day":
		if t, ok := v.(time.Time); ok {
			return serial(t)
		}
	}
	switch v := v.(type) {
	case time.Time:
		return serial(v.In(b.req.Zone))
	case int64:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	}
	return textOrNothing(v)
}

// guess is the format of a column no catalog describes, by a value of it.
func guess(v any) string {
	switch v := v.(type) {
	case int64:
		return "count"
	case time.Time:
		if v.Location() == time.UTC && v.Equal(v.Truncate(24*time.Hour)) {
			return "day"
		}
		return "time"
	case bool:
		return "yesno"
	case []any:
		return "list"
	case string:
		return "text"
	}
	return ""
}

func textOrNothing(v any) any {
	if s := text(v); s != "" {
		return s
	}
	return nil
}

// text is v in letters, fit for a cell.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return clean(v)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.DateTime)
	case []any:
		words := make([]string, 0, len(v))
		for _, item := range v {
			words = append(words, text(item))
		}
		return strings.Join(words, ", ")
	}
	return clean(fmt.Sprint(v))
}

// number is v as a number; ok is false where it is none, or unknown.
func number(v any) (n float64, ok bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return 0, false
}
