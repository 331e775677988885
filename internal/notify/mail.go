package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"

	"callsheet/internal/remote"
)

// Mail is a channel to mail addresses. Each address gets a mail of its own, so that a refused address does not affect the others.
type Mail struct {
	Server       MailServer
	To, CC, BCC  []string
	ReplyTo      string
	Subject      string // pattern; the default when empty
	NoAttachment bool   // send the figures without the workbook
	Summary      string // the form in which a mail has the summary: SummaryPicture, SummaryPDF or none
	Templates    MailTemplates
	// PartRecipients returns the addresses of a part, or of EveryPart, in addition to To; with a RecipientsError, those that are known. It
	// may be nil.
	PartRecipients func(ctx context.Context, part string) ([]string, error)
}

// Idempotent returns false: each mail arrives.
func (m Mail) Idempotent() bool { return false }

// Key identifies a person by the address, without the display name.
func (m Mail) Key(recipient string) string { return addressKey(recipient) }

// Settings returns what a recipient sees of the channel.
func (m Mail) Settings() []any { return []any{"mail", m.ReplyTo, m.Subject, m.NoAttachment, m.Summary} }

// Recipients returns the bare addresses of a part, or of EveryPart, each person once.
func (m Mail) Recipients(ctx context.Context, part string) ([]string, error) {
	to, err := m.to(ctx, part)
	if err != nil && !isPartial(err) {
		return nil, err
	}
	var all []string
	for _, address := range withoutDuplicates(slices.Concat(to, m.CC, m.BCC), map[string]bool{}) {
		all = append(all, bareAddress(address))
	}
	return all, err
}

// to returns the addresses of the To header.
func (m Mail) to(ctx context.Context, part string) ([]string, error) {
	to := m.To
	var err error
	if m.PartRecipients != nil {
		var recipients []string
		if recipients, err = m.PartRecipients(ctx, part); err != nil && !isPartial(err) {
			return nil, err
		}
		to = slices.Concat(to, recipients)
	}
	return withoutDuplicates(to, map[string]bool{}), err
}

// isPartial reports whether an error is about some recipients only.
func isPartial(err error) bool {
	_, ok := errors.AsType[*RecipientsError](err)
	return ok
}

// Send mails the message to one address. The headers name all addresses of To and CC that get the message's part, and the recipient unless
// it is in BCC: those of one part do not see those of another. A workbook that makes the mail too large, or with which the server refuses
// it, is left out: the figures and the link arrive, with a warning.
func (m Mail) Send(ctx context.Context, message Message, recipient string) (string, error) {
	d, err := m.draft(ctx, message, recipient)
	if err != nil {
		return "", err
	}
	err = m.deliver(ctx, &d)
	if refused, ok := errors.AsType[*replyError](err); ok && refused.refusesFiles() && m.enclosesFiles(d) {
		if d.attach {
			d.withoutFile = "the mail server refused the mail with it (" + refused.status() + ")"
		}
		d.textOnly, d.attach = true, false
		err = m.deliver(ctx, &d)
	}
	if err != nil {
		return "", err
	}
	if d.withoutFile != "" {
		without := "without the workbook: " + d.withoutFile
		return "mail to " + envelope(d.to) + " " + without, warning(errors.New(without))
	}
	return "mail to " + envelope(d.to), nil
}

// A draft is a mail to one address before it is composed.
type draft struct {
	message     Message
	from, to    *mail.Address
	toHeader    []string
	id, channel string
	attach      bool   // the workbook
	textOnly    bool   // without the summary as a picture or PDF
	withoutFile string // why the workbook is not attached although it should be
}

func (m Mail) draft(ctx context.Context, message Message, recipient string) (d draft, err error) {
	d = draft{message: message, attach: message.File != "" && !m.NoAttachment, id: cmp.Or(message.ID, NewID()), channel: ChannelID(m)}
	if d.to, err = parseAddress(recipient); err != nil {
		return d, permanent(fmt.Errorf("%q is not a mail address: %w", recipient, err))
	}
	if d.from, err = parseAddress(m.Server.From); err != nil {
		return d, permanent(fmt.Errorf("mail.from %q: %w", m.Server.From, err))
	}
	d.from.Name = headerText(d.from.Name)
	if err := m.Server.checkDomain(d.to.Address); err != nil {
		return d, permanent(err)
	}
	if d.toHeader, err = m.to(ctx, message.Part); isPartial(err) {
		err = nil
	}
	seen := map[string]bool{}
	withoutDuplicates(slices.Concat(d.toHeader, m.CC, m.BCC), seen)
	d.toHeader = append(d.toHeader, withoutDuplicates([]string{recipient}, seen)...)
	return d, err
}

// deliver sends a draft in a session of its own.
func (m Mail) deliver(ctx context.Context, d *draft) error {
	server, err := m.Server.open(ctx)
	switch {
	case errors.Is(err, remote.ErrTimeout):
		return classifiedError{err, ErrSilent}
	case err != nil:
		return err
	}
	defer server.quit()
	content, err := m.composeWithin(d, server)
	if err != nil {
		return permanent(err)
	}
	return m.Server.send(server, envelope(d.from), envelope(d.to), content)
}
