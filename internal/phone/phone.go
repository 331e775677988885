// Package phone identifies phones by their numbers.
package phone

import (
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
	abroad      = lazyregexp.New(`^\D*00`) // 0091 is +91
	extraDigits = lazyregexp.New(`\d{10}[() .-]+\d|[() .-]\d[() .-]*$|\(\d+\)[ .-]*$`)
)

// Key returns what identifies a phone: the last ten digits of its number, or else the text as it is, such as 1001 or sip:desk@pbx. It equals
// phone_key of queries/base/agents.sql, except that phone_key reads numbers in scientific notation and is NULL for a text that is not a phone, such as anonymous.
func Key(number string) string {
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
	}
	digits := onlyDigits(text)
	switch {
	case !spaced().MatchString(text), longDecimal().MatchString(text), HasExtraDigits(text), strings.HasPrefix(text, "+91") && len(digits) != 12:
		return number
	}
	if key := lastTen(digits, len(onlyDigits(abroad().ReplaceAllString(text, "")))); key != "" {
		return key
	}
	return number
}

// HasExtraDigits reports whether digits follow a number that is whole, as in 9876543210 (2).
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
