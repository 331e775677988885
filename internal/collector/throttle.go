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

// An address gets refusedBurst refusals with their reason, then one every refusedEvery; beyond them the answer is 429.
const (
	refusedBurst = 20
	refusedEvery = 6 * time.Second
)

// maxThrottled bounds the addresses that are remembered, to some megabytes.
const maxThrottled = 20_000

// throttle counts refusals by address. It has two generations of addresses: when the current one is full it becomes the
// previous one, and what that held is forgotten.
type throttle struct {
	mu                sync.Mutex
	current, previous map[netip.Prefix]*rate.Limiter
}

// take counts a refusal and returns how long the address should wait, 0 while it is within its limit.
func (t *throttle) take(address netip.Addr, now time.Time) (wait time.Duration) {
	key := neighbourhood(address)
	t.mu.Lock()
	defer t.mu.Unlock()
	limiter := t.current[key]
	if limiter == nil {
		if len(t.current) >= maxThrottled/2 || t.current == nil {
			t.current, t.previous = map[netip.Prefix]*rate.Limiter{}, t.current
		}
		if limiter = t.previous[key]; limiter == nil {
			limiter = rate.NewLimiter(rate.Every(refusedEvery), refusedBurst)
		}
		t.current[key] = limiter
	}
	reservation := limiter.ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
	}
	return wait
}

// refuseSender answers a request that may not deliver: of an unknown source, from an address that is not allowed, or with
// a wrong token. The line in the log has the form that docs/install.md gives for fail2ban, and nothing of the path, which
// may hold a token. Beyond the limit nothing is logged. A right token is never throttled, since many senders can share an
// address.
func (c *Collector) refuseSender(w http.ResponseWriter, r *http.Request, from *source, status int, reason string) {
	address := c.clientAddress(r)
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
