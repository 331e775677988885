package collector

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"callsheet/internal/client"
)

// An address gets refusalBurst refusals with their reason, then one every refusalInterval; all others are 429.
const (
	refusalBurst    = 20
	refusalInterval = 6 * time.Second
)

// refuseSender refuses a request for an unknown source, from an address that is not allowed, or with a wrong token. Its log line has the
// form that docs/install.md gives for fail2ban and nothing of the path, which may contain a token. Throttled requests are not logged. A
// correct token is never throttled, since many senders can share an address.
func (c *collector) refuseSender(w http.ResponseWriter, address netip.Addr, from *source, status int, reason string) {
	if wait := c.refusals.Take(client.Network(address), c.options.Now()); wait > 0 {
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
