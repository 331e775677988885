package collector

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"

	"golang.org/x/sync/semaphore"

	"callsheet/internal/client"
)

// source is a Source, prepared for requests.
type source struct {
	name    string
	hashes  [][sha256.Size]byte // of its tokens, so that comparing takes the same time for every length
	allow   []netip.Prefix
	metrics sourceMetrics

	// Limits for concurrent requests, per source, so that a source delays no other. A request acquires them in this order.
	*gates
}

// gates are the semaphores of a source.
type gates struct {
	maxBody   int64
	bodies    *semaphore.Weighted // bytes of large bodies in memory
	slots     chan struct{}       // in-flight requests
	expanding chan struct{}       // in-flight requests over smallLimits
}

// newSource prepares a source. It takes over the gates of the previous source of that name, unless their size has changed.
func newSource(s Source, options Options, m *metrics, previous *source) *source {
	prepared := &source{name: s.Name, allow: s.Allow, metrics: m.forSource(s.Name)}
	if previous != nil && previous.maxBody == options.MaxBody && cap(previous.slots) == options.InFlight {
		prepared.gates = previous.gates
	} else {
		prepared.gates = &gates{
			maxBody:   options.MaxBody,
			bodies:    semaphore.NewWeighted(largeBodies * options.MaxBody),
			slots:     make(chan struct{}, options.InFlight),
			expanding: make(chan struct{}, maxExpanding),
		}
	}
	for _, token := range s.Tokens {
		prepared.hashes = append(prepared.hashes, sha256.Sum256([]byte(token)))
	}
	return prepared
}

// authenticate returns the source in the path of a request; status is 0 if the sender is authorized. A token in the path takes precedence
// over a bearer token.
func (u *rules) authenticate(r *http.Request, name, token string) (from *source, status int, reason string) {
	s, known := u.sources[name]
	if !known {
		return nil, http.StatusNotFound, "unknown source"
	}
	// Checked before the token: an address that is not allowed gets the same response for a correct and a wrong token.
	if len(s.allow) > 0 && !client.Contains(s.allow, client.Address(r, u.trustedProxies)) {
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

// accepts reports whether a token is one of the source's. It always compares with all of them, in constant time.
func (s *source) accepts(token string) bool {
	hash := sha256.Sum256([]byte(token))
	match := 0
	for i := range s.hashes {
		match |= subtle.ConstantTimeCompare(hash[:], s.hashes[i][:])
	}
	return match == 1 && token != ""
}
