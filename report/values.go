package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/sqlvalue"
)

var weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// value is what a cell holds for v in a column of the given format: nil (an empty cell), string, int64 or
// float64. What is unknown stays empty; it never becomes 0.
func (b *book) cellValue(v any, format string) any {
	if v == nil {
		return nil
	}
	switch format {
	case "text", "link":
		return textOrNil(v)
	case "duration", "short_duration":
		if n, ok := toNumber(v); ok {
			return n / secondsPerDay
		}
	case "weekday":
		if n, ok := toNumber(v); ok && n >= 1 && n <= 7 {
			return weekdays[int(n)-1]
		}
	}
	switch v := v.(type) {
	case time.Time:
		return serialTime(v.In(b.req.Zone))
	case sqlvalue.Date:
		return serialTime(time.Time(v))
	case sqlvalue.LocalTime:
		return serialTime(time.Time(v))
	case int64:
		if v > maxExactInteger || v < -maxExactInteger {
			return toText(v) // Excel would round it
		}
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	}
	return textOrNil(v)
}

// maxExactInteger is the largest number of which Excel keeps every digit.
const maxExactInteger = 999_999_999_999_999

// guessFormat is the format of a column no catalog describes, by a value of it.
func guessFormat(v any) string {
	switch v.(type) {
	case int64:
		return "count"
	case sqlvalue.Date:
		return "day"
	case time.Time, sqlvalue.LocalTime:
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

func textOrNil(v any) any {
	if s := toText(v); s != "" {
		return s
	}
	return nil
}

// text is v in letters, fit for a cell.
func toText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return cleanText(v)
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
	case sqlvalue.LocalTime:
		return time.Time(v).Format(time.DateTime)
	case []any:
		words := make([]string, 0, len(v))
		for _, item := range v {
			words = append(words, toText(item))
		}
		return strings.Join(words, ", ")
	}
	return cleanText(fmt.Sprint(v))
}

// number is v as a number; ok is false where it is none, or unknown.
func toNumber(v any) (n float64, ok bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return 0, false
}
