package notify

import (
	"net/textproto"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/unicode/norm"
)

// named sets the headers of an attached file, because go-mail writes a name that is not ASCII as an encoded-word within quotes, which
// RFC 2047 forbids: strict readers show it as it is written. The name is given as RFC 2231 says, and in ASCII for readers that do not
// know that form.
func named(name, disposition, contentType string) gomail.FileOption {
	return func(f *gomail.File) {
		f.Name = name
		f.Header = textproto.MIMEHeader{}
		f.Header.Set("Content-Type", contentType+nameParameter("name", name))
		f.Header.Set("Content-Disposition", disposition+nameParameter("filename", name))
	}
}

// nameParameter returns a parameter with a name, as lines of their own, which keeps the longest name below the 998 bytes of a line.
// The exact name comes first, because Python's parser takes the first of the two.
func nameParameter(key, name string) (parameter string) {
	ascii := asciiName(name)
	if ascii != name {
		parameter = ";\r\n " + key + "*=UTF-8''" + percentEncode(name)
	}
	return parameter + ";\r\n " + key + `="` + ascii + `"`
}

// asciiName returns a name in ASCII: letters without accents, and _ for other characters and for those that readers are known to
// misread within quotes.
func asciiName(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(strings.ToValidUTF8(name, "_")) {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Mc, unicode.Cf): // an accent, a vowel sign, or invisible
		case r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r):
			if !gap {
				b.WriteByte('_')
			}
			gap = true
		default:
			b.WriteRune(r)
			gap = false
		}
	}
	return b.String()
}

// percentEncode encodes all but the characters that RFC 5987 allows, which are fewer than those of RFC 2231.
func percentEncode(name string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if c < 0x80 && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) || strings.IndexByte("!#$&+-.^_`|~", c) >= 0) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
