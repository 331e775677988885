package shell

import (
	"regexp"
	"strings"
	"unicode"
)

// tokenKind tells the tokens apart in which a ; ends no statement.
type tokenKind int

const (
	codeToken tokenKind = iota // a word, or any other single byte
	commentToken
	quotedToken
	unterminatedToken // a quote or a comment without an end
)

var dollarTag = regexp.MustCompile(`^\$([\pL_][\pL\pN_]*)?\$`)

// nextToken returns the length and the kind of the first token of text, which must not be empty.
func nextToken(text string) (length int, kind tokenKind) {
	switch c := text[0]; {
	case strings.HasPrefix(text, "--"):
		return indexOrEnd(text, "\n"), commentToken
	case strings.HasPrefix(text, "/*"):
		return blockComment(text)
	case c == '\'', c == '"': // a doubled quote ends one token and begins the next
		return quoted(text, 1, string(c))
	case strings.HasPrefix(text, "e'"), strings.HasPrefix(text, "E'"):
		return escapeString(text)
	case c == '$':
		if tag := dollarTag.FindString(text); tag != "" {
			return quoted(text, len(tag), tag)
		}
	case isWordRune(rune(c)) || c >= 0x80:
		rest := strings.TrimLeftFunc(text, func(r rune) bool { return isWordRune(r) || r == '$' })
		return max(len(text)-len(rest), 1), codeToken
	}
	return 1, codeToken
}

func isWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func indexOrEnd(text, substr string) int {
	if i := strings.Index(text, substr); i >= 0 {
		return i
	}
	return len(text)
}

// quoted returns the token that ends with the next end from an offset on.
func quoted(text string, from int, end string) (int, tokenKind) {
	i := strings.Index(text[from:], end)
	if i < 0 {
		return len(text), unterminatedToken
	}
	return from + i + len(end), quotedToken
}

// escapeString returns the token of a string with backslash escapes.
func escapeString(text string) (int, tokenKind) {
	for i := len("e'"); i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\'':
			return i + 1, quotedToken
		}
	}
	return len(text), unterminatedToken
}

// blockComment returns the token of a comment, which may be nested.
func blockComment(text string) (int, tokenKind) {
	depth := 0
	for i := 0; i+1 < len(text); i++ {
		switch text[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
		}
		if depth == 0 {
			return i + 1, commentToken
		}
	}
	return len(text), unterminatedToken
}

// splitStatements splits text into its statements, without their ;. It is complete when only blanks and comments are left over.
func splitStatements(text string) (statements []string, complete bool) {
	begin, blank := 0, true
	for pos := 0; pos < len(text); {
		length, kind := nextToken(text[pos:])
		token := text[pos : pos+length]
		pos += length
		switch {
		case kind == unterminatedToken:
			return statements, false
		case kind == codeToken && token == ";":
			if !blank {
				statements = append(statements, text[begin:pos-1])
			}
			begin, blank = pos, true
		case kind != commentToken && strings.TrimSpace(token) != "":
			blank = false
		}
	}
	return statements, blank
}

// singleLine returns the same SQL on one line, for the history; ok is false when a quote spans lines.
func singleLine(text string) (line string, ok bool) {
	var b strings.Builder
	for len(text) > 0 {
		length, kind := nextToken(text)
		token := text[:length]
		text = text[length:]
		switch {
		case kind != codeToken && kind != commentToken && strings.Contains(token, "\n"):
			return "", false
		case kind == commentToken || strings.TrimSpace(token) == "":
			if !strings.HasSuffix(b.String(), " ") {
				b.WriteByte(' ')
			}
		default:
			b.WriteString(token)
		}
	}
	return strings.TrimSpace(b.String()), true
}
