package collector

// maxDepth is how deep objects and arrays may be nested; encoding/json draws the line there too.
const maxDepth = 10_000

// What may come next in a JSON text.
type expected int

const (
	aValue expected = iota
	aValueOrEnd
	aKey
	aKeyOrEnd
	aColon
	aCommaOrEnd
	nothing
)

// compact checks a JSON text (RFC 8259) and takes out the space between its tokens; the rest stays as it is. A text
// without such space is returned itself. It does the same as json.Compact in a quarter of the time, which was a fifth of
// what a delivery cost.
func compact(text []byte) (value []byte, ok bool) {
	var open []byte // the brackets that are not closed yet
	copied := 0     // how much of text is in value; nothing of it when there was no space yet
	next := aValue
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
		case (next == aKey || next == aKeyOrEnd) && c == '"':
			end, next = stringEnd(text, i), aColon
		case next == aColon && c == ':':
			next = aValue
		case next == aCommaOrEnd && c == ',':
			if next = aValue; open[len(open)-1] == '{' {
				next = aKey
			}
		case (next == aCommaOrEnd || next == aKeyOrEnd) && c == '}' && open[len(open)-1] == '{',
			(next == aCommaOrEnd || next == aValueOrEnd) && c == ']' && open[len(open)-1] == '[':
			open = open[:len(open)-1]
			next = behind(open)
		case next == aValue || next == aValueOrEnd:
			switch c {
			case '{', '[':
				if len(open) == maxDepth {
					return nil, false
				}
				open = append(open, c)
				if next = aKeyOrEnd; c == '[' {
					next = aValueOrEnd
				}
			case '"':
				end, next = stringEnd(text, i), behind(open)
			default:
				end, next = wordEnd(text, i), behind(open)
			}
		default:
			return nil, false
		}
		if end < 0 {
			return nil, false
		}
		i = end
	}
	if next != nothing {
		return nil, false
	}
	if copied == 0 {
		return text, true
	}
	return append(value, text[copied:]...), true
}

// behind is what may come behind a value.
func behind(open []byte) expected {
	if len(open) == 0 {
		return nothing
	}
	return aCommaOrEnd
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// stringEnd is the index behind the string that begins at start, -1 if it is none.
func stringEnd(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c < ' ':
			return -1
		case c == '\\':
			if i++; i == len(text) {
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
	}
	return -1
}

func isHex(text []byte) bool {
	for _, c := range text {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}

// wordEnd is the index behind the number, true, false or null that begins at start, -1 if it is none of them.
func wordEnd(text []byte, start int) int {
	for _, word := range []string{"true", "false", "null"} {
		if end := start + len(word); end <= len(text) && string(text[start:end]) == word {
			return end
		}
	}
	return numberEnd(text, start)
}

// numberEnd is the index behind the number that begins at start, -1 if it is none.
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
