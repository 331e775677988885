package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/remote"
)

// MailServer is the SMTP server that sends mail.
type MailServer struct {
	Host           string
	Port           int
	TLS            string // starttls, tls or none
	CAFile         string // PEM file of certificates to trust beside the system's; empty for none
	EHLO           string // name to introduce this machine with; its full host name, else the sender's domain, if empty
	Username       string
	Password       func() (string, error)
	Token          TokenSource // of OAuth2, instead of a password; may be nil
	From           string
	AllowedDomains []string      // of recipients; empty allows all
	MaxAttachment  int64         // size of a mail with its workbook, in bytes; 0 for no limit
	Timeout        time.Duration // of each step
	AcceptTimeout  time.Duration // of the server for a text that is complete: it may look for viruses
}

// Steps of a session, as named in errors.
const (
	stepConnect   = "connecting"
	stepHello     = "EHLO"
	stepSTARTTLS  = "STARTTLS"
	stepLogin     = "login"
	stepSender    = "sender"
	stepRecipient = "recipient"
	stepText      = "message text"
)

var errNoSTARTTLS = errors.New("the server does not support STARTTLS\nhint: set mail.tls to tls and mail.port to that for TLS, usually 465; none is for a server on this machine")

// open connects to the server, encrypts the connection and logs in.
func (s MailServer) open(ctx context.Context) (_ *session, err error) {
	config, err := s.tlsConfig()
	if err != nil {
		return nil, permanent(err)
	}
	credential, err := s.credential(ctx) // before the server waits for it
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(limited, "tcp", s.address())
	if err != nil {
		return nil, s.wrapError(stepConnect, err, nil)
	}
	opened := newSession(ctx, conn, s.Timeout)
	defer func() {
		if err != nil {
			opened.close()
		}
	}()
	if s.TLS == "tls" {
		if err := opened.encrypt(ctx, config); err != nil {
			return nil, s.wrapError(stepConnect, err, nil)
		}
	}
	if _, _, err := opened.reply(220); err != nil {
		return nil, s.wrapError(stepConnect, err, nil)
	}
	name := s.localName()
	if err := opened.hello(name); err != nil {
		return nil, s.wrapError(stepHello, err, nil)
	}
	if s.TLS == "starttls" {
		if !opened.supports("STARTTLS") {
			return nil, s.wrap(stepSTARTTLS, errNoSTARTTLS)
		}
		if err := opened.startTLS(ctx, config); err != nil {
			return nil, s.wrapError(stepSTARTTLS, err, nil)
		}
		if err := opened.hello(name); err != nil {
			return nil, s.wrapError(stepHello, err, nil)
		}
	}
	if s.Username == "" {
		return opened, nil
	}
	if err := s.login(ctx, opened, credential); err != nil {
		opened.quit()
		return nil, err
	}
	return opened, nil
}

func (s MailServer) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// send sends a mail to one address. It returns nil once the server has acknowledged the mail.
func (s MailServer) send(open *session, from, to string, content []byte) error {
	parameters, err := open.declare(from, to, content)
	if err != nil {
		return permanent(s.wrap(stepRecipient, err))
	}
	if err := open.mail(from, len(content), parameters...); err != nil {
		return s.wrapError(stepSender, err, open.secrets)
	}
	if err := open.recipient(to); err != nil {
		return s.wrapError(stepRecipient, err, open.secrets)
	}
	ended, err := open.data(content, s.AcceptTimeout)
	switch {
	case err == nil:
		return nil
	case ended:
		return unknown(s.wrapError(stepText, err, open.secrets)) // the mail was sent but not acknowledged
	}
	return s.wrapError(stepText, err, open.secrets)
}

