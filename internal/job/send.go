package job

import (
	"context"
	"errors"
	"time"

	"callsheet/internal/notify"
)

// A delivery is one message to one recipient.
type delivery struct {
	message notify.Message
	channel notify.Channel
	row     Run
}

// send brings every message to all of its recipients that do not have it, and those that fail once more, until the time for that is
// over.
func (x *run) send(ctx context.Context, messages []notify.Message) error {
	if err := x.setState(Sending); err != nil {
		return err
	}
	var open []delivery
	for _, message := range messages {
		for _, channel := range x.entry.Channels {
			sendings, err := x.pending(ctx, message, channel)
			if err != nil {
				return err
			}
			open = append(open, sendings...)
		}
	}
	until := x.now().Add(x.entry.RetryFor)
	for wait := initialBackoff; ; wait = min(2*wait, maxBackoff) {
		var again []delivery
		for _, s := range open {
			if ctx.Err() != nil {
				return ErrStopped
			}
			retry, err := x.sendOne(context.WithoutCancel(ctx), &s)
			if err != nil {
				return err
			}
			if retry {
				again = append(again, s)
			}
		}
		if open = again; len(open) == 0 || x.now().Add(wait).After(until) {
			return nil
		}
		x.Log.Warn("delivery failed and will be tried again", "report", x.entry.Report, "period", x.span.String(), "recipients", len(open),
			"in", wait, "error", open[0].row.Error)
		if !sleep(ctx, wait) {
			return ErrStopped
		}
	}
}

// pending are those of a message by one channel that are still to be done.
func (x *run) pending(ctx context.Context, message notify.Message, channel notify.Channel) (open []delivery, err error) {
	recipients, err := channel.Recipients(ctx, message.Part)
	row := x.base
	row.Part, row.SHA256 = message.Part, message.SHA256
	if err == nil && len(recipients) == 0 {
		err = Permanent(errors.New("it has no recipients\nhint: name them under to, recipients or recipients_query"))
	}
	if err != nil {
		row.Recipient, row.State, row.Error, row.FinishedAt = "nobody", Failed, err.Error(), x.now()
		x.touched[row.key()] = true
		x.noteRetryable(err)
		return nil, x.write(row)
	}
	for _, recipient := range recipients {
		row.Recipient = recipient
		if x.touched[row.key()] {
			continue // two ways to one place
		}
		x.touched[row.key()] = true
		old := x.rows[row.key()]
		switch {
		case x.resendAll, x.options.Resend && old.State != Sent, channel.Idempotent():
		case old.State == Sent || old.State == Unknown:
			continue
		case old.State == Sending:
			old.State, old.FinishedAt = Unknown, x.now()
			old.Error = "it was cut short while it was being sent: " + notify.ErrUnknown.Error()
			if err := x.write(old); err != nil {
				return nil, err
			}
			continue
		}
		fresh := row
		fresh.Attempts = old.Attempts
		open = append(open, delivery{message, channel, fresh})
	}
	return open, nil
}

// sendOne tells whether a message is to be sent once more.
func (x *run) sendOne(ctx context.Context, s *delivery) (retry bool, err error) {
	s.row.State, s.row.Error, s.row.FinishedAt = Sending, "", time.Time{}
	s.row.Attempts++
	if err := x.write(s.row); err != nil {
		return false, err
	}
	place, err := s.channel.Send(ctx, s.message, s.row.Recipient)
	s.row.Location, s.row.FinishedAt = place, x.now()
	switch {
	case err == nil:
		s.row.State = Sent
	case errors.Is(err, notify.ErrUnknown) && !s.channel.Idempotent():
		s.row.State, s.row.Error = Unknown, err.Error()
	default:
		s.row.State, s.row.Error = Failed, err.Error()
		retry = !errors.Is(err, notify.ErrRefused)
	}
	return retry, x.write(s.row)
}
