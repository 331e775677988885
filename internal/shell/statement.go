package shell

import (
	"strings"
	"unicode"

	"callsheet/internal/sqltoken"
)

func isWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// splitStatements splits text into its statements, without their ;. It is complete when only blanks and comments are left over.
func splitStatements(text string) (statements []string, complete bool) {
	begin, blank := 0, true
	pos := 0
	for token := range sqltoken.All(text) {
		pos += len(token.Text)
		switch {
		case token.Kind == sqltoken.Unterminated:
			return statements, false
		case token.Text == ";":
			if !blank {
				statements = append(statements, text[begin:pos-1])
			}
			begin, blank = pos, true
		case token.Kind != sqltoken.Comment && token.Kind != sqltoken.Space:
			blank = false
		}
	}
	return statements, blank
}

// isForLater reports whether a statement only creates a temporary object, or sets a variable, for later ones.
func isForLater(statement string) bool {
	for token := range sqltoken.All(statement) {
		if token.Kind != sqltoken.Comment && token.Kind != sqltoken.Space {
			return strings.EqualFold(token.Text, "create") || strings.EqualFold(token.Text, "set")
		}
	}
	return false
}

// singleLine returns the same SQL on one line, for the history; ok is false when a quote spans lines.
func singleLine(text string) (line string, ok bool) {
	var b strings.Builder
	for token := range sqltoken.All(text) {
		switch {
		case token.Kind == sqltoken.Comment || token.Kind == sqltoken.Space:
			if !strings.HasSuffix(b.String(), " ") {
				b.WriteByte(' ')
			}
		case strings.Contains(token.Text, "\n"):
			return "", false
		default:
			b.WriteString(token.Text)
		}
	}
	return strings.TrimSpace(b.String()), true
}
