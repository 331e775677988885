package notify

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestName is what a value takes of a file's name, longestFile what file systems take of all of it, in bytes.
const (
	maxPartLength = 100
	maxNameLength = 255
)

// reservedName are names that Windows keeps for devices, and names that end as one that was changed.
var reservedName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)|-[0-9a-f]{8}$`)

// SafeName makes a text fit for a part of a file's name on any system. Two texts never become one, also where the file system
// normalizes Unicode: what was changed ends in a few digits of its hash.
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

// TruncateName is a file's name and its ending, cut to what file systems take. What was cut ends in a few digits of its hash.
func TruncateName(name, ending string) string {
	if len(name)+len(ending) > maxNameLength {
		name = withHash(name, name, maxNameLength-len(ending)-9)
	}
	return name + ending
}

// withHash is a name of at most so many bytes and a few digits of the hash of the text that it stands for.
func withHash(name, text string, longest int) string {
	if len(name) > longest {
		name = strings.ToValidUTF8(name[:max(longest, 0)], "")
	}
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%s-%x", name, sum[:4])
}
