package notify

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Placeholders can be used in braces in file names, subjects and links.
var Placeholders = []string{"report", "title", "period", "part", "filters"}

// CheckPattern returns an error if a pattern has an unknown placeholder.
func CheckPattern(pattern string) error {
	for rest := pattern; ; {
		_, after, found := strings.Cut(rest, "{")
		if !found {
			return nil
		}
		field, after, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(Placeholders, field) {
			return fmt.Errorf("unknown placeholder {%s}\nhint: available: {%s}", field, strings.Join(Placeholders, "}, {"))
		}
		rest = after
	}
}

// expand replaces the placeholders of a pattern by the message's values, each passed through clean.
func (m Message) expand(pattern string, clean func(string) string) string {
	return strings.NewReplacer("{report}", clean(m.Report), "{title}", clean(m.Title), "{period}", clean(m.Period),
		"{part}", clean(m.Part), "{filters}", clean(cmp.Or(m.Filters, "all calls"))).Replace(pattern)
}

// ExpandLink replaces the placeholders of a link.
func (m Message) ExpandLink(link string) string { return m.expand(link, url.PathEscape) }

// namePattern returns the configured pattern of the workbook's name, or the default.
func (m Message) namePattern(configured string) string {
	switch {
	case configured != "":
		return configured
	case m.Part != "":
		return "{report}-{period}-{part}.xlsx"
	}
	return "{report}-{period}.xlsx"
}

// fileName returns the workbook's name for a pattern; / separates folders.
func (m Message) fileName(pattern string) string {
	elements := strings.Split(m.expand(m.namePattern(pattern), SafeName), "/")
	for i, element := range elements {
		ext := ""
		if i == len(elements)-1 {
			ext = path.Ext(element)
		}
		elements[i] = TruncateName(strings.TrimSuffix(element, ext), ext)
	}
	return strings.Join(elements, "/")
}

const (
	maxPartLength = 100 // of a value in a file name, in bytes
	maxNameLength = 255 // of a file name, in bytes: the limit of common file systems
)

// reservedName matches device names of Windows, and names that end like those made by withHash.
var reservedName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)|-[0-9a-f]{8}$`)

// SafeName sanitizes a text for use in a file name on any system. Different texts get different names, also on file systems that
// normalize Unicode: a text that had to be changed gets a hash suffix.
func SafeName(text string) string {
	safe := strings.TrimRight(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(text, "_"))), ". ")
	safe = strings.TrimLeft(safe, ". ")
	if safe != text || len(safe) > maxPartLength || reservedName.MatchString(safe) {
		safe = withHash(safe, text, maxPartLength)
	}
	return safe
}

// TruncateName returns a file name with its extension, truncated to what file systems allow. A truncated name gets a hash suffix.
func TruncateName(name, ext string) string {
	if len(name)+len(ext) > maxNameLength {
		name = withHash(name, name, maxNameLength-len(ext)-9)
	}
	return name + ext
}

// withHash truncates a name to limit bytes and appends part of the hash of text.
func withHash(name, text string, limit int) string {
	if len(name) > limit {
		name = strings.ToValidUTF8(name[:max(limit, 0)], "")
	}
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%s-%x", name, sum[:4])
}
