package collector

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress returns the sender's address: the peer's or, behind trusted proxies, the last one in X-Forwarded-For that is not a
// trusted proxy. It is the zero address if a trusted proxy sends no valid address.
func (u *rules) clientAddress(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := canonical(peer.Addr())
	forwarded := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	if strings.Trim(forwarded, ", \t") == "" {
		return address // without the header, the request is from the proxy's machine
	}
	hops := strings.Split(forwarded, ",")
	for i := len(hops) - 1; i >= 0 && contains(u.trustedProxies, address); i-- {
		hop, ok := parseHop(strings.TrimSpace(hops[i]))
		if !ok {
			return netip.Addr{} // anyone could have written what is further left
		}
		address = hop
	}
	return address
}

// parseHop parses an element of X-Forwarded-For: an address, which some proxies write with a port and others in brackets.
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

// canonical returns the canonical form of an address: IPv4-mapped IPv6 becomes IPv4, and the zone is removed, since prefixes never
// match an address with a zone.
func canonical(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

func contains(networks []netip.Prefix, address netip.Addr) bool {
	for _, network := range networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// limitKey returns the network that limits per address apply to: an IPv4 address, or the /64 network that an IPv6 host commonly has.
func limitKey(address netip.Addr) netip.Prefix {
	bits := 64
	if address.Is4() {
		bits = 32
	}
	network, _ := address.Prefix(bits) // the zero prefix for the zero address
	return network
}
