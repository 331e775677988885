package pipeline

import (
	"context"
	"errors"
	"fmt"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/notify"
	"callsheet/internal/period"
)

// Recipients returns the recipients of a report's channels, without those of a burst's parts.
func Recipients(ctx context.Context, channels []notify.Channel) (recipients []string, err error) {
	var errs []error
	for _, channel := range channels {
		some, err := channel.Recipients(ctx, "")
		recipients, errs = append(recipients, some...), append(errs, err)
	}
	return recipients, errors.Join(errs...)
}

// Deliver sends a workbook once through every channel of a report, without the ledger. It returns the locations. Channels with the same
// settings send one message to a recipient of both.
func (p *Pipeline) Deliver(ctx context.Context, entry config.Report, message notify.Message) ([]string, error) {
	channels, err := p.Channels(entry)
	if err != nil {
		return nil, err
	}
	var locations []string
	var errs []error
	sent := map[string]bool{}
	for _, channel := range channels {
		recipients, err := channel.Recipients(ctx, "")
		errs = append(errs, err)
		for _, recipient := range recipients {
			id := notify.RecipientID(channel, recipient)
			if sent[id] {
				continue
			}
			sent[id] = true
			location, err := notify.Send(ctx, channel, message, recipient)
			if errors.Is(err, notify.ErrWarning) {
				p.Log.Warn("delivered, with a warning", "place", location, "warning", err)
			} else if err != nil {
				errs = append(errs, fmt.Errorf("delivering %s to %s: %w", message.File, recipient, err))
				continue
			}
			locations = append(locations, location)
		}
	}
	return locations, errors.Join(errs...)
}

// testChannel returns the first of a report's mail channels, so that a test shows what its recipients get, or a plain one.
func (p *Pipeline) testChannel(entry job.Entry) (notify.Mail, error) {
	for _, channel := range entry.Channels {
		if mail, ok := channel.(notify.Mail); ok {
			return mail, nil
		}
	}
	return p.MailChannel()
}

// TestMails builds a report, all parts of a burst, and mails it to one address, without the ledger. sent is called for each mail.
// problems describes what could not be loaded.
func (p *Pipeline) TestMails(ctx context.Context, entry job.Entry, span period.Period, to string, sent func(file, location string)) (problems []string, err error) {
	if p.Config.Mail.Host == "" || p.Config.Mail.From == "" {
		return nil, exitcode.UsageError(errors.New("the configuration has no mail.host and mail.from to send from"))
	}
	steps := newSteps(p, Ledger(p.Config))
	if problems, err = steps.Refresh(ctx); err != nil {
		return nil, err
	}
	parts := []string{""}
	if entry.Burst {
		if parts, err = steps.Parts(ctx, entry.Report, span); err != nil {
			return nil, err
		}
	}
	channel, err := p.testChannel(entry)
	if err != nil {
		return nil, err
	}
	channel.To, channel.CC, channel.BCC, channel.PartRecipients = []string{to}, nil, nil, nil
	for _, part := range parts {
		workbook, err := steps.Build(ctx, entry.Report, span, part)
		if err != nil {
			return nil, err
		}
		location, err := notify.Send(ctx, channel, workbook.Message, to)
		if err != nil && !errors.Is(err, notify.ErrWarning) {
			return nil, err
		}
		sent(workbook.Message.File, location)
	}
	return problems, nil
}
