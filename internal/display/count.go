package display

import (
	"strconv"
	"strings"
)

// Count formats a number for people: 12,345.
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Agree formats a number with the words of its number: 1 line was rejected, 2 lines were rejected.
func Agree(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Plural formats a number of things: 1 row, 2 rows, 2 deliveries.
func Plural(n int, thing string) string {
	if stem, ok := strings.CutSuffix(thing, "ry"); ok && n != 1 {
		thing = stem + "ries"
	} else if n != 1 {
		thing += "s"
	}
	return Count(int64(n)) + " " + thing
}
