package collector

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"

	"golang.org/x/sync/semaphore"
)

// source is a Source ready to compare with.
type source struct {
	name    string
	hashes  [][sha256.Size]byte // of its tokens, so that comparing takes the same time for any length
	allow   []netip.Prefix
	metrics sourceMetrics

	// What its requests may take at once; of one source, so that it holds up no other. A request takes them in this order.
	bodies    *semaphore.Weighted // bytes of large bodies
	slots     chan struct{}       // in-flight limit
	expanding chan struct{}       // limit of those beyond smallLimits
}

func newSource(s Source, options Options, m *metrics) *source {
	ready := &source{
		name: s.Name, allow: s.Allow, metrics: m.of(s.Name),
		bodies:    semaphore.NewWeighted(largeBodies * options.MaxBody),
		slots:     make(chan struct{}, options.InFlight),
		expanding: make(chan struct{}, largeExpanding),
	}
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
