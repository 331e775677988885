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

// ways are those that a report goes out, in the order of the configuration.
func (a *app) ways(c *config.Config, entry config.Report) ([]notify.Way, error) {
	var ways []notify.Way
	for i, delivery := range entry.Deliver {
		way, err := a.way(c, delivery)
		if err != nil {
			return nil, usage(fmt.Errorf("report %s, deliver[%d]: %w", entry.Name, i, err))
		}
		ways = append(ways, way)
	}
	return ways, nil
}

func (a *app) way(c *config.Config, d config.Delivery) (notify.Way, error) {
	if err := notify.CheckPattern(d.Name); err != nil {
		return nil, err
	}
	switch {
	case d.Mail != nil:
		m, err := a.mailWay(c)
		if err != nil {
			return nil, err
		}
		m.To, m.CC, m.BCC, m.ReplyTo, m.Subject = d.Mail.To, d.Mail.CC, d.Mail.BCC, d.Mail.ReplyTo, d.Mail.Subject
		m.Bare = d.Mail.Attach != nil && !*d.Mail.Attach
		m.Of = a.recipients(c, *d.Mail)
		return m, notify.CheckPattern(d.Mail.Subject)
	case d.Bucket != "":
		return notify.Bucket{URL: d.Bucket, Name: d.Name}, nil
	case d.Webhook != nil:
		return webhook(c, *d.Webhook), nil
	}
	return notify.Folder{Dir: c.Path(d.Folder), Name: d.Name, Keep: d.Keep}, nil
}

// mailWay is the mail server of the configuration with the mail's texts, for nobody yet. Its password is asked for when it sends, so
// that what sends no mail needs none.
func (a *app) mailWay(c *config.Config) (notify.Mail, error) {
	texts, err := mailTexts(c)
	if err != nil {
		return notify.Mail{}, err
	}
	return notify.Mail{Texts: texts, Server: notify.MailServer{
		Host: c.Mail.Host, Port: c.Mail.Port, TLS: c.Mail.TLS, From: c.Mail.From,
		Username:       c.Mail.Username,
		Password:       func() (string, error) { return c.RevealSecret("mail.password", c.Mail.Password, c.Mail.PasswordFile) },
		AllowedDomains: c.Mail.AllowedDomains, MaxAttachment: int64(c.Mail.MaxAttachment), Timeout: sendTimeout,
	}}, nil
}

// mailTexts are mail.html and mail.txt, ours or those of the user's folder of templates.
func mailTexts(c *config.Config) (notify.MailTexts, error) {
	text := func(name string) (string, error) {
		own, err := os.ReadFile(ownTemplates(c) + "/" + name)
		if errors.Is(err, os.ErrNotExist) {
			own, err = templates.FS.ReadFile(name)
		}
		return string(own), err
	}
	html, err := text("mail.html")
	if err != nil {
		return notify.MailTexts{}, err
	}
	plain, err := text("mail.txt")
	if err != nil {
		return notify.MailTexts{}, err
	}
	return notify.ParseMailTexts(html, plain)
}

func webhook(c *config.Config, target config.WebhookTarget) notify.Webhook {
	return notify.Webhook{Shape: target.Shape, Timeout: sendTimeout, URL: func() (string, error) {
		return c.RevealSecret("webhook.url", target.URL, target.URLFile)
	}}
}

// everyPart stands for the parts of those who get them all; it is the name of none.
const everyPart = "\x00"

// askAgain is how long the answer to a recipients query is taken for that of now: the parts of one run ask for the same.
const askAgain = 30 * time.Second

// recipients give the addresses of a part: those that the configuration names for it, and those of the query.
func (a *app) recipients(c *config.Config, d config.MailDelivery) func(ctx context.Context, part string) ([]string, error) {
	var mutex sync.Mutex
	var asked time.Time
	var known map[string][]string
	return func(ctx context.Context, part string) ([]string, error) {
		if d.RecipientsQuery == "" {
			return d.Recipients[part], nil
		}
		mutex.Lock()
		defer mutex.Unlock()
		if known == nil || time.Since(asked) > askAgain {
			err := a.withReader(ctx, c, func(ctx context.Context, reader *store.Reader) (err error) {
				known, err = askRecipients(ctx, reader, c.Path(d.RecipientsQuery))
				return err
			})
			if err != nil {
				known = nil
				return nil, permanent(err)
			}
			asked = time.Now()
		}
		return slices.Concat(d.Recipients[part], known[part], known[everyPart]), nil
	}
}

// askRecipients runs a query of the columns part and address; without part, everybody gets every part.
func askRecipients(ctx context.Context, reader *store.Reader, path string) (map[string][]string, error) {
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
		of := everyPart
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
