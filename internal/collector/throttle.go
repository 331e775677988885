package collector

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// An address gets refusalBurst refusals with their reason, then one every refusalInterval; all others are 429.
const (
	refusalBurst    = 20
	refusalInterval = 6 * time.Second
)

// maxThrottled limits the number of addresses in memory, to some megabytes.
const maxThrottled = 20_000

// throttle limits refusals by address. It has two generations of addresses: when the current one is full, it replaces the previous one.
type throttle struct {
	mu                sync.Mutex
	current, previous map[netip.Prefix]*rate.Limiter
}

// take counts a refusal and returns how long the address should wait, 0 if it is within its limit.
func (t *throttle) take(address netip.Addr, now time.Time) (wait time.Duration) {
	key := limitKey(address)
	t.mu.Lock()
	defer t.mu.Unlock()
	limiter := t.current[key]
	if limiter == nil {
		if len(t.current) >= maxThrottled/2 || t.current == nil {
			t.current, t.previous = map[netip.Prefix]*rate.Limiter{}, t.current
		}
		if limiter = t.previous[key]; limiter == nil {
			limiter = rate.NewLimiter(rate.Every(refusalInterval), refusalBurst)
		}
		t.current[key] = limiter
	}
	reservation := limiter.ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
	}
	return wait
}

// refuseSender refuses a request for an unknown source, from an address that is not allowed, or with a wrong token. Its log line has the
// form that docs/install.md gives for fail2ban and nothing of the path, which may contain a token. Throttled requests are not logged. A
// correct token is never throttled, since many senders can share an address.
func (c *Collector) refuseSender(w http.ResponseWriter, address netip.Addr, from *source, status int, reason string) {
	if wait := c.throttle.take(address, c.options.Now()); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		w.Header().Set("Connection", "close")
		c.refuse(w, from, http.StatusTooManyRequests, "too many refused requests from this address")
		return
	}
	shown, name := "unknown", ""
	if address.IsValid() {
		shown = address.String()
	}
	if from != nil {
		name = from.name
	}
	c.options.Log.Warn("sender refused", "address", shown, "status", status, "reason", reason, "source", name)
	c.refuse(w, from, status, reason)
}
