package collector

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// source is a Source ready to compare with.
type source struct {
	name    string
	hashes  [][sha256.Size]byte // of its tokens, so that comparing takes the same time for any length
	allow   []netip.Prefix
	places  chan struct{} // full when as many requests as may are being stored; of one source, so that it holds up no other
	metrics sourceMetrics
}

func newSource(s Source, places int, m *metrics) *source {
	ready := &source{name: s.Name, allow: s.Allow, places: make(chan struct{}, places), metrics: m.of(s.Name)}
	for _, token := range s.Tokens {
		ready.hashes = append(ready.hashes, sha256.Sum256([]byte(token)))
	}
	return ready
}

// authenticate finds the source that a request names in its path; status is 0 if it may send. A token in the path
// goes before a bearer's.
func (c *Collector) authenticate(r *http.Request, name, token string) (from *source, status int, reason string) {
	s, known := c.sources[name]
	if !known {
		return nil, http.StatusNotFound, "unknown source"
	}
	// Before the token is looked at: an address that is not allowed gets the same answer for a right and a wrong one.
	if len(s.allow) > 0 && !contains(s.allow, c.clientAddress(r)) {
		return s, http.StatusForbidden, "address not allowed"
	}
	if token == "" {
		token = bearer(r)
	}
	if !s.accepts(token) {
		return s, http.StatusUnauthorized, "wrong or missing token"
	}
	return s, 0, ""
}

func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// accepts compares with every token, in time that does not depend on where they differ.
func (s *source) accepts(token string) bool {
	hash := sha256.Sum256([]byte(token))
	match := 0
	for i := range s.hashes {
		match |= subtle.ConstantTimeCompare(hash[:], s.hashes[i][:])
	}
	return match == 1 && token != ""
}

// enter waits so long for a place among the source's requests being stored; leave gives it back.
func (s *source) enter(ctx context.Context, wait time.Duration) bool {
	select {
	case s.places <- struct{}{}:
		return true
	default:
	}
	waiting, stop := context.WithTimeout(ctx, wait)
	defer stop()
	select {
	case s.places <- struct{}{}:
		return true
	case <-waiting.Done():
		return false
	}
}

func (s *source) leave() { <-s.places }
