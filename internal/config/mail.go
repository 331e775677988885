package config

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"callsheet/internal/lazyregexp"
)

// Mail is the mail server.
type Mail struct {
	Host           string   `yaml:"host"`
	Port           int      `yaml:"port"`
	TLS            string   `yaml:"tls"` // starttls, tls or none
	Insecure       bool     `yaml:"insecure"`
	CAFile         string   `yaml:"ca_file"` // PEM, of certificates to trust beside the system's
	EHLO           string   `yaml:"ehlo"`    // name of this machine in EHLO
	Username       string   `yaml:"username"`
	Password       Secret   `yaml:"password"`
	PasswordFile   string   `yaml:"password_file"`
	OAuth2         OAuth2   `yaml:"oauth2"` // instead of a password
	From           string   `yaml:"from"`
	AllowedDomains []string `yaml:"allowed_domains"`
	MaxAttachment  Size     `yaml:"max_attachment"` // of a mail with its workbook, as it is sent
}

// OAuth2 has what access tokens are fetched with: a refresh token if there is one, else client credentials.
type OAuth2 struct {
	TokenURL         string   `yaml:"token_url"`
	ClientID         string   `yaml:"client_id"`
	ClientSecret     Secret   `yaml:"client_secret"`
	ClientSecretFile string   `yaml:"client_secret_file"`
	RefreshToken     Secret   `yaml:"refresh_token"`
	RefreshTokenFile string   `yaml:"refresh_token_file"`
	Scopes           []string `yaml:"scopes"`
}

// Enabled reports whether any key is set.
func (o OAuth2) Enabled() bool {
	return o.TokenURL != "" || o.ClientID != "" || o.ClientSecret != "" || o.ClientSecretFile != "" || o.RefreshToken != "" ||
		o.RefreshTokenFile != "" || len(o.Scopes) > 0
}

func (m Mail) checkEffect(add adder) {
	login := m.Password != "" || m.PasswordFile != ""
	if m.Host == "" && (m.Username != "" || login || m.From != "" || m.Insecure || len(m.AllowedDomains) > 0 || m.CAFile != "" || m.EHLO != "" || m.OAuth2.Enabled()) {
		add("mail.host", "is missing; the other keys of mail do nothing without it")
		return
	}
	if m.Password != "" && m.PasswordFile != "" {
		add("mail.password_file", "does nothing beside password; leave one of them out")
	}
	if m.Username == "" && login {
		add("mail.password", "does nothing without username")
	}
	if m.Insecure && m.TLS != "none" {
		add("mail.insecure", "does nothing without tls: none; a certificate is always verified")
	}
	if m.CAFile != "" && m.TLS == "none" {
		add("mail.ca_file", "does nothing with tls: none")
	}
	if !m.OAuth2.Enabled() {
		return
	}
	if login {
		add("mail.password", "does nothing beside oauth2; leave one of them out")
	}
	if m.OAuth2.ClientSecret != "" && m.OAuth2.ClientSecretFile != "" {
		add("mail.oauth2.client_secret_file", "does nothing beside client_secret; leave one of them out")
	}
	if m.OAuth2.RefreshToken != "" && m.OAuth2.RefreshTokenFile != "" {
		add("mail.oauth2.refresh_token_file", "does nothing beside refresh_token; leave one of them out")
	}
}

func (m *Mail) validate(add adder) {
	if modes := []string{"starttls", "tls", "none"}; !slices.Contains(modes, m.TLS) {
		add("mail.tls", mustBe(m.TLS, modes))
	}
	if _, err := netip.ParseAddr(m.Host); strings.ContainsAny(m.Host, "/@ :[]") && err != nil {
		add("mail.host", "must be a host name or an IP address only; port, tls, username and password are separate keys")
	}
	if m.Port < 1 || m.Port > 65535 {
		add("mail.port", "must be between 1 and 65535, usually 587 or 465")
	}
	if m.Host != "" && m.Username != "" && m.Password == "" && m.PasswordFile == "" && !m.OAuth2.Enabled() {
		add("mail.password", "is missing; username needs password, password_file or oauth2")
	}
	if m.TLS == "none" && !m.Insecure && m.Host != "" && !IsLoopback(m.Host) {
		add("mail.tls", "none sends passwords and reports unencrypted; use starttls or tls, or set insecure: true")
	}
	if m.EHLO != "" && !isEHLOName(m.EHLO) {
		add("mail.ehlo", "%q must be a full host name, such as reports.example.com, or an address, such as [192.0.2.1]", m.EHLO)
	}
	if m.From != "" {
		if _, err := mail.ParseAddress(m.From); err != nil {
			add("mail.from", "is not a mail address, such as \"Call reports <reports@example.com>\"")
		}
	}
	for i, domain := range m.AllowedDomains {
		if strings.ContainsAny(domain, "@*/: \t") || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") {
			add(fmt.Sprintf("mail.allowed_domains[%d]", i), "is not a domain, such as example.com: what is behind the @ of an address, as a whole")
		}
	}
	if m.OAuth2.Enabled() {
		m.validateOAuth2(add)
	}
}

func (m *Mail) validateOAuth2(add adder) {
	o := m.OAuth2
	if m.Username == "" {
		add("mail.username", "is missing; oauth2 logs in as the mailbox that it names")
	}
	if o.ClientID == "" {
		add("mail.oauth2.client_id", "is missing")
	}
	if o.ClientSecret == "" && o.ClientSecretFile == "" && o.RefreshToken == "" && o.RefreshTokenFile == "" {
		add("mail.oauth2", "needs client_secret or client_secret_file, or refresh_token or refresh_token_file")
	}
	if endpoint, err := url.Parse(o.TokenURL); err != nil || endpoint.Host == "" || endpoint.User != nil ||
		endpoint.Scheme != "https" && !(endpoint.Scheme == "http" && IsLoopback(endpoint.Hostname())) {
		add("mail.oauth2.token_url", "must be the https:// URL of the token endpoint, without a user or a password")
	}
}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

var fullHostName = lazyregexp.New(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.[A-Za-z][A-Za-z0-9-]*$`)

// isEHLOName reports whether mail servers accept a name in EHLO (RFC 5321, 4.1.1.1).
func isEHLOName(name string) bool {
	if literal, ok := strings.CutPrefix(name, "["); ok {
		literal, closed := strings.CutSuffix(literal, "]")
		address, err := netip.ParseAddr(strings.TrimPrefix(literal, "IPv6:"))
		return closed && err == nil && address.Is6() == strings.HasPrefix(literal, "IPv6:")
	}
	return len(name) <= 255 && fullHostName().MatchString(name)
}
