package collector

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress is the sender's: the peer's, or behind trusted proxies the last hop that none of them vouches for. It is
// the zero address when a trusted proxy names no address.
func (c *Collector) clientAddress(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := canonical(peer.Addr())
	forwarded := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	if strings.Trim(forwarded, ", \t") == "" {
		return address // without a header a proxy's machine sends on its own behalf
	}
	hops := strings.Split(forwarded, ",")
	for i := len(hops) - 1; i >= 0 && contains(c.options.TrustedProxies, address); i-- {
		hop, ok := parseHop(strings.TrimSpace(hops[i]))
		if !ok {
			return netip.Addr{} // what stands further left could be anybody's
		}
		address = hop
	}
	return address
}

// parseHop reads an element of X-Forwarded-For: an address, with a port from some proxies, in brackets from others.
func parseHop(text string) (address netip.Addr, ok bool) {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return canonical(withPort.Addr()), true
	}
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		text = text[1 : len(text)-1]
	}
	address, err := netip.ParseAddr(text)
	return canonical(address), err == nil
}

// canonical has one form for an address: IPv4 is not written as IPv6, and there is no zone, which no network matches.
func canonical(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

func contains(networks []netip.Prefix, address netip.Addr) bool {
	for _, network := range networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// neighbourhood is what limits per address are kept for: an IPv4 address, or the /64 that one IPv6 host commonly has.
func neighbourhood(address netip.Addr) netip.Prefix {
	bits := 64
	if address.Is4() {
		bits = 32
	}
	network, _ := address.Prefix(bits) // the zero prefix of the zero address
	return network
}
