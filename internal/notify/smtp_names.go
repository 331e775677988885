package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"callsheet/internal/lazyregexp"
)

// CheckAddresses returns an error for each address that AllowedDomains forbids. Those that are no address are left out.
func (s MailServer) CheckAddresses(addresses []string) error {
	var errs []error
	for _, text := range addresses {
		if address, err := parseAddress(text); err == nil {
			errs = append(errs, s.checkDomain(address.Address))
		}
	}
	return errors.Join(errs...)
}

// checkDomain returns an error if AllowedDomains forbids an address.
func (s MailServer) checkDomain(address string) error {
	if len(s.AllowedDomains) == 0 {
		return nil
	}
	for _, allowed := range s.AllowedDomains {
		if ascii, err := idna.Lookup.ToASCII(allowed); err == nil {
			allowed = ascii
		}
		if strings.EqualFold(domainOf(address), allowed) {
			return nil
		}
	}
	return fmt.Errorf("%s is in none of mail.allowed_domains: %s", address, strings.Join(s.AllowedDomains, ", "))
}

// tlsConfig returns how the server's certificate is verified.
func (s MailServer) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{ServerName: s.Host}
	if s.CAFile == "" || s.TLS == "none" {
		return config, nil
	}
	text, err := os.ReadFile(s.CAFile)
	if err != nil {
		return nil, fmt.Errorf("mail.ca_file: %w", err)
	}
	if config.RootCAs, err = x509.SystemCertPool(); err != nil {
		config.RootCAs = x509.NewCertPool()
	}
	if !config.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("mail.ca_file: %s has no certificate\nhint: it must be PEM, with BEGIN CERTIFICATE", s.CAFile)
	}
	return config, nil
}

// localName returns the name for EHLO. It is never localhost or a name without a domain, which servers refuse.
func (s MailServer) localName() string {
	if s.EHLO != "" {
		return s.EHLO
	}
	if host := machineName(); host != "" {
		return host
	}
	from, err := parseAddress(s.From)
	if err != nil {
		return "[127.0.0.1]" // not reached: the sender is parsed before
	}
	return domainOf(from.Address)
}

// hostNameTimeout limits the lookup of the machine's full host name.
const hostNameTimeout = 2 * time.Second

// machineName returns the full host name of this machine, or an empty text if it has none.
var machineName = sync.OnceValue(func() string {
	host, err := os.Hostname()
	if err == nil && !isFullHostName(host) {
		ctx, cancel := context.WithTimeout(context.Background(), hostNameTimeout)
		defer cancel()
		host, err = net.DefaultResolver.LookupCNAME(ctx, host)
		host = strings.TrimSuffix(host, ".")
	}
	if err != nil || !isFullHostName(host) {
		return ""
	}
	return host
})

var fullHostName = lazyregexp.New(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z][A-Za-z0-9-]*$`)

// isFullHostName reports whether a name is one that other machines can know this one by.
func isFullHostName(name string) bool {
	return fullHostName().MatchString(name) && !strings.HasSuffix(name, ".localdomain") && !strings.HasSuffix(name, ".localhost")
}
