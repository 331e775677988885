package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// MailServer is the SMTP server that sends mail.
type MailServer struct {
	Host           string
	Port           int
	TLS            string // starttls, tls or none
	Username       string
	Password       func() (string, error)
	From           string
	AllowedDomains []string      // of recipients; empty allows all
	MaxAttachment  int64         // bytes; 0 for no limit
	Timeout        time.Duration // of each step

	tlsConfig *tls.Config // nil: the system's
}

// checkDomain returns an error if AllowedDomains forbids an address.
func (s MailServer) checkDomain(address string) error {
	_, domain, _ := strings.Cut(address, "@")
	for _, allowed := range s.AllowedDomains {
		if strings.EqualFold(domain, allowed) {
			return nil
		}
	}
	if len(s.AllowedDomains) == 0 {
		return nil
	}
	return fmt.Errorf("%s is in none of mail.allowed_domains: %s", address, strings.Join(s.AllowedDomains, ", "))
}

// Steps of an SMTP session, as named in errors.
const (
	stepConnect   = "connecting"
	stepSender    = "sender"
	stepRecipient = "recipient"
	stepText      = "message text"
)

// send sends a mail to one address.
func (s MailServer) send(ctx context.Context, address string, content []byte) (string, error) {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return "", permanent(fmt.Errorf("mail.from %q: %w", s.From, err))
	}
	client, err := s.client()
	if err != nil {
		return "", permanent(err)
	}
	server, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", s.wrapError(stepConnect, err)
	}
	defer server.Close()
	for _, step := range []struct {
		name string
		do   func() error
	}{{stepSender, func() error { return server.Mail(from.Address) }}, {stepRecipient, func() error { return server.Rcpt(address) }}} {
		if err := errors.Join(server.UpdateDeadline(s.Timeout), step.do()); err != nil {
			return "", s.wrapError(step.name, err)
		}
	}
	body, err := server.Data()
	if err != nil {
		return "", s.wrapError(stepText, err)
	}
	if _, err := bytes.NewReader(content).WriteTo(body); err != nil {
		return "", s.wrapError(stepText, err) // without the end of the text, so the server delivers nothing
	}
	if err := errors.Join(server.UpdateDeadline(s.Timeout), body.Close()); err != nil {
		if isSMTPReply(err) {
			return "", s.wrapError(stepText, err)
		}
		return "", unknown(s.wrapError(stepText, err)) // the mail was sent but not acknowledged
	}
	_ = server.Quit() // the mail is acknowledged
	return "mail to " + address, nil
}

func (s MailServer) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(s.Timeout), gomail.WithTLSPolicy(gomail.TLSMandatory)}
	switch s.TLS {
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.tlsConfig != nil {
		options = append(options, gomail.WithTLSConfig(s.tlsConfig))
	}
	if s.Username != "" {
		password, err := s.Password()
		if err != nil {
			return nil, err
		}
		auth := gomail.SMTPAuthAutoDiscover
		if s.TLS == "none" { // to a loopback address, or explicitly insecure
			auth = gomail.SMTPAuthPlainNoEnc
		}
		options = append(options, gomail.WithUsername(s.Username), gomail.WithPassword(password), gomail.WithSMTPAuth(auth))
	}
	return gomail.NewClient(s.Host, options...)
}

// wrapError wraps the error of a step; a 5xx reply is permanent. The text of a reply is left out during the login, and wherever it
// contains the password.
func (s MailServer) wrapError(step string, err error) error {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return s.wrap(step, connectionError(err))
	}
	text := fmt.Sprintf("the server answered %d %s", reply.Code, enhancedCode.FindString(reply.Msg))
	switch {
	case step == stepConnect && reply.Code == 535:
		text += ", wrong user or password"
	case step != stepConnect && !containsSecret(reply.Msg, s.secrets()...):
		text = fmt.Sprintf("the server answered %d %s", reply.Code, reply.Msg)
	}
	if err = s.wrap(step, errors.New(strings.TrimSpace(text))); reply.Code >= 500 {
		return permanent(err)
	}
	return err
}

func (s MailServer) wrap(step string, err error) error {
	return fmt.Errorf("mail server %s, %s: %w", net.JoinHostPort(s.Host, fmt.Sprint(s.Port)), step, err)
}

// enhancedCode matches the enhanced status code (RFC 3463) at the beginning of a reply.
var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}`)

// connectionError returns why a step failed without a reply.
func connectionError(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "does not support STARTTLS"):
		return errors.New("the server does not support STARTTLS")
	case strings.Contains(text, "does not support SMTP AUTH"), strings.Contains(text, "not able to detect a supported"):
		return errors.New("the server offers no login method that callsheet supports")
	}
	return redact(err)
}

// secrets returns the forms in which a server can repeat the password.
func (s MailServer) secrets() []string {
	if s.Username == "" {
		return nil
	}
	password, err := s.Password()
	if err != nil || password == "" {
		return nil
	}
	encode := base64.StdEncoding.EncodeToString
	return []string{password, encode([]byte(password)), encode([]byte("\x00" + s.Username + "\x00" + password)), encode([]byte(s.Username))}
}

func isSMTPReply(err error) bool {
	var reply *textproto.Error
	return errors.As(err, &reply)
}
