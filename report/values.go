package report

import (
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/sqlvalue"
	"callsheet/report/xlsx"
)

var weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// columnValue converts a value of a column for a cell, with codes in words.
func (b *book) columnValue(c columnMeta, v any) any { return b.cellValue(c.inWords(v), c.format) }

// cellValue converts v for a cell of a column with the given format: to nil (an empty cell), a string, an int64 or a float64. An
// unknown value stays empty; it never becomes 0.
func (b *book) cellValue(v any, format string) any {
	if v == nil {
		return nil
	}
	switch format {
	case "text", "link":
		return textOrNil(v)
	case "duration", "short_duration":
		if n, ok := toNumber(v); ok {
			return n / xlsx.SecondsPerDay
		}
	case "weekday":
		if n, ok := toNumber(v); ok && n >= 1 && n <= 7 {
			return weekdays[int(n)-1]
		}
	}
	switch v := v.(type) {
	case time.Time:
		return timeValue(v.In(b.req.Zone), time.DateTime)
	case sqlvalue.Date:
		return timeValue(time.Time(v), time.DateOnly)
	case sqlvalue.LocalTime:
		return timeValue(time.Time(v), time.DateTime)
	case int64:
		return integerValue(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	}
	return textOrNil(v)
}

// timeValue returns a time for a cell, as text if Excel would show another one or none, such as of the year 1899 or of infinity.
func timeValue(t time.Time, layout string) any {
	if !xlsx.ShowsTime(t) {
		return t.Format(layout)
	}
	return xlsx.SerialTime(t)
}

// maxExactInteger is the largest integer that Excel stores exactly.
const maxExactInteger = 999_999_999_999_999

// integerValue returns an integer for a cell, as text if Excel would round it.
func integerValue(n int64) any {
	if n > maxExactInteger || n < -maxExactInteger {
		return toText(n)
	}
	return n
}

// guessFormat returns the format for a value of a column that no catalog describes.
func guessFormat(v any) string {
	switch v.(type) {
	case int64:
		return "count"
	case float64:
		return "number"
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

// inferFormat returns the format of a column that no catalog describes, from its first known value.
func inferFormat(values iter.Seq[any]) string {
	for v := range values {
		if v != nil {
			return guessFormat(v)
		}
	}
	return ""
}

func textOrNil(v any) any {
	switch s := toText(v); s {
	case "":
		return nil
	case v: // most texts, without an allocation
		return v
	default:
		return s
	}
}

// toText returns v as text that fits a cell.
func toText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return xlsx.CleanText(v)
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
	return xlsx.CleanText(fmt.Sprint(v))
}

// toNumber returns v as a number; ok is false if v is unknown or not a number.
func toNumber(v any) (n float64, ok bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return 0, false
}
