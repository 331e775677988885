package store

import (
	"strings"

	"callsheet/internal/sqltoken"
)

// searchable returns a statement without the text of comments and string literals. A statement with an escape string is returned
// unchanged, since its end is unknown: DuckDB reads a literal on the next line as a continuation, with escapes too.
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

// hasSemicolon reports whether a statement has a semicolon outside of quotes and comments or, with an escape string, anywhere.
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

// isBlank reports whether a text has only space, comments and semicolons.
func isBlank(text string) bool { return trimEnd(text) == "" }

// trimEnd returns a statement without trailing semicolons, space and comments.
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

// firstWord returns the first keyword of a statement, or what else it begins with, in lower case, after any parentheses.
func firstWord(statement string) string {
	for token := range sqltoken.All(statement) {
		if !isGap(token) && token.Text != "(" {
			return strings.ToLower(token.Text)
		}
	}
	return ""
}

// cutWord returns the first word of a text in lower case, and the rest. word is empty if the text begins with another token.
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

// cutOptions returns the text after the parenthesized options of EXPLAIN at its beginning.
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

// parenthesize makes a statement usable as a subquery.
func parenthesize(statement string) string { return "(\n" + trimEnd(statement) + "\n)" }

// wordOffset returns where words in lower case follow each other in a statement, or -1.
func wordOffset(statement string, words ...string) int {
	begin, matched, pos := 0, 0, 0
	for token := range sqltoken.All(statement) {
		if !isGap(token) {
			word := strings.ToLower(token.Text)
			if matched > 0 && word != words[matched] {
				matched = 0
			}
			if word == words[matched] {
				if matched == 0 {
					begin = pos
				}
				if matched++; matched == len(words) {
					return begin
				}
			}
		}
		pos += len(token.Text)
	}
	return -1
}

// secondStatement returns where the second statement of a text begins, or -1.
func secondStatement(text string) int {
	first, ended, pos := false, false, 0
	for token := range sqltoken.All(text) {
		switch {
		case isGap(token):
		case token.Text == ";":
			ended = first
		case ended:
			return pos
		default:
			first = true
		}
		pos += len(token.Text)
	}
	return -1
}
