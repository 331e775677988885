package page

import (
	"cmp"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"callsheet/internal/client"
	"callsheet/internal/live"
)

// visit is an authorized request.
type visit struct {
	user    *User
	session string // its id; empty without one
	groups  []string
	group   string // the one that the address names; empty for all that the user sees
}

// thisMachine is the user of a page without users.
var thisMachine = &User{Role: Operator}

// mayConnect returns why a client may not connect, as the key of a text; empty if it may.
func (s *Server) mayConnect(r *http.Request) (reason string) {
	isProxy := client.Contains(s.options.TrustedProxies, client.Peer(r))
	switch {
	case (s.options.OnlyProxies || s.options.UserHeader != "") && !isProxy:
		return "only_proxies"
	case len(s.users) == 0 && (!isThisMachine(r.Host) || isForwarded(r)):
		// A name of another site that leads to this machine, or a proxy that lets others in.
		return "only_this_machine"
	}
	return ""
}

// isThisMachine reports whether the host of a URL is a loopback address.
func isThisMachine(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = hostPort
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && address.IsLoopback()
}

// isForwarded reports whether a request came through a proxy that says so.
func isForwarded(r *http.Request) bool {
	return slices.ContainsFunc([]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"}, func(header string) bool {
		return r.Header.Get(header) != ""
	})
}

// authorize returns who sends a request and what they may see. If ok is false, it has answered: an address that is for another role does not
// exist.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request, role Role) (v visit, ok bool) {
	switch {
	case len(s.users) == 0:
		v.user = thisMachine
	case s.options.UserHeader != "":
		if v.user = s.namedUser(r); v.user == nil {
			s.refuse(w, http.StatusForbidden, "unknown_user")
			return v, false
		}
	default:
		v.session = sessionOf(r)
		if v.user = s.sessions.use(v.session); v.user == nil {
			s.askToSignIn(w, r)
			return v, false
		}
	}
	if v.user.Role < role {
		s.refuse(w, http.StatusNotFound, "not_found")
		return v, false
	}
	v.groups, v.group = v.user.Groups, r.URL.Query().Get("group")
	if v.group != "" {
		if !live.Visible(v.user.Groups, v.group) {
			s.refuse(w, http.StatusNotFound, "not_found")
			return v, false
		}
		v.groups = []string{v.group}
	}
	return v, true
}

// namedUser returns the user that a proxy names, nil if there is no such user.
func (s *Server) namedUser(r *http.Request) *User {
	names := r.Header.Values(s.options.UserHeader)
	if len(names) != 1 || names[0] == "" || names[0] == everyone {
		return nil
	}
	user := cmp.Or(s.users[names[0]], s.users[everyone])
	if user == nil {
		return nil
	}
	named := *user
	named.Name = names[0]
	return &named
}

// askToSignIn sends a browser to the form, from which it returns. A stream cannot show one.
func (s *Server) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/live/stream" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.refuse(w, http.StatusUnauthorized, "signed_out")
		return
	}
	to := "/sign-in"
	if back := localPath(r.URL.RequestURI()); back != "/" {
		to += "?" + url.Values{"next": {back}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// localPath returns the path and query of an address on this server, "/" if it is another one.
func localPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}
