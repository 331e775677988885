package xlsx

import (
	"math"
	"strconv"
	"strings"
)

// appendNumber appends the shortest text that reads back as v. Integers have no exponent.
func appendNumber(to []byte, v float64) []byte {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.AppendInt(to, int64(v), 10)
	}
	return strconv.AppendFloat(to, v, 'g', -1, 64)
}

// appendEscaped appends a text as XML. Excel reads _x0041_ as an escaped character, so an underscore that begins such a sequence is
// escaped itself.
func appendEscaped(to []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		var escaped string
		switch s[i] {
		case '&':
			escaped = "&amp;"
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '_':
			if !isEscapeSequence(s[i:]) {
				continue
			}
			escaped = "_x005F_"
		default:
			continue
		}
		to = append(append(to, s[from:i]...), escaped...)
		from = i + 1
	}
	return append(to, s[from:]...)
}

// escapeSequences is appendEscaped for a text that is escaped as XML later.
func escapeSequences(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var escaped strings.Builder
	for i := range len(s) {
		if s[i] == '_' && isEscapeSequence(s[i:]) {
			escaped.WriteString("_x005F")
		}
		escaped.WriteByte(s[i])
	}
	return escaped.String()
}

// HasEscapeSequence reports whether Excel would read a part of a text as an escaped character.
func HasEscapeSequence(s string) bool { return escapeSequences(s) != s }

// isEscapeSequence reports whether a text begins with a sequence such as _x0041_.
func isEscapeSequence(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	for _, c := range []byte(s[2:6]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}
