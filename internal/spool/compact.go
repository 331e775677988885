package spool

import (
	"encoding/binary"
	"math/bits"
)

// MaxDepth is the maximum nesting depth of objects and arrays in a line. Deliveries have two or three levels; several recursive JSON
// parsers stop at a thousand.
const MaxDepth = 500

// expected is what may come next in a JSON text.
type expected int

const (
	expectValue expected = iota
	expectValueOrEnd
	expectKey
	expectKeyOrEnd
	expectColon
	expectCommaOrEnd
	expectEnd
)

// Compact validates a JSON text (RFC 8259) and removes the white space between its tokens. A text without white space is returned as
// it is. It does the same as json.Compact, which takes four times as long: a fifth of the time of a delivery.
func Compact(text []byte) (value []byte, ok bool) { return compact(text, MaxDepth) }

// CompactPayload is Compact for a payload, which is nested one level deeper in its line.
func CompactPayload(text []byte) (value []byte, ok bool) { return compact(text, MaxDepth-1) }

func compact(text []byte, depth int) (value []byte, ok bool) {
	var open []byte // the brackets that are not closed yet
	copied := 0     // length of text that is in value; 0 until the first white space
	next := expectValue
	for i := 0; i < len(text); {
		c := text[i]
		if isSpace(c) {
			value = append(value, text[copied:i]...)
			for i < len(text) && isSpace(text[i]) {
				i++
			}
			copied = i
			continue
		}
		end := i + 1
		switch {
		case (next == expectKey || next == expectKeyOrEnd) && c == '"':
			end, next = checkedStringEnd(text, i), expectColon
		case next == expectColon && c == ':':
			next = expectValue
		case next == expectCommaOrEnd && c == ',':
			if next = expectValue; open[len(open)-1] == '{' {
				next = expectKey
			}
		case (next == expectCommaOrEnd || next == expectKeyOrEnd) && c == '}' && open[len(open)-1] == '{',
			(next == expectCommaOrEnd || next == expectValueOrEnd) && c == ']' && open[len(open)-1] == '[':
			open = open[:len(open)-1]
			next = afterValue(open)
		case next == expectValue || next == expectValueOrEnd:
			switch c {
			case '{', '[':
				if len(open) == depth {
					return nil, false
				}
				open = append(open, c)
				if next = expectKeyOrEnd; c == '[' {
					next = expectValueOrEnd
				}
			case '"':
				end, next = checkedStringEnd(text, i), afterValue(open)
			default:
				end, next = literalEnd(text, i), afterValue(open)
			}
		default:
			return nil, false
		}
		if end < 0 {
			return nil, false
		}
		i = end
	}
	if next != expectEnd {
		return nil, false
	}
	if copied == 0 {
		return text, true
	}
	return append(value, text[copied:]...), true
}

// afterValue returns what may follow a value.
func afterValue(open []byte) expected {
	if len(open) == 0 {
		return expectEnd
	}
	return expectCommaOrEnd
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// checkedStringEnd returns the index after the string that begins at start, -1 if it is not valid.
func checkedStringEnd(text []byte, start int) int {
	for i := nextSpecial(text, start+1); i < len(text); i = nextSpecial(text, i+1) {
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c < ' ':
			return -1
		}
		if i++; i == len(text) { // after a backslash
			return -1
		}
		switch text[i] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		case 'u':
			if len(text) < i+5 || !isHex(text[i+1:i+5]) {
				return -1
			}
			i += 4
		default:
			return -1
		}
	}
	return -1
}

// nextSpecial returns the index of the first quote, backslash or control character from i on, the length if there is none. It checks
// eight bytes at a time: the subtraction borrows into the highest bit of each byte that is too small. Bytes after the first match may
// be false positives.
func nextSpecial(text []byte, i int) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(text); i += 8 {
		word := binary.LittleEndian.Uint64(text[i:])
		quote, backslash := word^each*'"', word^each*'\\'
		found := (word - each*' ') &^ word
		found |= (quote - each) &^ quote
		found |= (backslash - each) &^ backslash
		if found &= high; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(text) && text[i] >= ' ' && text[i] != '"' && text[i] != '\\' {
		i++
	}
	return i
}

func isHex(text []byte) bool {
	for _, c := range text {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}

// literalEnd returns the index after the number, true, false or null that begins at start, -1 if it is not valid.
func literalEnd(text []byte, start int) int {
	for _, word := range []string{"true", "false", "null"} {
		if end := start + len(word); end <= len(text) && string(text[start:end]) == word {
			return end
		}
	}
	return numberEnd(text, start)
}

// numberEnd returns the index after the number that begins at start, -1 if it is not valid.
func numberEnd(text []byte, start int) int {
	i := start
	if i < len(text) && text[i] == '-' {
		i++
	}
	whole := digitsEnd(text, i)
	if whole == i || text[i] == '0' && whole > i+1 {
		return -1
	}
	i = whole
	if i < len(text) && text[i] == '.' {
		fraction := digitsEnd(text, i+1)
		if fraction == i+1 {
			return -1
		}
		i = fraction
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		exponent := digitsEnd(text, i)
		if exponent == i {
			return -1
		}
		i = exponent
	}
	return i
}

func digitsEnd(text []byte, i int) int {
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return i
}
