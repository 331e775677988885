package config

import (
	"fmt"
	"net"
	"strings"
	"time"
	"unicode"

	"callsheet/internal/password"
)

// Page configures the web page. It is off if Listen is empty.
type Page struct {
	Listen         string        `yaml:"listen"`
	TLS            TLS           `yaml:"tls"`
	Users          []User        `yaml:"users"`
	UserHeader     string        `yaml:"user_header"`     // in which trusted proxies name the user, instead of passwords
	TrustedProxies []string      `yaml:"trusted_proxies"` // whose X-Forwarded-For and UserHeader are trusted
	SessionTime    time.Duration `yaml:"session_time"`    // after the last use, until a user has to sign in again
	MaskCallers    bool          `yaml:"mask_callers"`
	LongestCall    time.Duration `yaml:"longest_call"` // a call without an event for this time is marked
}

// User may look at the page.
type User struct {
	Name         string   `yaml:"name"`
	Password     Secret   `yaml:"password"` // its argon2id hash
	PasswordFile string   `yaml:"password_file"`
	Role         string   `yaml:"role"`
	Groups       []string `yaml:"groups"` // that a viewer sees
}

// The roles of users, each of which may do what those before it may.
const (
	RoleViewer   = "viewer"
	RoleAnalyst  = "analyst"
	RoleOperator = "operator"
)

// Everyone stands for every user that a proxy names, and for every group.
const Everyone = "*"

func (p *Page) checkEffect(add adder) {
	if p.Listen == "" {
		for _, unused := range []struct {
			key string
			set bool
		}{
			{"tls", p.TLS != TLS{}}, {"users", len(p.Users) > 0}, {"user_header", p.UserHeader != ""}, {"trusted_proxies", len(p.TrustedProxies) > 0},
		} {
			if unused.set {
				add("page."+unused.key, "does nothing without page.listen")
			}
		}
	}
	for i, user := range p.Users {
		key := fmt.Sprintf("page.users[%d]", i)
		switch {
		case p.UserHeader != "" && (user.Password != "" || user.PasswordFile != ""):
			add(key+".password", "does nothing beside page.user_header: the proxy has checked who the user is")
		case user.Password != "" && user.PasswordFile != "":
			add(key+".password_file", "does nothing beside password; leave one of them out")
		}
		if len(user.Groups) > 0 && user.Role != RoleViewer {
			add(key+".groups", "does nothing without role: viewer; analysts and operators see every group")
		}
	}
}

// isUserName reports whether a text can be the name of a user, which may be a mail address.
func isUserName(text string) bool {
	return text != "" && len(text) <= 200 && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.C, r) })
}

func (p *Page) validate(add adder) {
	host, _, err := net.SplitHostPort(p.Listen)
	if err != nil && p.Listen != "" {
		add("page.listen", "must be host:port")
	}
	if (p.TLS.CertFile == "") != (p.TLS.KeyFile == "") {
		add("page.tls", "needs both cert_file and key_file")
	}
	checkNetworks(add, "page.trusted_proxies", p.TrustedProxies)
	if p.UserHeader != "" && !headerName().MatchString(p.UserHeader) {
		add("page.user_header", "is not the name of a header, such as X-Forwarded-User")
	}
	if p.UserHeader != "" && (len(p.TrustedProxies) == 0 || len(p.Users) == 0) {
		add("page.user_header", "needs page.trusted_proxies, and page.users for the role of each user; the user \"*\" is every other one")
	}
	if p.Listen != "" && err == nil && !IsLoopback(host) {
		if len(p.Users) == 0 {
			add("page.listen", "without page.users, only this machine may see the page: use 127.0.0.1, or add users")
		}
		if p.TLS.CertFile == "" && len(p.TrustedProxies) == 0 {
			add("page.listen", "sends passwords and calls unencrypted; set page.tls, or page.trusted_proxies to let only a proxy with TLS connect")
		}
	}
	p.validateUsers(add)
	if p.SessionTime < time.Minute {
		add("page.session_time", "%v must be a minute or more", p.SessionTime)
	}
	if p.LongestCall < time.Minute || p.LongestCall > 24*time.Hour {
		add("page.longest_call", "%v must be between 1m and 24h", p.LongestCall)
	}
}

func (p *Page) validateUsers(add adder) {
	seen := map[string]bool{}
	for i, user := range p.Users {
		key := fmt.Sprintf("page.users[%d]", i)
		if !isUserName(user.Name) {
			add(key+".name", "must be a name without spaces")
		}
		if user.Name == Everyone && p.UserHeader == "" {
			add(key+".name", "* is every user that a proxy names, and needs page.user_header")
		}
		if seen[user.Name] {
			add(key+".name", "%q is defined twice", user.Name)
		}
		seen[user.Name] = true
		checkChoice(add, key+".role", user.Role, RoleViewer, RoleAnalyst, RoleOperator)
		if user.Role == RoleViewer && len(user.Groups) == 0 {
			add(key+".groups", "is missing: the groups that the viewer sees; [\"*\"] is all of them")
		}
		if p.UserHeader == "" && user.Password == "" && user.PasswordFile == "" {
			add(key, "needs password or password_file with a hash of the password: callsheet user hash")
		}
	}
}

// ResolvePasswords returns the hash of each user's password, by name.
func (c *Config) ResolvePasswords() (map[string]password.Hash, error) {
	hashes := map[string]password.Hash{}
	for i, user := range c.Page.Users {
		if c.Page.UserHeader != "" {
			break
		}
		key := fmt.Sprintf("page.users[%d].password", i)
		text, err := c.ResolveSecret(key, user.Password, user.PasswordFile)
		if err != nil {
			return nil, err
		}
		if hashes[user.Name], err = password.Parse(text); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return hashes, nil
}
