package main

import (
	"regexp"
	"strings"
	"unicode"
)

// A piece is the least of SQL that a ; cannot divide: a comment, something in quotes, a word, else one byte.
type piece int

const (
	codePiece piece = iota
	commentPiece
	quotedPiece
	openPiece // a quote or a comment that does not end
)

var dollarTag = regexp.MustCompile(`^\$([\pL_][\pL\pN_]*)?\$`)

// firstPiece tells what text begins with and how long it is.
func firstPiece(text string) (length int, kind piece) {
	switch c := text[0]; {
	case strings.HasPrefix(text, "--"):
		return upTo(text, "\n"), commentPiece
	case strings.HasPrefix(text, "/*"):
		return blockComment(text)
	case c == '\'', c == '"': // one that is doubled within ends a piece and begins the next
		return closedBy(text, 1, string(c))
	case strings.HasPrefix(text, "e'"), strings.HasPrefix(text, "E'"):
		return escapedString(text)
	case c == '$':
		if tag := dollarTag.FindString(text); tag != "" {
			return closedBy(text, len(tag), tag)
		}
	case isWord(rune(c)) || c >= 0x80:
		rest := strings.TrimLeftFunc(text, func(r rune) bool { return isWord(r) || r == '$' })
		return max(len(text)-len(rest), 1), codePiece
	}
	return 1, codePiece
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func upTo(text, end string) int {
	if i := strings.Index(text, end); i >= 0 {
		return i
	}
	return len(text)
}

func closedBy(text string, from int, end string) (int, piece) {
	i := strings.Index(text[from:], end)
	if i < 0 {
		return len(text), openPiece
	}
	return from + i + len(end), quotedPiece
}

func escapedString(text string) (int, piece) {
	for i := len("e'"); i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\'':
			return i + 1, quotedPiece
		}
	}
	return len(text), openPiece
}

// blockComment may hold others.
func blockComment(text string) (int, piece) {
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
			return i + 1, commentPiece
		}
	}
	return len(text), openPiece
}

// split divides text into its statements, without their ;. It is finished when nothing but blanks and comments is left over.
func split(text string) (statements []string, finished bool) {
	begin, blank := 0, true
	for at := 0; at < len(text); {
		length, kind := firstPiece(text[at:])
		one := text[at : at+length]
		at += length
		switch {
		case kind == openPiece:
			return statements, false
		case kind == codePiece && one == ";":
			if !blank {
				statements = append(statements, text[begin:at-1])
			}
			begin, blank = at, true
		case kind != commentPiece && strings.TrimSpace(one) != "":
			blank = false
		}
	}
	return statements, blank
}

// oneLine is the same SQL in one line, to be had again from the history; ok is false when a quote goes over lines.
func oneLine(text string) (line string, ok bool) {
	var b strings.Builder
	for len(text) > 0 {
		length, kind := firstPiece(text)
		one := text[:length]
		text = text[length:]
		switch {
		case kind != codePiece && kind != commentPiece && strings.Contains(one, "\n"):
			return "", false
		case kind == commentPiece || strings.TrimSpace(one) == "":
			if !strings.HasSuffix(b.String(), " ") {
				b.WriteByte(' ')
			}
		default:
			b.WriteString(one)
		}
	}
	return strings.TrimSpace(b.String()), true
}
