package spool

import (
	"bytes"
	"encoding/json"
	"iter"
)

// Members yields the unquoted keys of a valid JSON object and the text of each value.
func Members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		WalkObject(object, skipSpace(object, 0), func(key []byte, start int) (end int) {
			end = ValueEnd(object, start)
			if !yield(key, object[start:end]) {
				return -1
			}
			return end
		})
	}
}

// Elements yields the text of each element of a valid JSON array.
func Elements(array []byte) iter.Seq[[]byte] {
	return func(yield func(element []byte) bool) {
		for i := skipSpace(array, 1); i < len(array) && array[i] != ']'; {
			end := ValueEnd(array, i)
			if !yield(array[i:end]) {
				return
			}
			if i = skipSpace(array, end); i < len(array) && array[i] == ',' {
				i = skipSpace(array, i+1)
			}
		}
	}
}

// Scalars yields the elements of a valid JSON array, and of arrays in it; any other value is yielded itself.
func Scalars(value []byte) iter.Seq[[]byte] {
	return func(yield func(one []byte) bool) {
		for i := 0; i < len(value); i++ {
			switch value[i] {
			case '[', ']', ',', ' ', '\t', '\r', '\n':
				continue
			}
			end := ValueEnd(value, i)
			if !yield(value[i:end]) {
				return
			}
			i = end - 1
		}
	}
}

// WalkObject calls member with each unquoted key of the object that begins at start in a valid JSON text, and with the index of its
// value. member returns the index after the value, from ValueEnd or a nested WalkObject, or -1 to stop. WalkObject returns the index
// after the object.
func WalkObject(text []byte, start int, member func(key []byte, start int) (end int)) (end int) {
	i := skipSpace(text, start+1)
	for i < len(text) && text[i] == '"' {
		end := stringEnd(text, i)
		key := text[i+1 : end-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key = []byte(Text(text[i:end]))
		}
		i = member(key, skipSpace(text, skipSpace(text, end)+1)) // over the colon
		if i < 0 {
			return i
		}
		if i = skipSpace(text, i); i < len(text) && text[i] == ',' {
			i = skipSpace(text, i+1)
		}
	}
	return i + 1
}

// Text returns the content of a JSON string, "" for null, and the text of any other value.
func Text(value []byte) string {
	switch {
	case len(value) > 0 && value[0] == '"':
		if bytes.IndexByte(value, '\\') < 0 {
			return string(value[1 : len(value)-1])
		}
		var text string
		json.Unmarshal(value, &text) // a valid string never fails; a lone surrogate becomes U+FFFD
		return text
	case string(value) == "null":
		return ""
	}
	return string(value)
}

// ValueEnd returns the index after the valid value that begins at start.
func ValueEnd(text []byte, start int) int {
	depth := 0
	for i := start; i < len(text); i++ {
		switch text[i] {
		case '"':
			if i = stringEnd(text, i) - 1; depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i // of the object around a literal
			}
			if depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// stringEnd returns the index after the valid string that begins at start.
func stringEnd(text []byte, start int) int {
	for i := nextSpecial(text, start+1); i < len(text); i = nextSpecial(text, i+1) {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(text)
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && isSpace(text[i]) {
		i++
	}
	return i
}

// QuoteNumbers turns the numbers in a JSON text into strings. A reader that parses JSON numbers as doubles would drop the last digit
// of 1672649960.9604120. A text without numbers is returned as it is.
func QuoteNumbers(text []byte) []byte {
	var quoted []byte
	copied := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			i = stringEnd(text, i) - 1
		case c == '-' || '0' <= c && c <= '9':
			end := i + 1
			for end < len(text) && isNumberByte(text[end]) {
				end++
			}
			quoted = append(quoted, text[copied:i]...)
			quoted = append(quoted, '"')
			quoted = append(quoted, text[i:end]...)
			quoted = append(quoted, '"')
			copied, i = end, end-1
		}
	}
	if quoted == nil {
		return text
	}
	return append(quoted, text[copied:]...)
}

func isNumberByte(c byte) bool {
	return '0' <= c && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'
}
