package collector

import (
	"cmp"
	"net/netip"
)

// rules are the options that reload replaces. A request keeps those with which it began.
type rules struct {
	sources        map[string]*source
	trustedProxies []netip.Prefix
	limits         limits
	waits          *waits
}

// reload replaces the sources, the trusted proxies and the limits of requests. Requests in progress end with the earlier ones. Of a
// source whose limits stay the same, they count against its in-flight limit as before.
func (c *collector) reload(options Options) {
	options.MaxBody = cmp.Or(options.MaxBody, defaultMaxBody)
	options.MaxDeliveries = cmp.Or(options.MaxDeliveries, defaultMaxDeliveries)
	options.InFlight = cmp.Or(options.InFlight, defaultInFlight)
	options.Wait = cmp.Or(options.Wait, defaultWait)
	previous := map[string]*source{}
	if old := c.rules.Load(); old != nil {
		previous = old.sources
	}
	current := &rules{
		sources: map[string]*source{}, trustedProxies: options.TrustedProxies, limits: options.limits(), waits: &waits{wait: options.Wait},
	}
	for _, s := range options.Sources {
		current.sources[s.Name] = newSource(s, options, c.metrics, previous[s.Name])
	}
	c.rules.Store(current)
	for name := range previous {
		if current.sources[name] == nil {
			c.metrics.forget(name)
		}
	}
}
