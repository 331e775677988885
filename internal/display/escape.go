// Package display prepares text for a terminal or a log: it escapes control characters, formats numbers and draws progress
// bars.
package display

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes text safe for a terminal: characters that would move the cursor, colour or hide other text, or run a command of
// the terminal become Go escapes. Names and values in messages come from other people.
func Escape(text string) string { return escapeExcept(text, "") }

// EscapeLines is Escape for a message of several lines: it keeps line breaks and tabs.
func EscapeLines(text string) string { return escapeExcept(text, "\n\t") }

func escapeExcept(text, kept string) string {
	if !strings.ContainsFunc(text, isHidden) && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case strings.ContainsRune(kept, r) || !isHidden(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// isHidden reports whether a terminal acts on a character or shows nothing for it. The zero-width joiners are part of words in
// Indian scripts and of emoji.
func isHidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && r != '\u200c' && r != '\u200d'
}

// EscapingWriter applies EscapeLines to everything written; each Write must hold whole characters.
type EscapingWriter struct{ W io.Writer }

func (e EscapingWriter) Write(text []byte) (int, error) {
	_, err := io.WriteString(e.W, EscapeLines(string(text)))
	return len(text), err
}
