package store

import "bytes"

// replaceSurrogates returns a JSON text in which U+FFFD stands for each half of a surrogate pair: an escape such as \ud83d that
// no other half follows. JSON allows them, but they are no character, and DuckDB refuses them. The length stays the same.
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
			i++ // of another escape, its character
		}
	}
	return replaced
}

// isHalf reports whether \ud and a digit between two stand at i in a sound JSON text.
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
