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
	Server      MailServer
	To, CC, BCC []string
	ReplyTo     string
	Subject     string // pattern
	Bare        bool   // figures alone, without the workbook
	Texts       MailTexts
	// Of are the addresses of a part, beside To.
	Of func(ctx context.Context, part string) ([]string, error)
}

// Repeatable is false: a second mail is a second mail.
func (m Mail) Repeatable() bool { return false }

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
	if m.Of == nil {
		return m.To, nil
	}
	of, err := m.Of(ctx, part)
	return slices.Concat(m.To, of), err
}

// Send sends the parcel to one address. The headers name all of To and CC.
func (m Mail) Send(ctx context.Context, parcel Parcel, recipient string) (string, error) {
	address, err := mail.ParseAddress(recipient)
	if err != nil {
		return "", refused(fmt.Errorf("%q is no mail address: %w", recipient, err))
	}
	if err := m.Server.allows(address.Address); err != nil {
		return "", refused(err)
	}
	to, err := m.to(ctx, parcel.Part)
	if err != nil {
		return "", err
	}
	message, err := m.message(parcel, to, recipient)
	if err != nil {
		return "", refused(err)
	}
	return m.Server.send(ctx, address.Address, message)
}

// allows says whether mail may go to an address.
func (s MailServer) allows(address string) error {
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

// message is the whole mail, as bytes.
func (m Mail) message(parcel Parcel, to []string, recipient string) ([]byte, error) {
	notes := parcel.Notes
	attach := parcel.File != "" && !m.Bare
	if attach && m.Server.MaxAttachment > 0 {
		info, err := os.Stat(parcel.File)
		if err != nil {
			return nil, err
		}
		if attach = info.Size() <= m.Server.MaxAttachment; !attach {
			notes = append(slices.Clone(notes), fmt.Sprintf("The workbook is not attached: it has %.1f MB, and a mail may have %.1f MB.",
				float64(info.Size())/1e6, float64(m.Server.MaxAttachment)/1e6))
		}
	}
	parcel.Notes = notes
	html, text, err := m.Texts.Fill(parcel, attach)
	if err != nil {
		return nil, err
	}
	message := gomail.NewMsg()
	errs := []error{message.From(m.Server.From)}
	if len(to) > 0 {
		errs = append(errs, message.To(to...))
	}
	if len(m.CC) > 0 {
		errs = append(errs, message.Cc(m.CC...))
	}
	if m.ReplyTo != "" {
		errs = append(errs, message.ReplyTo(m.ReplyTo))
	}
	if len(to)+len(m.CC) == 0 {
		errs = append(errs, message.SetAddrHeader(gomail.HeaderTo, m.Server.From)) // all are blind copies
	}
	message.Subject(strings.Join(strings.Fields(parcel.fill(m.subject(parcel), func(text string) string { return text })), " "))
	message.SetDate()
	message.SetMessageIDWithValue(m.messageID(parcel, recipient))
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(gomail.TypeTextPlain, text)
	message.AddAlternativeString(gomail.TypeTextHTML, html)
	if attach {
		message.AttachFile(parcel.File, gomail.WithFileName(parcel.name("")),
			gomail.WithFileContentType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
	}
	var written bytes.Buffer
	_, err = message.WriteTo(&written)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return written.Bytes(), nil
}

func (m Mail) subject(parcel Parcel) string {
	switch {
	case m.Subject != "":
		return m.Subject
	case parcel.Part != "":
		return "{title}, {part}, " + parcel.When
	}
	return "{title}, " + parcel.When
}

// messageID is the same for the same report to the same address, so that a mail server can tell a second copy.
func (m Mail) messageID(parcel Parcel, recipient string) string {
	sum := sha256.Sum256(fmt.Append(nil, parcel.Report, "\n", parcel.Period, "\n", parcel.Part, "\n", parcel.SHA256, "\n", recipient))
	_, domain, _ := strings.Cut(m.Server.From, "@")
	return fmt.Sprintf("%x@%s", sum[:16], strings.Trim(domain, "> "))
}

// send brings a message to one address.
func (s MailServer) send(ctx context.Context, address string, message []byte) (string, error) {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return "", refused(fmt.Errorf("mail.from %q: %w", s.From, err))
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
			return "", refused(err)
		}
		options = append(options, gomail.WithUsername(s.Username), gomail.WithPassword(password), gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
		if s.TLS == "none" { // to this machine, or said to be insecure
			options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthPlainNoEnc))
		}
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return "", refused(err)
	}
	server, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", s.explain(connecting, err)
	}
	defer server.Close()
	for _, step := range []struct {
		name string
		do   func() error
	}{{"its sender", func() error { return server.Mail(from.Address) }}, {"its recipient", func() error { return server.Rcpt(address) }}} {
		if err := errors.Join(server.UpdateDeadline(s.Timeout), step.do()); err != nil {
			return "", s.explain(step.name, err)
		}
	}
	body, err := server.Data()
	if err != nil {
		return "", s.explain("its text", err)
	}
	if _, err := bytes.NewReader(message).WriteTo(body); err != nil {
		return "", s.explain("its text", err) // and no end of it, so nothing is delivered
	}
	if err := errors.Join(server.UpdateDeadline(s.Timeout), body.Close()); err != nil {
		if isReply(err) {
			return "", s.explain("its text", err)
		}
		return "", unknown(s.explain("its text", err)) // all was sent, and no answer came
	}
	_ = server.Quit() // it has the mail
	return "mail to " + address, nil
}

// explain says why a step failed, and whether that is for good. What the server said is left out while it is logged in to, and later where it
// repeats the password.
func (s MailServer) explain(what string, err error) error {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return s.at(what, s.unanswered(err))
	}
	text := fmt.Sprintf("it answered %d %s", reply.Code, enhancedCode.FindString(reply.Msg))
	switch {
	case what == connecting && reply.Code == 535:
		text += ", wrong user or password"
	case what != connecting && !shows(reply.Msg, s.secrets()...):
		text = fmt.Sprintf("it answered %d %s", reply.Code, reply.Msg)
	}
	if err = s.at(what, errors.New(strings.TrimSpace(text))); reply.Code >= 500 {
		return refused(err)
	}
	return err
}

// connecting is the step of which the other side's words are not shown.
const connecting = "connecting"

func (s MailServer) at(what string, err error) error {
	return fmt.Errorf("mail server %s, %s: %w", net.JoinHostPort(s.Host, fmt.Sprint(s.Port)), what, err)
}

// enhancedCode is that of RFC 3463, which tells more than the three digits.
var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}`)

// unanswered is why there was no reply.
func (s MailServer) unanswered(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "does not support STARTTLS"):
		return errors.New("it does not offer STARTTLS")
	case strings.Contains(text, "does not support SMTP AUTH"), strings.Contains(text, "not able to detect a supported"):
		return errors.New("it offers no way to log in that callsheet knows")
	}
	return reason(err)
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

func isReply(err error) bool {
	var reply *textproto.Error
	return errors.As(err, &reply)
}