// Check connects to the server, logs in and announces a mail from the sender. It sends none.
func (s MailServer) Check(ctx context.Context) error {
	from, err := parseAddress(s.From)
	if err != nil {
		return permanent(fmt.Errorf("mail.from %q: %w", s.From, err))
	}
	open, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer open.quit()
	parameters, err := open.declare(from.Address, "", nil)
	if err != nil {
		return permanent(s.wrap(stepSender, err))
	}
	if err := open.mail(envelope(from), 0, parameters...); err != nil {
		return s.wrapError(stepSender, err, open.secrets)
	}
	if _, _, err := open.command(250, "RSET"); err != nil {
		return s.wrapError(stepSender, err, open.secrets)
	}
	return nil
}

// replyError is a reply that refuses. It keeps no text of the server.
type replyError struct {
	step     string
	code     int
	enhanced string // enhanced status code (RFC 3463), such as 5.7.1; may be empty
	err      error
}

func (e *replyError) Error() string { return e.err.Error() }

// status returns the codes of the reply.
func (e *replyError) status() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", e.code, e.enhanced))
}

// refusesFiles reports whether the mail may be accepted without its files: it was too large, or its text was refused.
func (e *replyError) refusesFiles() bool {
	_, detail, _ := strings.Cut(e.enhanced, ".")
	return e.code == 552 || detail == "3.4" || detail == "2.3" || e.step == stepText && e.code >= 500
}

// wrapError wraps the error of a step; a 5xx reply is permanent. The text of a reply is left out during the login, and wherever it
// contains a secret.
func (s MailServer) wrapError(step string, err error, secrets []string) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return s.wrap(step, s.withHint(step, err))
	}
	refused := &replyError{step: step, code: reply.Code, enhanced: enhancedCode().FindString(reply.Msg)}
	text := "the server answered " + refused.status()
	switch {
	case step == stepLogin && reply.Code == 535 && s.Token != nil:
		text += ", access token refused"
	case step == stepLogin && reply.Code == 535:
		text += ", wrong user or password"
	case step != stepLogin && !remote.ContainsSecret(reply.Msg, secrets...):
		text = fmt.Sprintf("the server answered %d %s", reply.Code, replyText(reply.Msg, refused.enhanced))
	}
	refused.err = s.wrap(step, errors.New(text))
	if reply.Code >= 500 {
		return permanent(refused)
	}
	return refused
}

// withHint returns why a step failed without a reply, and what may help.
func (s MailServer) withHint(step string, err error) error {
	reason := remote.Redact(err)
	switch {
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return fmt.Errorf("%w\nhint: if it is of an authority of your own, set mail.ca_file to its certificate", reason)
	case step == stepConnect && s.TLS != "tls" && s.Port == 465 && remote.IsTimeout(err):
		return fmt.Errorf("%w\nhint: port 465 expects TLS from the start; set mail.tls to tls", reason)
	case step == stepConnect && remote.IsTimeout(err):
		return fmt.Errorf("%w\nhint: check mail.host and mail.port; a firewall may block the connection", reason)
	case step == stepConnect && s.TLS == "tls" && errors.As(err, new(tls.RecordHeaderError)):
		return fmt.Errorf("%w from the start\nhint: set mail.tls to starttls, or use the port for TLS, usually 465", reason)
	case step == stepConnect && s.TLS != "tls" && errors.As(err, new(textproto.ProtocolError)):
		return fmt.Errorf("%w\nhint: it may not be a mail server; check mail.host and mail.port", reason)
	}
	return reason
}

func (s MailServer) wrap(step string, err error) error {
	return fmt.Errorf("mail server %s, %s: %w", s.address(), step, err)
}

// enhancedCode matches the enhanced status code at the beginning of a reply.
var enhancedCode = lazyregexp.New(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// maxReply is how much of a reply is in an error, in characters.
const maxReply = 300

// replyText returns a reply as one line. Servers repeat the enhanced code in each line.
func replyText(reply, enhanced string) string {
	if enhanced != "" {
		reply = strings.ReplaceAll(reply, "\n"+enhanced, "\n")
	}
	text := []rune(oneLine(reply))
	if len(text) > maxReply {
		return string(text[:maxReply]) + "…"
	}
	return string(text)
}
