package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/notify"
	"callsheet/templates"
)

// sendTimeout limits each step of sending.
const sendTimeout = 30 * time.Second

// Channels returns the channels that a report is sent through, in the order of the configuration.
func (p *Pipeline) Channels(entry config.Report) ([]notify.Channel, error) {
	var channels []notify.Channel
	for i, delivery := range entry.Deliver {
		channel, err := p.channel(delivery, entry.Burst)
		if err != nil {
			return nil, exitcode.UsageError(fmt.Errorf("report %s, deliver[%d]: %w", entry.Name, i, err))
		}
		if m, ok := channel.(notify.Mail); ok {
			m.Summary = summaryForm(entry, *delivery.Mail) // with the default
			channel = m
		}
		channels = append(channels, channel)
	}
	return channels, nil
}

// channel returns the channel of a delivery. burst is the column that the report is split by, if it is.
func (p *Pipeline) channel(d config.Delivery, burst string) (notify.Channel, error) {
	if err := notify.CheckName(d.Name); err != nil {
		return nil, err
	}
	switch {
	case d.Mail != nil:
		m, err := p.MailChannel()
		if err != nil {
			return nil, err
		}
		m.To, m.CC, m.BCC, m.ReplyTo, m.Subject = d.Mail.To, d.Mail.CC, d.Mail.BCC, d.Mail.ReplyTo, d.Mail.Subject
		m.NoAttachment = d.Mail.Attach != nil && !*d.Mail.Attach
		m.Summary = d.Mail.Summary
		m.PartRecipients = p.recipients(*d.Mail, burst)
		return m, notify.CheckPattern(d.Mail.Subject)
	case d.Bucket != "":
		return notify.Bucket{URL: d.Bucket, Name: d.Name}, nil
	case d.Webhook != nil:
		return p.webhook(*d.Webhook)
	}
	return notify.Folder{Dir: p.Config.Path(d.Folder), Name: d.Name, Keep: d.Keep}, nil
}

// AlertChannels returns the channels that alerts are sent through. A channel with an error is left out.
func (p *Pipeline) AlertChannels() (channels []notify.Channel, err error) {
	var errs []error
	var addresses []string
	for _, target := range p.Config.AlertTo {
		if target.Webhook == nil {
			addresses = append(addresses, target.Address)
			continue
		}
		channel, err := p.webhook(*target.Webhook)
		if errs = append(errs, err); err == nil {
			channels = append(channels, channel)
		}
	}
	if len(addresses) > 0 {
		m, err := p.MailChannel()
		m.To = addresses
		m.Server.AllowedDomains = nil // the configuration names the addresses itself
		if errs = append(errs, err); err == nil {
			channels = append(channels, m)
		}
	}
	return channels, errors.Join(errs...)
}

// MailTemplates returns mail.html and mail.txt, the user's or the built-in ones.
func MailTemplates(c *config.Config) (notify.MailTemplates, error) {
	text := func(name string) (string, error) {
		content, err := os.ReadFile(filepath.Join(c.UserTemplates(), name))
		if errors.Is(err, os.ErrNotExist) {
			content, err = templates.FS.ReadFile(name)
		}
		return string(content), err
	}
	html, err := text("mail.html")
	if err != nil {
		return notify.MailTemplates{}, err
	}
	plain, err := text("mail.txt")
	if err != nil {
		return notify.MailTemplates{}, err
	}
	return notify.ParseMailTemplates(html, plain)
}
