package remote

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/lazyregexp"
)

// RetryAfter reads the header Retry-After: seconds, or a time by the server's clock.
func RetryAfter(header http.Header) time.Duration {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 && seconds < 1e6 { // some send fractions
		return time.Duration(seconds * float64(time.Second))
	}
	until, err := http.ParseTime(text)
	now, nowErr := http.ParseTime(header.Get("Date"))
	if err != nil || nowErr != nil {
		return 0
	}
	return max(until.Sub(now), 0)
}

// webPage matches the begin of a page for people.
var webPage = lazyregexp.New(`(?i)^(\x{feff})?\s*<(!doctype html|html)[\s>]`)

// IsWebPage reports whether an answer is a page for people.
func IsWebPage(answer []byte) bool { return webPage().Match(answer) }

// Overlaps reports whether a text contains one of the secrets, or is a part of one that is long enough to be of use.
func Overlaps(text string, secrets []string) bool {
	for range 3 { // it may be escaped more than once
		lower := strings.ToLower(text)
		for _, secret := range secrets {
			secret = strings.ToLower(secret)
			if strings.Contains(lower, secret) || len(lower) >= 4 && strings.Contains(secret, lower) {
				return true
			}
		}
		text, _ = url.PathUnescape(text)
	}
	return false
}
