package notify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// MailServer is the server that mail goes through, and what may go through it.
type MailServer struct {
	Host           string
	Port           int
	TLS            string // starttls, tls or none
	Username       string
	Password       func() (string, error)
	From           string
	AllowedDomains []string      // of recipients; all when empty
	MaxAttachment  int64         // bytes; a larger workbook is linked or named, not attached
	Timeout        time.Duration // of each step

	tlsConfig *tls.Config // that of the system when nil
}

// Mail is a way by mail. Each address gets a message of its own, so that one that is refused does not keep it from the others.
type Mail struct {
	Server       MailServer
	To, CC, BCC  []string
	ReplyTo      string
	Subject      string // pattern
	NoAttachment bool   // figures alone, without the workbook
	Templates    MailTemplates
	// PartRecipients are the addresses of a part, beside To.
	PartRecipients func(ctx context.Context, part string) ([]string, error)
}

// Idempotent is false: a second mail is a second mail.
func (m Mail) Idempotent() bool { return false }

// Recipients are all addresses of a part, each once.
func (m Mail) Recipients(ctx context.Context, part string) ([]string, error) {
	to, err := m.to(ctx, part)
	if err != nil {
		return nil, err
	}
	var all []string
	seen := map[string]bool{}
	for _, address := range slices.Concat(to, m.CC, m.BCC) {
		if key := strings.ToLower(address); !seen[key] {
			seen[key] = true
			all = append(all, address)
		}
	}
	return all, nil
}

func (m Mail) to(ctx context.Context, part string) ([]string, error) {
	if m.PartRecipients == nil {
		return m.To, nil
	}
	of, err := m.PartRecipients(ctx, part)
	return slices.Concat(m.To, of), err
}

// Send sends the message to one address. The headers name all of To and CC.
func (m Mail) Send(ctx context.Context, message Message, recipient string) (string, error) {
	address, err := mail.ParseAddress(recipient)
	if err != nil {
		return "", permanent(fmt.Errorf("%q is no mail address: %w", recipient, err))
	}
	if err := m.Server.checkDomain(address.Address); err != nil {
		return "", permanent(err)
	}
	to, err := m.to(ctx, message.Part)
	if err != nil {
		return "", err
	}
	content, err := m.compose(message, to, recipient)
	if err != nil {
		return "", permanent(err)
	}
	return m.Server.send(ctx, address.Address, content)
}

// checkDomain says whether mail may go to an address.
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

// compose is the whole mail, as bytes.
func (m Mail) compose(message Message, to []string, recipient string) ([]byte, error) {
	notes := message.Notes
	attach := message.File != "" && !m.NoAttachment
	if attach && m.Server.MaxAttachment > 0 {
		info, err := os.Stat(message.File)
		if err != nil {
			return nil, err
		}
		if attach = info.Size() <= m.Server.MaxAttachment; !attach {
			notes = append(slices.Clone(notes), fmt.Sprintf("The workbook is not attached: it has %.1f MB, and a mail may have %.1f MB.",
				float64(info.Size())/1e6, float64(m.Server.MaxAttachment)/1e6))
		}
	}
	message.Notes = notes
	html, text, err := m.Templates.Execute(message, attach)
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg()
	errs := []error{msg.From(m.Server.From)}
	if len(to) > 0 {
		errs = append(errs, msg.To(to...))
	}
	if len(m.CC) > 0 {
		errs = append(errs, msg.Cc(m.CC...))
	}
	if m.ReplyTo != "" {
		errs = append(errs, msg.ReplyTo(m.ReplyTo))
	}
	if len(to)+len(m.CC) == 0 {
		errs = append(errs, msg.SetAddrHeader(gomail.HeaderTo, m.Server.From)) // all are blind copies
	}
	msg.Subject(strings.Join(strings.Fields(message.expand(m.subject(message), func(text string) string { return text })), " "))
	msg.SetDate()
	msg.SetMessageIDWithValue(m.messageID(message, recipient))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, text)
	msg.AddAlternativeString(gomail.TypeTextHTML, html)
	if attach {
		msg.AttachFile(message.File, gomail.WithFileName(message.fileName("")),
			gomail.WithFileContentType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
	}
	var written bytes.Buffer
	_, err = msg.WriteTo(&written)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return written.Bytes(), nil
}

