package store

import (
	"strings"

	"callsheet/internal/sqltoken"
)

// searchable returns a statement without what its comments and string literals say. A statement with an escape string is returned
// whole, since tokens do not show how far it goes: DuckDB reads a literal on the next line as part of it, with escapes too.
func searchable(statement string) string {
	var b strings.Builder
	for token := range sqltoken.All(statement) {
		switch {
		case token.Kind == sqltoken.EscapeString:
			return statement
		case token.Kind == sqltoken.Comment:
			b.WriteByte(' ')
		case token.Kind == sqltoken.Quoted && token.Text[0] == '\'':
			b.WriteString("''")
		default:
			b.WriteString(token.Text)
		}
	}
	return b.String()
}

// hasSemicolon reports whether a statement has a ; outside of quotes and comments or, with an escape string, anywhere.
func hasSemicolon(statement string) bool {
	for token := range sqltoken.All(statement) {
		if token.Text == ";" || token.Kind == sqltoken.EscapeString && strings.Contains(statement, ";") {
			return true
		}
	}
	return false
}

func isGap(token sqltoken.Token) bool {
	return token.Kind == sqltoken.Space || token.Kind == sqltoken.Comment
}

// isBlank reports whether a text has no statement.
func isBlank(text string) bool { return trimEnd(text) == "" }

// trimEnd returns a statement without the ; at its end and what follows it.
func trimEnd(statement string) string {
	end, pos := 0, 0
	for token := range sqltoken.All(statement) {
		pos += len(token.Text)
		if !isGap(token) && token.Text != ";" {
			end = pos
		}
	}
	return statement[:end]
}

// firstWord returns the keyword that a statement begins with, in lower case, behind any parentheses.
func firstWord(statement string) string {
	for token := range sqltoken.All(statement) {
		if !isGap(token) && token.Text != "(" {
			word, _ := cutWord(token.Text)
			return word
		}
	}
	return ""
}

// cutWord returns the word that a text begins with, in lower case, and the rest; empty if it begins with something else.
func cutWord(text string) (word, rest string) {
	for token := range sqltoken.All(text) {
		text = text[len(token.Text):]
		if !isGap(token) {
			if token.Kind == sqltoken.Word {
				word = strings.ToLower(token.Text)
			}
			break
		}
	}
	return word, text
}

// cutOptions returns what follows the options of EXPLAIN, in parentheses, that a text begins with.
func cutOptions(text string) (rest string, ok bool) {
	opened := false
	for token := range sqltoken.All(text) {
		text = text[len(token.Text):]
		switch {
		case isGap(token):
		case !opened:
			if token.Text != "(" {
				return "", false
			}
			opened = true
		case token.Text == ")":
			return text, true
		case token.Kind != sqltoken.Word && token.Text != ",":
			return "", false
		}
	}
	return "", false
}

// parenthesize makes a statement part of another.
func parenthesize(statement string) string { return "(\n" + trimEnd(statement) + "\n)" }
