package report

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The formats of the catalogs as Excel's number formats, but for counts and coins, whose digits are grouped: this file is the
// only place that knows them.
var numberFormats = map[string]string{
	"text": "@", "link": "@", "list": "@", "yesno": "@", "weekday": "@",
	"rate":           "0.0%",
	"duration":       "[h]:mm:ss",
	"short_duration": "[m]:ss",
	"decimal":        "#,##0.0",
	"day":            "ddd d mmm yyyy",
	"time":           "d mmm yyyy hh:mm:ss",
	"hour":           "00",
	"":               "General",
}

// axisDay is a day under a chart: as much of it as so many points leave room for.
func axisDay(points int) string {
	if points > 16 {
		return "d"
	}
	return "ddd d"
}

// format is Excel's number format of a catalog's format.
func (b *book) excelFormat(name string) string {
	if name == "count" || name == "coins" {
		return b.countFormat(0)
	}
	if b.locale.MonthFirst {
		switch name {
		case "day":
			return "ddd, mmm d, yyyy"
		case "time":
			return "mmm d, yyyy h:mm:ss AM/PM"
		}
	}
	return numberFormats[name]
}

// countFormat groups digits. Excel knows thousands only; for lakhs and crores it must be told where the commas go, by the size
// of the number, which leaves no room for negative ones: those have signedFormat.
func (b *book) countFormat(decimals int) string {
	digits := countDigits(decimals)
	if !b.locale.Indian {
		return "#,##" + digits
	}
	return `[>=10000000]##\,##\,##\,##` + digits + `;[>=100000]##\,##\,##` + digits + ";#,##" + digits
}

// signedFormat is that of a count or coins below zero.
func (b *book) negativeFormat(n float64, format string) string {
	if !b.locale.Indian || n > -100_000 || !strings.HasPrefix(format, "[>=") {
		return format
	}
	digits := format[strings.LastIndexByte(format, '#')+1:]
	if n > -10_000_000 {
		return `##\,##\,##` + digits
	}
	return `##\,##\,##\,##` + digits
}

func countDigits(decimals int) string {
	if decimals == 0 {
		return "0"
	}
	return "0." + strings.Repeat("0", decimals)
}

// numberFormat is the number format of a column, given the values in it: coins show as many decimals as
// there are, a ratio of coins two.
func (b *book) numberFormat(w columnMeta, values func(yield func(any) bool)) string {
	if w.format != "coins" {
		return b.excelFormat(w.format)
	}
	if w.unit != "" && w.unit != "coins" {
		return b.countFormat(2)
	}
	most := 0
	for v := range values {
		most = max(most, decimals(v))
	}
	return b.countFormat(most)
}

// decimals counts the digits after the point, four at most: the database keeps no more of a coin.
func decimals(v any) int {
	n, ok := v.(float64)
	if !ok {
		return 0
	}
	digits := strconv.FormatFloat(math.Round(n*1e4)/1e4, 'f', -1, 64)
	if i := strings.IndexByte(digits, '.'); i >= 0 {
		return len(digits) - i - 1
	}
	return 0
}

// isText says whether a column's cells are text, which is set left; figures are set right.
func isText(format string) bool { return numberFormats[format] == "@" }

const secondsPerDay = 24 * 60 * 60

// epoch is day 0 of Excel's calendar, as it counts after February 1900.
var epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// serial is a wall-clock time as Excel counts it: days since its epoch. Excel knows no zones, so what the
// clock showed in t's zone is what is kept.
func serialTime(t time.Time) float64 {
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	days := float64(midnight.Unix()-epoch.Unix()) / secondsPerDay
	clock := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond()).Truncate(time.Millisecond)
	return math.Round((days+clock.Seconds()/secondsPerDay)*1e10) / 1e10 // 10 µs: Excel has no more digits
}
