package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/notify"
	"callsheet/queries"
	"callsheet/store"
	"callsheet/templates"
)

// sendTimeout limits each step of sending.
const sendTimeout = 30 * time.Second

// Channels returns the channels that a report is sent through, in the order of the configuration.
func (p *Pipeline) Channels(entry config.Report) ([]notify.Channel, error) {
	var channels []notify.Channel
	for i, delivery := range entry.Deliver {
		channel, err := p.channel(delivery)
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

func (p *Pipeline) channel(d config.Delivery) (notify.Channel, error) {
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
		m.PartRecipients = p.recipients(*d.Mail)
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

// allParts is the key of the recipients of every part. No part has this name.
const allParts = "\x00"

// recipientsTTL is how long the result of a recipients query is cached: the parts of a run share it.
const recipientsTTL = 30 * time.Second

// recipients returns a function for the addresses of a part, from the configuration and from the recipients query.
func (p *Pipeline) recipients(d config.MailDelivery) func(ctx context.Context, part string) ([]string, error) {
	var mutex sync.Mutex
	var queriedAt time.Time
	var cached map[string][]string
	return func(ctx context.Context, part string) ([]string, error) {
		if d.RecipientsQuery == "" {
			return d.Recipients[part], nil
		}
		mutex.Lock()
		defer mutex.Unlock()
		if cached == nil || p.Now().Sub(queriedAt) > recipientsTTL {
			err := p.withReader(ctx, func(ctx context.Context, reader *store.Reader) (err error) {
				cached, err = QueryRecipients(ctx, reader, p.Config.Path(d.RecipientsQuery))
				return err
			})
			if err != nil {
				cached = nil
				return nil, markPermanent(err)
			}
			queriedAt = p.Now()
		}
		return slices.Concat(d.Recipients[part], cached[part], cached[allParts]), nil
	}
}

// QueryRecipients runs a query with the columns part and address and returns the addresses by part. Without the column part, every
// address gets all parts.
func QueryRecipients(ctx context.Context, reader *store.Reader, path string) (map[string][]string, error) {
	part, address := -1, -1
	recipients := map[string][]string{}
	err := reader.Select(ctx, queries.Read(path), func(columns []string) error {
		part, address = slices.Index(columns, "part"), slices.Index(columns, "address")
		if address < 0 {
			return fmt.Errorf("no column address, the columns are %s\nhint: return address, and part for a burst", strings.Join(columns, ", "))
		}
		return nil
	}, func(values []any) error {
		to, ok := values[address].(string)
		if _, err := mail.ParseAddress(to); !ok || err != nil {
			return fmt.Errorf("%q is not a mail address", fmt.Sprint(values[address]))
		}
		key := allParts
		if part >= 0 {
			key = fmt.Sprint(values[part])
		}
		recipients[key] = append(recipients[key], to)
		return nil
	})
	if err != nil {
		err = fmt.Errorf("recipients_query %w", err)
	}
	return recipients, err
}
