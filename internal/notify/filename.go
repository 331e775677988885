package notify

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"callsheet/internal/lazyregexp"
)

// placeholders can be used in braces in file names, subjects and links.
var placeholders = []string{"report", "title", "period", "part", "filters"}

// CheckPattern returns an error if a pattern has an unknown placeholder.
func CheckPattern(pattern string) error {
	for rest := pattern; ; {
		_, after, found := strings.Cut(rest, "{")
		if !found {
			return nil
		}
		field, after, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(placeholders, field) {
			return fmt.Errorf("unknown placeholder {%s}\nhint: available: {%s}", field, strings.Join(placeholders, "}, {"))
		}
		rest = after
	}
}

// CheckName returns an error if a pattern of file names is invalid on some system. A value may be anything: SafeName makes it valid.
func CheckName(pattern string) error {
	if pattern == "" {
		return nil
	}
	if err := CheckPattern(pattern); err != nil {
		return err
	}
	sample := Message{Report: "x", Title: "x", Period: "x", Part: "x", Filters: "x"}.expand(pattern, plain)
	for element := range strings.SplitSeq(sample, "/") {
		switch {
		case element == "" || element == "." || element == "..":
			return fmt.Errorf("name %q has an empty folder, . or ..\nhint: the name begins below the folder or bucket, and / separates folders", pattern)
		case strings.ContainsFunc(element, isInvalidInName):
			return fmt.Errorf("name %q: \\ : * ? \" < > | and control characters are invalid on Windows and on many shares\nhint: use - or _", pattern)
		case strings.TrimRight(element, ". ") != element:
			return fmt.Errorf("name %q: Windows and many shares remove a dot or space at the end of a name\nhint: remove it", pattern)
		case deviceName().MatchString(element):
			return fmt.Errorf("name %q: %s is the name of a device on Windows\nhint: use another", pattern, element)
		}
	}
	return nil
}

func isInvalidInName(r rune) bool {
	return unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r)
}

// expand replaces the placeholders of a pattern by the message's values, each passed through escape.
func (m Message) expand(pattern string, escape func(string) string) string {
	return strings.NewReplacer("{report}", escape(m.Report), "{title}", escape(m.Title), "{period}", escape(m.Period),
		"{part}", escape(m.Part), "{filters}", escape(m.filterWords())).Replace(pattern)
}

const allCalls = "all calls"

// filterWords describes the filters, or the part if there are none.
func (m Message) filterWords() string {
	switch {
	case m.Filters != "":
		return m.Filters
	case m.Part != "":
		return "only " + m.Part
	}
	return allCalls
}

func plain(text string) string { return text }

// inNames returns the message with its values as they are in file names.
func (m Message) inNames() Message {
	m.Report, m.Title, m.Period, m.Part = SafeName(m.Report), SafeName(m.Title), SafeName(m.Period), cmp.Or(m.PartName, SafeName(m.Part))
	m.Filters = SafeName(m.Filters)
	return m
}

// ExpandLink replaces the placeholders of a link by the values as they are in file names.
func (m Message) ExpandLink(link string) string {
	expanded := m.inNames().expand(link, url.PathEscape)
	if name, isWorkbook := strings.CutSuffix(expanded, ".xlsx"); isWorkbook {
		return name + url.PathEscape(m.Variant) + ".xlsx"
	}
	return expanded
}

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

// expandName returns the name for a pattern with the values as they are: those of inNames.
func (m Message) expandName(pattern string) string {
	name := m.expand(m.namePattern(pattern), plain)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + m.Variant + ext
}

// fileName returns the workbook's name for a pattern; / separates folders.
func (m Message) fileName(pattern string) string {
	elements := strings.Split(m.inNames().expandName(pattern), "/")
	for i, element := range elements {
		element = strings.TrimRight(element, ". ")
		ext := path.Ext(element)
		if i < len(elements)-1 || len(ext) > maxExtLength {
			ext = ""
		}
		name := strings.TrimSuffix(element, ext)
		if deviceName().MatchString(name) { // made of the pattern and a value
			name = withHash("_"+name, name, maxPartLength)
		}
		elements[i] = TruncateName(name, ext)
	}
	return strings.Join(elements, "/")
}

const (
	maxPartLength = 100 // of a value in a file name, in bytes
	maxNameLength = 255 // of a file name, in bytes: the limit of common file systems, where Windows counts 255 UTF-16 units
	maxExtLength  = 20
)

// deviceName matches names that Windows takes for those of devices, with any extension.
var deviceName = lazyregexp.New(`(?i)^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)`)

// hashedName matches names that end like those made by withHash.
var hashedName = lazyregexp.New(`(?i)-[0-9a-f]{8}$`)

// SafeName sanitizes a text for use in a file name on any system. Different texts get different names: a text that had to be changed
// gets a hash suffix. Names that differ only in case, or in characters that some file systems ignore, are left to UniqueNames.
func SafeName(text string) string {
	safe := strings.Trim(strings.Map(func(r rune) rune {
		if isInvalidInName(r) {
			return '_'
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(text, "_"))), ". ")
	if deviceName().MatchString(safe) {
		safe = "_" + safe
	}
	if safe != text || len(safe) > maxPartLength || hashedName().MatchString(safe) {
		safe = withHash(safe, text, maxPartLength)
	}
	return safe
}

// UniqueNames returns the safe names of those texts that SafeName leaves alike on a file system that ignores case, the form of Unicode
// or invisible characters. Each gets a hash suffix, whichever of them are used together, so that none takes the file of another.
func UniqueNames(texts []string) map[string]string {
	alike := map[string]map[string]bool{}
	for _, text := range texts {
		key := foldName(SafeName(text))
		if alike[key] == nil {
			alike[key] = map[string]bool{}
		}
		alike[key][text] = true
	}
	names := map[string]string{}
	for _, group := range alike {
		for text := range group {
			if safe := SafeName(text); len(group) > 1 && safe == text {
				names[text] = withHash(safe, text, maxPartLength)
			}
		}
	}
	return names
}

// foldName returns the same text for names that some file system takes for the same.
func foldName(name string) string {
	visible := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return -1
		}
		return r
	}, name)
	return norm.NFC.String(cases.Fold().String(norm.NFD.String(visible)))
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
