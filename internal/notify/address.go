package notify

import (
	"cmp"
	"net/mail"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// bareAddress returns a mail address without its display name, the domain in lower case. A text that is no address stays as it is.
func bareAddress(text string) string {
	parsed, err := mail.ParseAddress(text)
	if err != nil {
		return text
	}
	quoted := (&mail.Address{Address: parsed.Address}).String() // <address>
	at := strings.LastIndexByte(quoted, '@')
	return quoted[1:at] + strings.ToLower(quoted[at:len(quoted)-1])
}

// addressKey is equal for all ways to write the address of one person: with and without a display name, in upper and lower case, and
// with the domain in Unicode or in its ASCII form.
func addressKey(text string) string {
	address := bareAddress(text)
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return text
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		domain = address[at+1:]
	}
	return strings.ToLower(norm.NFC.String(address[:at+1]) + cmp.Or(domain, address[at+1:]))
}

// withoutDuplicates returns the first address of each person that is not in seen, and adds it to seen.
func withoutDuplicates(addresses []string, seen map[string]bool) (unique []string) {
	for _, address := range addresses {
		if key := addressKey(address); !seen[key] {
			seen[key] = true
			unique = append(unique, address)
		}
	}
	return unique
}
