package notify

import (
	"cmp"
	"fmt"
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

// parseAddress parses a mail address, with or without a name. Its domain is in ASCII then: bücher.example is xn--bcher-kva.example.
func parseAddress(text string) (*mail.Address, error) {
	address, err := mail.ParseAddress(text)
	if err != nil {
		return nil, err
	}
	at := strings.LastIndex(address.Address, "@")
	local, domain := address.Address[:at], address.Address[at+1:]
	if !isASCII(domain) {
		if domain, err = idna.Lookup.ToASCII(domain); err != nil {
			return nil, err
		}
	}
	if address.Address = local + "@" + domain; len(local) > 64 || len(domain) > 255 { // RFC 5321, 4.5.3.1
		return nil, fmt.Errorf("the address is longer than mail servers accept")
	}
	return address, nil
}

// domainOf returns the domain of a parsed address.
func domainOf(address string) string { return address[strings.LastIndex(address, "@")+1:] }

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 127 })
}

// envelope returns a parsed address as it is written in MAIL and RCPT: the part before the @ is quoted where it has to be.
func envelope(address *mail.Address) string {
	written := (&mail.Address{Address: address.Address}).String()
	return strings.TrimSuffix(strings.TrimPrefix(written, "<"), ">")
}
