package main

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/notify"
	"callsheet/store"
	"callsheet/templates"
)

// How long a step of sending may take.
const sendTimeout = 30 * time.Second

// channels are those that a report goes out, in the order of the configuration.
func (a *app) channels(c *config.Config, entry config.Report) ([]notify.Channel, error) {
	var channels []notify.Channel
	for i, delivery := range entry.Deliver {
		channel, err := a.channel(c, delivery)
		if err != nil {
			return nil, usage(fmt.Errorf("report %s, deliver[%d]: %w", entry.Name, i, err))
		}
		channels = append(channels, channel)
	}
	return channels, nil
}

func (a *app) channel(c *config.Config, d config.Delivery) (notify.Channel, error) {
	if err := notify.CheckPattern(d.Name); err != nil {
		return nil, err
	}
	switch {
	case d.Mail != nil:
		m, err := a.mailChannel(c)
		if err != nil {
			return nil, err
		}
		m.To, m.CC, m.BCC, m.ReplyTo, m.Subject = d.Mail.To, d.Mail.CC, d.Mail.BCC, d.Mail.ReplyTo, d.Mail.Subject
		m.NoAttachment = d.Mail.Attach != nil && !*d.Mail.Attach
		m.PartRecipients = a.recipients(c, *d.Mail)
		return m, notify.CheckPattern(d.Mail.Subject)
	case d.Bucket != "":
		return notify.Bucket{URL: d.Bucket, Name: d.Name}, nil
	case d.Webhook != nil:
		return webhook(c, *d.Webhook), nil
	}
	return notify.Folder{Dir: c.Path(d.Folder), Name: d.Name, Keep: d.Keep}, nil
}

// mailChannel is the mail server of the configuration with the mail's texts, for nobody yet. Its password is asked for when it sends, so
// that what sends no mail needs none.
func (a *app) mailChannel(c *config.Config) (notify.Mail, error) {
	texts, err := mailTemplates(c)
	if err != nil {
		return notify.Mail{}, err
	}
	return notify.Mail{Templates: texts, Server: notify.MailServer{
		Host: c.Mail.Host, Port: c.Mail.Port, TLS: c.Mail.TLS, From: c.Mail.From,
		Username:       c.Mail.Username,
		Password:       func() (string, error) { return c.ResolveSecret("mail.password", c.Mail.Password, c.Mail.PasswordFile) },
		AllowedDomains: c.Mail.AllowedDomains, MaxAttachment: int64(c.Mail.MaxAttachment), Timeout: sendTimeout,
	}}, nil
}

// mailTemplates are mail.html and mail.txt, ours or those of the user's folder of templates.
func mailTemplates(c *config.Config) (notify.MailTemplates, error) {
	text := func(name string) (string, error) {
		own, err := os.ReadFile(ownTemplates(c) + "/" + name)
		if errors.Is(err, os.ErrNotExist) {
			own, err = templates.FS.ReadFile(name)
		}
		return string(own), err
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

func webhook(c *config.Config, target config.WebhookTarget) notify.Webhook {
	return notify.Webhook{Format: target.Shape, Timeout: sendTimeout, URL: func() (string, error) {
		return c.ResolveSecret("webhook.url", target.URL, target.URLFile)
	}}
}

// allParts stands for the parts of those who get them all; it is the name of none.
const allParts = "\x00"

// recipientsTTL is how long the answer to a recipients query is taken for that of now: the parts of one run ask for the same.
const recipientsTTL = 30 * time.Second

// recipients give the addresses of a part: those that the configuration names for it, and those of the query.
func (a *app) recipients(c *config.Config, d config.MailDelivery) func(ctx context.Context, part string) ([]string, error) {
	var mutex sync.Mutex
	var queriedAt time.Time
	var cached map[string][]string
	return func(ctx context.Context, part string) ([]string, error) {
		if d.RecipientsQuery == "" {
			return d.Recipients[part], nil
		}
		mutex.Lock()
		defer mutex.Unlock()
		if cached == nil || time.Since(queriedAt) > recipientsTTL {
			err := a.withReader(ctx, c, func(ctx context.Context, reader *store.Reader) (err error) {
				cached, err = queryRecipients(ctx, reader, c.Path(d.RecipientsQuery))
				return err
			})
			if err != nil {
				cached = nil
				return nil, markPermanent(err)
			}
			queriedAt = time.Now()
		}
		return slices.Concat(d.Recipients[part], cached[part], cached[allParts]), nil
	}
}

// queryRecipients runs a query of the columns part and address; without part, everybody gets every part.
func queryRecipients(ctx context.Context, reader *store.Reader, path string) (map[string][]string, error) {
	statement, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("recipients_query: %w", err)
	}
	part, address := -1, -1
	people := map[string][]string{}
	err = reader.SQL(ctx, string(statement), func(columns []string) error {
		part, address = slices.Index(columns, "part"), slices.Index(columns, "address")
		if address < 0 {
			return fmt.Errorf("it has the columns %s\nhint: it must give address, and part for a burst", strings.Join(columns, ", "))
		}
		return nil
	}, func(values []any) error {
		to, ok := values[address].(string)
		if _, err := mail.ParseAddress(to); !ok || err != nil {
			return fmt.Errorf("%q is no mail address", fmt.Sprint(values[address]))
		}
		of := allParts
		if part >= 0 {
			of = fmt.Sprint(values[part])
		}
		people[of] = append(people[of], to)
		return nil
	})
	if err != nil {
		err = fmt.Errorf("recipients_query %s: %w", path, err)
	}
	return people, err
}
