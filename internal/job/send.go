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
	target
}

// send sends every message to its recipients, and retries failed deliveries with backoff until RetryFor has passed.
func (x *run) send(ctx context.Context, messages []notify.Message) error {
	if err := x.setState(Sending); err != nil {
		return err
	}
	var pending []delivery
	for _, message := range messages {
		deliveries, err := x.deliveries(ctx, message)
		if err != nil {
			return err
		}
		pending = append(pending, deliveries...)
	}
	deadline := x.now().Add(x.entry.RetryFor)
	for wait := initialBackoff; ; wait = min(2*wait, maxBackoff) {
		var failed []delivery
		for _, d := range pending {
			if ctx.Err() != nil {
				return ErrStopped
			}
			retry, err := x.sendOne(context.WithoutCancel(ctx), &d)
			if err != nil {
				return err
			}
			if retry {
				failed = append(failed, d)
			}
		}
		if pending = failed; len(pending) == 0 || x.now().Add(wait).After(deadline) {
			return nil
		}
		x.Log.Warn("delivery failed and will be retried", "report", x.entry.Report, "period", x.span.String(), "recipients", len(pending),
			"in", wait, "failed", failedRows(pending))
		if !sleep(ctx, wait) {
			return ErrStopped
		}
	}
}

// deliveries returns the deliveries of a message, without those that an earlier attempt has made or may have made.
func (x *run) deliveries(ctx context.Context, message notify.Message) (pending []delivery, err error) {
	targets, err := x.targets(ctx, message)
	if err != nil {
		return nil, err
	}
	for _, t := range targets {
		old := x.rows[t.row.key()]
		switch {
		case x.resendAll, x.options.Resend && old.State != Sent, t.channel.Idempotent():
		case old.State == Sent || old.State == Unknown:
			continue
		case old.State == Sending:
			old.State, old.FinishedAt = Unknown, x.now()
			old.Error = "interrupted while sending: " + notify.ErrUnknown.Error()
			if err := x.record(old); err != nil {
				return nil, err
			}
			continue
		}
		t.row.Attempts = old.Attempts
		pending = append(pending, delivery{message, t})
	}
	return pending, nil
}

// sendOne makes one delivery and reports whether it failed and can be retried.
func (x *run) sendOne(ctx context.Context, d *delivery) (retry bool, err error) {
	d.row.State, d.row.Error, d.row.FinishedAt = Sending, "", time.Time{}
	d.row.Attempts++
	if err := x.record(d.row); err != nil {
		return false, err
	}
	location, err := d.channel.Send(ctx, d.message, d.recipient)
	d.row.Location, d.row.FinishedAt = location, x.now()
	switch {
	case err == nil:
		d.row.State = Sent
	case errors.Is(err, notify.ErrUnknown) && !d.channel.Idempotent():
		d.row.State, d.row.Error = Unknown, err.Error()
	default:
		d.row.State, d.row.Error = Failed, err.Error()
		retry = !errors.Is(err, notify.ErrPermanent)
	}
	return retry, x.record(d.row)
}

// failedRows names the recipients of deliveries that failed, each with its error.
func failedRows(deliveries []delivery) (failed []string) {
	for _, d := range deliveries {
		failed = append(failed, d.row.target()+": "+d.row.Error)
	}
	return failed
}
