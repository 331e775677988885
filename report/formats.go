package report

import (
	"strings"

	"callsheet/internal/locale"
)

// numberFormats are Excel's number formats for the formats of the catalogs, except those that group digits (see excelFormat).
var numberFormats = map[string]string{
	"text": "@", "link": "@", "list": "@", "yesno": "@", "weekday": "@",
	"rate":           "0.0%",
	"points":         `+0.0%" points";−0.0%" points";0.0%" points"`, // difference of two rates
	"duration":       "[h]:mm:ss",
	"short_duration": "[m]:ss",
	"day":            "ddd d mmm yyyy",
	"time":           "d mmm yyyy hh:mm",
	"hour":           "00",
	"":               "General",
}

// axisDayFormat returns the number format of the days under a chart, short if there are many.
func axisDayFormat(points int) string {
	if points > 16 {
		return "d"
	}
	return "ddd d"
}

// excelFormat returns Excel's number format for a format of the catalogs.
func (b *book) excelFormat(name string) string {
	switch name {
	case "count", "coins":
		return b.countFormat(0)
	case "decimal":
		return b.countFormat(1)
	case "number": // of a column that no catalog describes
		return b.countFormat(2)
	}
	if b.locale.MonthFirst {
		switch name {
		case "day":
			return "ddd, mmm d, yyyy"
		case "time":
			return "mmm d, yyyy h:mm AM/PM"
		}
	}
	return numberFormats[name]
}

// countFormat returns a number format that groups digits. Excel groups by thousands only. For lakhs and crores, the format places the
// commas by the size of the number; a format has two conditions at most, so negative numbers need negativeFormat.
func (b *book) countFormat(decimals int) string { return b.digitsFormat(countDigits(decimals)) }

// digitsFormat is countFormat for the format of the last digits.
func (b *book) digitsFormat(digits string) string {
	if !b.locale.Indian {
		return "#,##" + digits
	}
	return `[>=10000000]##\,##\,##\,##` + digits + `;[>=100000]##\,##\,##` + digits + ";#,##" + digits
}

// negativeFormat returns the format of a number whose digits are grouped: format itself, unless n is negative and its digits would be grouped wrongly.
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

// numberFormat returns the number format of a column with these values. Coins show as many decimals as the values have, and a ratio of
// coins shows two.
func (b *book) numberFormat(c columnMeta, values func(yield func(any) bool)) string {
	if c.format != "coins" {
		return b.excelFormat(c.format)
	}
	return b.countFormat(coinDecimals(c, values))
}

func coinDecimals(c columnMeta, values func(yield func(any) bool)) (most int) {
	if c.unit != "" && c.unit != "coins" {
		return 2
	}
	for v := range values {
		most = max(most, decimals(v))
	}
	return most
}

// decimals returns the number of decimals of a value, 0 if it is not a fraction.
func decimals(v any) int {
	n, ok := v.(float64)
	if !ok {
		return 0
	}
	return locale.Decimals(n)
}

// isText reports whether a format is for text, which is aligned left.
func isText(format string) bool { return numberFormats[format] == "@" }
