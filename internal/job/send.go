package job

import (
	"cmp"
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
	limits := limits{}
	for wait := initialBackoff; ; wait = min(2*wait, maxBackoff) {
		for goOn := true; goOn; {
			failed, took, err := x.sendRound(ctx, pending, limits)
			if err != nil {
				return err
			}
			pending = failed
			pause := limits.pause(took, x.now())
			if goOn = pause > 0; goOn && !sleep(ctx, pause) {
				return ErrStopped
			}
		}
		if len(pending) == 0 || x.now().Add(wait).After(deadline) {
			return nil
		}
		x.Log.Warn("delivery failed and will be retried", "report", x.entry.Report, "period", x.span.String(), "recipients", len(pending),
			"in", wait, "failed", failedRows(pending))
		if !sleep(ctx, wait) {
			return ErrStopped
		}
	}
}

// limits has the times before which servers want no further message, by recipient.
type limits map[string]time.Time

// pause returns how long to wait for a server that took a message and then asked for a short wait, 0 if there is none. Such a server
// takes the parts of a burst one by one, which is no failure.
func (l limits) pause(took map[string]bool, now time.Time) (pause time.Duration) {
	for recipient, until := range l {
		if wait := until.Sub(now); took[recipient] && wait > 0 && wait <= initialBackoff && (pause == 0 || wait < pause) {
			pause = wait
		}
	}
	return pause
}

// sendRound tries each delivery once, but not those to servers that want no message now. It returns the deliveries that can be retried,
// and which recipients took a message.
func (x *run) sendRound(ctx context.Context, pending []delivery, limits limits) (failed []delivery, took map[string]bool, err error) {
	took = map[string]bool{}
	for _, d := range pending {
		if ctx.Err() != nil {
			return nil, nil, ErrStopped
		}
		if until := limits[d.recipient]; x.now().Before(until) {
			d.row.State, d.row.FinishedAt = Failed, x.now()
			d.row.Error = cmp.Or(d.row.Error, "not tried: the server takes no message before "+until.Format(time.TimeOnly))
			if err := x.record(d.row); err != nil {
				return nil, nil, err
			}
			failed = append(failed, d)
			continue
		}
		retry, after, err := x.sendOne(context.WithoutCancel(ctx), &d)
		if err != nil {
			return nil, nil, err
		}
		if retry {
			failed = append(failed, d)
		}
		if after > 0 {
			limits[d.recipient] = x.now().Add(after)
		}
		took[d.recipient] = took[d.recipient] || d.row.State == Sent
	}
	return failed, took, nil
}

// deliveries returns the deliveries of a message, without those that an earlier attempt has made or may have made.
func (x *run) deliveries(ctx context.Context, message notify.Message) (pending []delivery, err error) {
	targets, failed := x.targets(ctx, message)
	for _, failure := range failed {
		x.touched[failure.row.key()] = true
		x.noteRetryable(failure.err)
		if err := x.record(failure.row); err != nil {
			return nil, err
		}
	}
	for _, t := range targets {
		old := x.rows[t.row.key()]
		switch {
		case x.sendsAgain(t, old):
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

// sendOne makes one delivery and reports whether it failed and can be retried, and how long the server wants no further message.
func (x *run) sendOne(ctx context.Context, d *delivery) (retry bool, after time.Duration, err error) {
	d.row.State, d.row.Error, d.row.FinishedAt = Sending, "", time.Time{}
	d.row.Attempts++
	if err := x.record(d.row); err != nil {
		return false, 0, err
	}
	location, err := d.channel.Send(ctx, d.message, d.recipient)
	d.row.Location, d.row.FinishedAt = location, x.now()
	switch {
	case err == nil:
		d.row.State = Sent
	case errors.Is(err, notify.ErrWarning):
		d.row.State = Sent
		x.warnOnce(d.row, err)
	case errors.Is(err, notify.ErrUnknown) && !d.channel.Idempotent():
		d.row.State, d.row.Error = Unknown, err.Error()
	default:
		d.row.State, d.row.Error = Failed, err.Error()
		retry, after = !errors.Is(err, notify.ErrPermanent), notify.RetryAfter(err)
	}
	return retry, after, x.record(d.row)
}

// warnOnce logs a warning of a delivery, the first one of the channel in this attempt: the parts of a burst have the same.
func (x *run) warnOnce(row Run, warning error) {
	if x.warned == nil {
		x.warned = map[string]bool{}
	}
	if !x.warned[row.Recipient] {
		x.warned[row.Recipient] = true
		x.Log.Warn("delivered, with a warning", "report", x.entry.Report, "period", x.span.String(), "place", row.Location, "warning", warning)
	}
}

// failedRows names the recipients of deliveries that failed, each with its error.
func failedRows(deliveries []delivery) (failed []string) {
	for _, d := range deliveries {
		failed = append(failed, d.row.target()+": "+d.row.Error)
	}
	return failed
}
