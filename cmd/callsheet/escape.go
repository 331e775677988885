package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escaped makes text safe for a terminal: what would move the cursor, colour or hide other text, or run a command of the terminal is
// shown as a Go literal has it. Names and values in messages are other people's.
func escaped(text string) string { return escapedBut(text, "") }

// escapedLines is escaped for a message, which may have several lines.
func escapedLines(text string) string { return escapedBut(text, "\n\t") }

func escapedBut(text, kept string) string {
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

// isHidden reports whether a terminal would act on a character or show nothing for it. The joiners are letters' own in Indian
// scripts and in emoji.
func isHidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && r != '\u200c' && r != '\u200d'
}

// escapingWriter escapes what is written to a terminal or a log as messages; each Write is of whole characters.
type escapingWriter struct{ w io.Writer }

func (e escapingWriter) Write(text []byte) (int, error) {
	_, err := io.WriteString(e.w, escapedLines(string(text)))
	return len(text), err
}