func (m Mail) subject(message Message) string {
	switch {
	case m.Subject != "":
		return m.Subject
	case message.Part != "":
		return "{title}, {part}, " + message.When
	}
	return "{title}, " + message.When
}

// messageID is the same for the same report to the same address, so that a mail server can tell a second copy.
func (m Mail) messageID(message Message, recipient string) string {
	sum := sha256.Sum256(fmt.Append(nil, message.Report, "\n", message.Period, "\n", message.Part, "\n", message.SHA256, "\n", recipient))
	_, domain, _ := strings.Cut(m.Server.From, "@")
	return fmt.Sprintf("%x@%s", sum[:16], strings.Trim(domain, "> "))
}

// send brings a message to one address.
func (s MailServer) send(ctx context.Context, address string, content []byte) (string, error) {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return "", permanent(fmt.Errorf("mail.from %q: %w", s.From, err))
	}
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
			return "", permanent(err)
		}
		options = append(options, gomail.WithUsername(s.Username), gomail.WithPassword(password), gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
		if s.TLS == "none" { // to this machine, or said to be insecure
			options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthPlainNoEnc))
		}
	}
	client, err := gomail.NewClient(s.Host, options...)
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
	}{{"its sender", func() error { return server.Mail(from.Address) }}, {"its recipient", func() error { return server.Rcpt(address) }}} {
		if err := errors.Join(server.UpdateDeadline(s.Timeout), step.do()); err != nil {
			return "", s.wrapError(step.name, err)
		}
	}
	body, err := server.Data()
	if err != nil {
		return "", s.wrapError("its text", err)
	}
	if _, err := bytes.NewReader(content).WriteTo(body); err != nil {
		return "", s.wrapError("its text", err) // and no end of it, so nothing is delivered
	}
	if err := errors.Join(server.UpdateDeadline(s.Timeout), body.Close()); err != nil {
		if isSMTPReply(err) {
			return "", s.wrapError("its text", err)
		}
		return "", unknown(s.wrapError("its text", err)) // all was sent, and no answer came
	}
	_ = server.Quit() // it has the mail
	return "mail to " + address, nil
}

// wrapError says why a step failed, and whether that is for good. What the server said is left out while it is logged in to, and later where it
// repeats the password.
func (s MailServer) wrapError(what string, err error) error {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return s.wrap(what, s.connectionError(err))
	}
	text := fmt.Sprintf("it answered %d %s", reply.Code, enhancedCode.FindString(reply.Msg))
	switch {
	case what == stepConnect && reply.Code == 535:
		text += ", wrong user or password"
	case what != stepConnect && !containsSecret(reply.Msg, s.secrets()...):
		text = fmt.Sprintf("it answered %d %s", reply.Code, reply.Msg)
	}
	if err = s.wrap(what, errors.New(strings.TrimSpace(text))); reply.Code >= 500 {
		return permanent(err)
	}
	return err
}

// stepConnect is the step of which the other side's words are not shown.
const stepConnect = "connecting"

func (s MailServer) wrap(what string, err error) error {
	return fmt.Errorf("mail server %s, %s: %w", net.JoinHostPort(s.Host, fmt.Sprint(s.Port)), what, err)
}

// enhancedCode is that of RFC 3463, which tells more than the three digits.
var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}`)

// connectionError is why there was no reply.
func (s MailServer) connectionError(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "does not support STARTTLS"):
		return errors.New("it does not offer STARTTLS")
	case strings.Contains(text, "does not support SMTP AUTH"), strings.Contains(text, "not able to detect a supported"):
		return errors.New("it offers no way to log in that callsheet knows")
	}
	return redact(err)
}

// secrets are the forms in which a server can repeat the password.
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
