// Package phone identifies phones by their numbers.
package phone

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"

	"callsheet/internal/lazyregexp"
)

// The same expressions as in queries/base/numbers.sql.
var (
	afterName   = lazyregexp.New(`<([^<>]+)>$`)
	linked      = lazyregexp.New(`(?i)^=HYPERLINK\("([^"]+)"`)
	before      = lazyregexp.New(`(?i)^=?["']*((tel|sips?|callto):)?[\pZ\pC]*`)
	after       = lazyregexp.New(`(@[^,/ ]*|;[^,/ ]*)?[\pZ\pC"']*$`)
	wholeNumber = lazyregexp.New(`^\+?\d+\.0*$`) // as a spreadsheet writes a number
	longDecimal = lazyregexp.New(`^\+?\d{7,}\.\d*$`)
	spaced      = lazyregexp.New(`^[0-9+() .-]+$`)
	scientific  = lazyregexp.New(`^(\d)\.(\d+)[eE]\+?(\d{1,2})$`)
	abroad      = lazyregexp.New(`^\D*00`) // 0091 is +91
	extraDigits = lazyregexp.New(`\d{10}[() .-]+\d|^[(]*0?[() .-]*[1-9]([() .-]*\d){9}[() .-]+\d` +
		`|^[+(]*(00)?[() .-]*91[() .-]*0?[() .-]*[1-9]([() .-]*\d){9}[() .-]+\d|\(\d+\)[ .-]*$`)
	ofIndia = lazyregexp.New(`^910?\d{10}$`)

	short    = lazyregexp.New(`^[0-9]{2,9}$`)
	masked   = lazyregexp.New(`^[0-9+() .-]*[xX*#•]+[0-9xX*#•+() .-]*$`)
	few      = lazyregexp.New(`^[+(]*([0-9][() .-]*){0,15}$`) // digits
	withheld = lazyregexp.New(`(?i)anonymous|unknown|withheld|restricted|private|unavailable|not available|blocked|hidden|payphone|no caller id`)
	damaged  = lazyregexp.New(`^(\+?\d+(\.\d+)?[eE][+-]?\d{1,3}|\+?\d{7,}\.\d*[1-9]\d*|[0-9+() .-]*\d *[,/;|&][0-9+() .,/;|&-]*\d[^0-9]*|([+(]*\d[() .-]*){16,})$`)
)

// Key returns what identifies a phone: the last ten digits of its number, or else the text as it is, such as 1001 or sip:desk@pbx. It equals
// phone_key of queries/base/agents.sql, which is NULL for a text that Identifies no phone.
func Key(number string) string { return cmp.Or(digitsOf(number), number) }

// Identifies reports whether a number identifies a phone. One that is masked, withheld, damaged or a single digit does not.
func Identifies(number string) bool {
	isFew := func() bool { return few().MatchString(number) && !longDecimal().MatchString(number) }
	return digitsOf(number) != "" || short().MatchString(number) ||
		!IsMasked(number) && !isFew() && !withheld().MatchString(number) && !damaged().MatchString(number) && !HasExtraDigits(number)
}

// IsMasked reports whether some digits of a number are hidden: 98xxxx0001.
func IsMasked(number string) bool { return masked().MatchString(number) }

// digitsOf returns the last ten digits of a number, "" if it has no ten digits that are certain. It equals number_key of
// queries/base/numbers.sql.
func digitsOf(number string) string {
	if key := lastTen(number, len(number)); key != "" {
		return key // nearly all numbers
	}
	text := strings.TrimFunc(number, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Z, unicode.C) })
	if inner := afterName().FindStringSubmatch(text); inner != nil {
		text = inner[1]
	} else if inner := linked().FindStringSubmatch(text); inner != nil {
		text = inner[1]
	}
	text = after().ReplaceAllString(before().ReplaceAllString(text, ""), "")
	if wholeNumber().MatchString(text) {
		text, _, _ = strings.Cut(text, ".")
	} else if parts := scientific().FindStringSubmatch(text); parts != nil {
		text = expanded(parts[1]+parts[2], parts[3])
	}
	digits := onlyDigits(text)
	switch {
	case !spaced().MatchString(text), longDecimal().MatchString(text), HasExtraDigits(text), strings.HasPrefix(text, "+91") && !ofIndia().MatchString(digits):
		return ""
	}
	return lastTen(digits, len(onlyDigits(abroad().ReplaceAllString(text, ""))))
}

// expanded returns the number with some digits and an exponent, "" if digits are missing. At most one zero at the end may be.
func expanded(digits, exponent string) string {
	n, err := strconv.Atoi(exponent)
	if err != nil || len(digits) < n {
		return ""
	}
	digits += "0"
	return digits[:min(n+1, len(digits))]
}

// HasExtraDigits reports whether more digits follow a complete number, as in 9876543210 (2).
func HasExtraDigits(number string) bool {
	return spaced().MatchString(number) && !wholeNumber().MatchString(number) && len(onlyDigits(number)) > 10 && extraDigits().MatchString(number)
}

// lastTen returns the last ten of some digits, of which length count; "" if they are no number: too few or too many, or one digit ten times.
func lastTen(digits string, length int) string {
	if length < 10 || length > 15 || onlyDigits(digits) != digits {
		return ""
	}
	key := digits[len(digits)-10:]
	if strings.Trim(key, key[:1]) == "" {
		return ""
	}
	return key
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, text)
}
