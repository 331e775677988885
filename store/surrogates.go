package store

import "bytes"

// replaceSurrogates replaces unpaired surrogate escapes, such as \ud83d alone, by \ufffd. JSON allows them, but DuckDB rejects
// them. The length stays the same.
func replaceSurrogates(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\ud`)) && !bytes.Contains(text, []byte(`\uD`)) {
		return text
	}
	replaced := text
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		switch {
		case isHalf(text, i, '8', 'b') && isHalf(text, i+6, 'c', 'f'):
			i += 11
		case isHalf(text, i, '8', 'f'):
			if &replaced[0] == &text[0] {
				replaced = bytes.Clone(text)
			}
			copy(replaced[i:], `\ufffd`)
			i += 5
		default:
			i++ // skip the escaped character
		}
	}
	return replaced
}

// isHalf reports whether valid JSON has at i the escape \udX, with X between from and to.
func isHalf(text []byte, i int, from, to byte) bool {
	if i+6 > len(text) || text[i] != '\\' || text[i+1] != 'u' || text[i+2]|0x20 != 'd' {
		return false
	}
	digit := text[i+3]
	if digit >= 'A' {
		digit |= 0x20
	}
	return from <= digit && digit <= to
}
