package notify

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// composeWithin returns the mail, without its workbook if it would be larger than the configuration or the server allows.
func (m Mail) composeWithin(d *draft, server *session) (_ []byte, err error) {
	limit, whose := m.Server.MaxAttachment, "mail.max_attachment is"
	if size := server.maxSize(); size > 0 && (limit <= 0 || size < limit) {
		limit, whose = size, "the mail server accepts"
	}
	// Another server on the way may not support SMTPUTF8, so that only a mail to or from such an address asks for it.
	utf8 := server.supports("SMTPUTF8") && !isASCII(d.from.Address+d.to.Address)
	tooLarge := func(size int64) bool { return limit > 0 && size > limit }
	size := int64(0)
	if d.attach {
		info, err := os.Stat(d.message.File)
		if err != nil {
			return nil, err
		}
		size = base64Size(info.Size()) // a lower bound that spares composing a huge mail
	}
	var content []byte
	if !tooLarge(size) {
		if content, err = m.compose(*d, utf8); err != nil || !tooLarge(int64(len(content))) {
			return content, err
		}
		size = int64(len(content))
	}
	if d.attach {
		d.attach, d.withoutFile = false, fmt.Sprintf("the mail would have %s with it, and %s %s", megabytes(size), whose, megabytes(limit))
		if content, err = m.compose(*d, utf8); err != nil || !tooLarge(int64(len(content))) {
			return content, err
		}
	}
	d.textOnly = true
	return m.compose(*d, utf8)
}

// enclosesFiles reports whether a mail has more than its text.
func (m Mail) enclosesFiles(d draft) bool { return d.attach || m.summary(d).file != "" }

// base64Size returns the size of encoded bytes in lines of 76 characters.
func base64Size(n int64) int64 {
	encoded := (n + 2) / 3 * 4
	return encoded + (encoded+75)/76*2
}

func megabytes(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// compose returns the mail with its headers.
func (m Mail) compose(d draft, utf8 bool) ([]byte, error) {
	message := d.message
	if d.withoutFile != "" {
		message.Notes = append(slices.Clone(message.Notes), "The workbook "+message.fileName("")+" is not attached: "+d.withoutFile+".")
	}
	enclosed := m.summary(d)
	html, text, err := m.Templates.Execute(message, enclosed.Enclosed)
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg()
	var errs []error
	addresses := func(set func(...string) error, texts []string) int {
		listed, err := headerAddresses(texts, utf8)
		if errs = append(errs, err); len(listed) > 0 {
			errs = append(errs, set(listed...))
		}
		return len(listed)
	}
	errs = append(errs, msg.From(d.from.String()))
	seen := map[string]bool{}
	if addresses(msg.To, withoutDuplicates(d.toHeader, seen))+addresses(msg.Cc, withoutDuplicates(m.CC, seen)) == 0 {
		errs = append(errs, msg.To(d.from.String())) // all recipients are BCC
	}
	if m.ReplyTo != "" {
		addresses(func(texts ...string) error { return msg.ReplyTo(texts[0]) }, []string{m.ReplyTo})
	}
	msg.Subject(headerText(m.subject(message)))
	msg.SetDate()
	msg.SetMessageIDWithValue(d.messageID())
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, text)
	msg.AddAlternativeString(gomail.TypeTextHTML, html)
	enclosed.add(msg, html)
	if d.attach {
		msg.AttachFile(message.File, named(message.fileName(""), "attachment", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
	}
	var content bytes.Buffer
	_, err = msg.WriteTo(&content)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return content.Bytes(), nil
}

// headerAddresses returns addresses for a header. Those with letters other than ASCII before the @ are left out of mails that do not
// need SMTPUTF8 otherwise.
func headerAddresses(texts []string, utf8 bool) (listed []string, err error) {
	for _, text := range texts {
		address, err := parseAddress(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a mail address: %w", text, err)
		}
		if address.Name = headerText(address.Name); utf8 || isASCII(address.Address) {
			listed = append(listed, address.String())
		}
	}
	return listed, nil
}

// maxHeaderText is the longest subject or name, in characters: some clients show none that is much longer, and lines of a header have a limit.
const maxHeaderText = 200

// headerText returns a text for a header: one line, shortened if it is long.
func headerText(text string) string {
	text = oneLine(text)
	if letters := []rune(text); len(letters) > maxHeaderText {
		text = string(letters[:maxHeaderText-1]) + "…"
	}
	return text
}

// subject returns the subject of a message. It is the heading if the pattern has no text for it, such as {part} without a burst.
func (m Mail) subject(message Message) string {
	if subject := message.expand(m.Subject, plain); strings.TrimSpace(subject) != "" {
		return subject
	}
	return message.Heading()
}

// NewID returns the ID of a new message.
func NewID() string { return rand.Text() }

// messageID is the same for the same message to the same address, so that a mail server can drop a duplicate. Without the workbook, or
// through a channel with another subject, it is another mail.
func (d draft) messageID() string {
	sum := sha256.Sum256(fmt.Append(nil, d.id, "\n", d.channel, "\n", addressKey(d.to.Address), "\n", d.attach, d.textOnly))
	return fmt.Sprintf("%x@%s", sum[:16], domainOf(d.from.Address))
}
