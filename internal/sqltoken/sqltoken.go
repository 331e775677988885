// Package sqltoken splits SQL into tokens by the rules of DuckDB's lexer, as far as comments, quotes, parameters and the ends of
// statements need it.
package sqltoken

import (
	"iter"
	"strings"
	"unicode/utf8"

	"callsheet/internal/lazyregexp"
)

// Kind is what a token is.
type Kind int

const (
	Symbol       Kind = iota // any other single character
	Space                    // a run of white space
	Comment                  // -- to the end of its line, without the line break, or /* */, which nests
	Word                     // a keyword or an unquoted identifier
	Number                   // a run of digits
	Parameter                // $name
	Quoted                   // '', "" or $$ $$; a doubled quote inside ends one token and begins the next
	EscapeString             // e'' with backslash escapes
	Unterminated             // a quote or a block comment without an end
)

// Token is a piece of SQL. The tokens of a text, joined, are the text.
type Token struct {
	Kind Kind
	Text string
}

// All splits a text into its tokens.
func All(sql string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		for len(sql) > 0 {
			length, kind := first(sql)
			if !yield(Token{kind, sql[:length]}) {
				return
			}
			sql = sql[length:]
		}
	}
}

// StripComments replaces each comment by a space.
func StripComments(sql string) string {
	var b strings.Builder
	for token := range All(sql) {
		if token.Kind == Comment {
			b.WriteByte(' ')
		} else {
			b.WriteString(token.Text)
		}
	}
	return b.String()
}

// DuckDB's lexer works on bytes: all but ASCII is part of identifiers, except the spaces of Unicode.
var (
	space     = lazyregexp.New(`^[ \t\n\r\f\v\x{A0}\x{2000}-\x{200D}\x{202F}\x{205F}\x{2060}\x{3000}\x{FEFF}]+`)
	dollarTag = lazyregexp.New(`^\$([A-Za-z_\x{80}-\x{10FFFF}][0-9A-Za-z_\x{80}-\x{10FFFF}]*)?\$`)
)

// first returns the length and the kind of the first token of a text, which must not be empty.
func first(sql string) (length int, kind Kind) {
	c := sql[0]
	switch {
	case strings.HasPrefix(sql, "--"):
		if end := strings.IndexAny(sql, "\n\r"); end >= 0 {
			return end, Comment
		}
		return len(sql), Comment
	case strings.HasPrefix(sql, "/*"):
		return blockComment(sql)
	case c == '\'' || c == '"':
		return quoted(sql, 1, string(c))
	case strings.HasPrefix(sql, "e'"), strings.HasPrefix(sql, "E'"):
		return escapeString(sql)
	case c == '$':
		if tag := dollarTag().FindString(sql); tag != "" {
			return quoted(sql, len(tag), tag)
		}
		if n := word(sql[1:], isNameByte); n > 0 && !isDigit(sql[1]) {
			return 1 + n, Parameter
		}
	case isDigit(c):
		return word(sql, isDigit), Number
	}
	if run := space().FindString(sql); run != "" {
		return len(run), Space
	}
	if n := word(sql, func(c byte) bool { return isNameByte(c) || c == '$' && sql[0] != '$' }); n > 0 {
		return n, Word
	}
	_, size := utf8.DecodeRuneInString(sql)
	return size, Symbol
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || c >= 0x80 || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// word is the length of the run of bytes at the beginning of a text, up to a space of Unicode.
func word(sql string, belongs func(byte) bool) int {
	for i := 0; i < len(sql); i++ {
		if !belongs(sql[i]) || sql[i] >= 0x80 && space().MatchString(sql[i:]) {
			return i
		}
	}
	return len(sql)
}

// quoted returns the token that ends with the next end from an offset on.
func quoted(sql string, from int, end string) (int, Kind) {
	i := strings.Index(sql[from:], end)
	if i < 0 {
		return len(sql), Unterminated
	}
	return from + i + len(end), Quoted
}

func escapeString(sql string) (int, Kind) {
	for i := len("e'"); i < len(sql); i++ {
		switch sql[i] {
		case '\\':
			i++
		case '\'':
			return i + 1, EscapeString
		}
	}
	return len(sql), Unterminated
}

func blockComment(sql string) (int, Kind) {
	depth := 0
	for i := 0; i+1 < len(sql); i++ {
		switch sql[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
		}
		if depth == 0 {
			return i + 1, Comment
		}
	}
	return len(sql), Unterminated
}
