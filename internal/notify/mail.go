package notify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Mail is a channel to mail addresses. Each address gets a mail of its own, so that a refused address does not affect the others.
type Mail struct {
	Server       MailServer
	To, CC, BCC  []string
	ReplyTo      string
	Subject      string // pattern; the default when empty
	NoAttachment bool   // send the figures without the workbook
	Templates    MailTemplates
	// PartRecipients returns the addresses of a part, in addition to To. It may be nil.
	PartRecipients func(ctx context.Context, part string) ([]string, error)
}

// Idempotent returns false: each mail arrives.
func (m Mail) Idempotent() bool { return false }

// Key identifies a person by the address, without the display name.
func (m Mail) Key(recipient string) string { return addressKey(recipient) }

// Settings returns what a recipient sees of the channel.
func (m Mail) Settings() []any { return []any{"mail", m.ReplyTo, m.Subject, m.NoAttachment} }

// Recipients returns the bare addresses of a part, each person once.
func (m Mail) Recipients(ctx context.Context, part string) ([]string, error) {
	to, err := m.to(ctx, part)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, address := range withoutDuplicates(slices.Concat(to, m.CC, m.BCC), map[string]bool{}) {
		all = append(all, bareAddress(address))
	}
	return all, nil
}

// to returns the addresses of the To header.
func (m Mail) to(ctx context.Context, part string) ([]string, error) {
	to := m.To
	if m.PartRecipients != nil {
		recipients, err := m.PartRecipients(ctx, part)
		if err != nil {
			return nil, err
		}
		to = slices.Concat(to, recipients)
	}
	return withoutDuplicates(to, map[string]bool{}), nil
}

// Send mails the message to one address. The headers name all addresses of To and CC.
func (m Mail) Send(ctx context.Context, message Message, recipient string) (string, error) {
	address, err := mail.ParseAddress(recipient)
	if err != nil {
		return "", permanent(fmt.Errorf("%q is not a mail address: %w", recipient, err))
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

// compose returns the mail with its headers.
func (m Mail) compose(message Message, to []string, recipient string) ([]byte, error) {
	attach := message.File != "" && !m.NoAttachment
	if attach && m.Server.MaxAttachment > 0 {
		info, err := os.Stat(message.File)
		if err != nil {
			return nil, err
		}
		if attach = info.Size() <= m.Server.MaxAttachment; !attach {
			message.Notes = append(slices.Clone(message.Notes), fmt.Sprintf("The workbook is not attached: its size is %.1f MB, and the limit is %.1f MB.",
				float64(info.Size())/1e6, float64(m.Server.MaxAttachment)/1e6))
		}
	}
	html, text, err := m.Templates.Execute(message, attach)
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg()
	seen := map[string]bool{}
	to, cc := withoutDuplicates(to, seen), withoutDuplicates(m.CC, seen)
	errs := []error{msg.From(m.Server.From)}
	if len(to) > 0 {
		errs = append(errs, msg.To(to...))
	}
	if len(cc) > 0 {
		errs = append(errs, msg.Cc(cc...))
	}
	if m.ReplyTo != "" {
		errs = append(errs, msg.ReplyTo(m.ReplyTo))
	}
	if len(to)+len(cc) == 0 {
		errs = append(errs, msg.SetAddrHeader(gomail.HeaderTo, m.Server.From)) // all recipients are BCC
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
	var content bytes.Buffer
	_, err = msg.WriteTo(&content)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return content.Bytes(), nil
}

// subject returns the pattern of the subject.
func (m Mail) subject(message Message) string {
	switch {
	case m.Subject != "":
		return m.Subject
	case message.Part != "":
		return "{title}, {part}, " + message.When
	}
	return "{title}, " + message.When
}

// messageID is the same for the same workbook to the same address, so that a mail server can drop a duplicate.
func (m Mail) messageID(message Message, recipient string) string {
	sum := sha256.Sum256(fmt.Append(nil, message.Report, "\n", message.Period, "\n", message.Part, "\n", message.SHA256, "\n", recipient))
	_, domain, _ := strings.Cut(m.Server.From, "@")
	return fmt.Sprintf("%x@%s", sum[:16], strings.Trim(domain, "> "))
}
