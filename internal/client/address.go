// Package client finds the address of an HTTP client, also behind trusted proxies, and limits what an address may do.
package client

import (
	"net/http"
	"net/netip"
	"strings"
)

// Address returns the address of a request's client: the peer's or, behind trusted proxies, the last one in X-Forwarded-For that is not a
// trusted proxy. It is the zero address if a trusted proxy sends no valid address.
func Address(r *http.Request, trustedProxies []netip.Prefix) netip.Addr {
	address := Peer(r)
	forwarded := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	if strings.Trim(forwarded, ", \t") == "" {
		return address // without the header, the request is from the proxy's machine
	}
	hops := strings.Split(forwarded, ",")
	for i := len(hops) - 1; i >= 0 && Contains(trustedProxies, address); i-- {
		hop, ok := parseHop(strings.TrimSpace(hops[i]))
		if !ok {
			return netip.Addr{} // anyone could have written what is further left
		}
		address = hop
	}
	return address
}

// Peer returns the address at the other end of a request's connection, a proxy's perhaps.
func Peer(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return Canonical(peer.Addr())
}

// parseHop parses an element of X-Forwarded-For: an address, which some proxies write with a port and others in brackets.
func parseHop(text string) (address netip.Addr, ok bool) {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return Canonical(withPort.Addr()), true
	}
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		text = text[1 : len(text)-1]
	}
	address, err := netip.ParseAddr(text)
	return Canonical(address), err == nil
}

// Canonical returns the canonical form of an address: IPv4-mapped IPv6 becomes IPv4, and the zone is removed, since prefixes never
// match an address with a zone.
func Canonical(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

// Contains reports whether an address is in one of the networks.
func Contains(networks []netip.Prefix, address netip.Addr) bool {
	for _, network := range networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// Network returns the network that limits per address apply to: an IPv4 address, or the /64 network that an IPv6 host commonly has.
func Network(address netip.Addr) netip.Prefix {
	bits := 64
	if address.Is4() {
		bits = 32
	}
	network, _ := address.Prefix(bits) // the zero prefix for the zero address
	return network
}
