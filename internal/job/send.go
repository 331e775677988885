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

// send sends every message to its recipients. A delivery that fails and can be retried is left to the next attempt.
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
	limits := earlierLimits(pending)
	for len(pending) > 0 {
		failed, took, err := x.sendRound(ctx, pending, limits)
		if err != nil {
			return err
		}
		pending = failed
		pause := limits.pause(took, x.now())
		if pause == 0 {
			break
		}
		if !sleep(ctx, pause) {
			return ErrStopped
		}
	}
	x.undelivered = len(pending) > 0
	return nil
}

// limits has the times before which servers want no further message, by recipient.
type limits map[string]time.Time

// earlierLimits returns the limits that servers set in earlier attempts.
func earlierLimits(pending []delivery) limits {
	l := limits{}
	for _, d := range pending {
		if until := d.row.NotBefore; until.After(l[d.recipient]) {
			l[d.recipient] = until
		}
	}
	return l
}

// pause returns how long to wait for a server that took a message and then asked for a short wait, 0 if there is none. Such a server
// takes the parts of a burst one by one, which is no failure.
func (l limits) pause(took map[string]bool, now time.Time) (pause time.Duration) {
	for recipient, until := range l {
		if wait := until.Sub(now); took[recipient] && wait > 0 && wait <= retryBackoff.Initial && (pause == 0 || wait < pause) {
			pause = wait
		}
	}
	return pause
}

// maxSilent is how many attempts in a row a server may not answer before the others of the round are not made: each waits for a minute,
// and the operator is told only afterwards.
const maxSilent = 2

// sendRound tries each delivery once, but not those to servers that want no message now, or do not answer. It returns the deliveries that
// can be retried, and which recipients took a message.
func (x *run) sendRound(ctx context.Context, pending []delivery, limits limits) (failed []delivery, took map[string]bool, err error) {
	took = map[string]bool{}
	silent := map[string]int{} // attempts in a row that the server did not answer, by channel
	for _, d := range pending {
		reason := ""
		switch until := limits[d.recipient]; {
		case ctx.Err() != nil:
			return nil, nil, ErrStopped
		case x.now().Before(until):
			reason = "the server takes no message before " + until.Format(time.TimeOnly)
		case silent[d.channelID] >= maxSilent:
			reason = "the server did not answer for other recipients"
		}
		if reason != "" {
			d.row.State, d.row.FinishedAt, d.row.Error = Failed, x.now(), cmp.Or(d.row.Error, "not tried: "+reason)
			if err := x.record(d.row); err != nil {
				return nil, nil, err
			}
			failed = append(failed, d)
			continue
		}
		failure, err := x.sendOne(context.WithoutCancel(ctx), &d)
		if err != nil {
			return nil, nil, err
		}
		if d.row.State == Failed && !d.row.Permanent {
			failed = append(failed, d)
		}
		if !d.row.NotBefore.IsZero() {
			limits[d.recipient] = d.row.NotBefore
		}
		if silent[d.channelID]++; !errors.Is(failure, notify.ErrSilent) {
			silent[d.channelID] = 0
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
		if x.status(t) != Due {
			if old.State == Sending {
				if err := x.recordInterrupted(old); err != nil {
					return nil, err
				}
			}
			continue
		}
		if old.Permanent && x.isRetry() {
			continue
		}
		t.row.Attempts, t.row.Error, t.row.NotBefore = old.Attempts, old.Error, old.NotBefore
		pending = append(pending, delivery{message, t})
	}
	return pending, nil
}

// recordInterrupted records that a message that was being sent may have arrived.
func (x *run) recordInterrupted(row Run) error {
	row.State, row.FinishedAt, row.Error = Unknown, x.now(), "interrupted while sending: "+notify.ErrUnknown.Error()
	return x.record(row)
}

// isRetry reports whether the attempt sends what an earlier one could not, by itself and not by hand.
func (x *run) isRetry() bool { return x.wasSending && (x.options.retry || !x.options.ByHand) }

// sendOne makes one delivery. It returns why the delivery failed, if it did; err is of the ledger.
func (x *run) sendOne(ctx context.Context, d *delivery) (failure, err error) {
	d.row.State, d.row.Error, d.row.FinishedAt, d.row.NotBefore = Sending, "", time.Time{}, time.Time{}
	d.row.Attempts++
	if err := x.record(d.row); err != nil {
		return nil, err
	}
	location, failure := notify.Send(ctx, d.channel, d.message, d.recipient)
	d.row.Location, d.row.FinishedAt = location, x.now()
	switch {
	case failure == nil:
		d.row.State = Sent
	case errors.Is(failure, notify.ErrWarning):
		d.row.State = Sent
		x.warnOnce(d.row, failure)
	case errors.Is(failure, notify.ErrUnknown) && !d.channel.Idempotent():
		d.row.State, d.row.Error = Unknown, failure.Error()
	default:
		d.row.State, d.row.Error, d.row.Permanent = Failed, failure.Error(), errors.Is(failure, notify.ErrPermanent)
		if after := notify.RetryAfter(failure); after > 0 {
			d.row.NotBefore = x.now().Add(after)
		}
	}
	return failure, x.record(d.row)
}

// warnOnce logs the first warning of a recipient in this attempt: the parts of a burst have the same.
func (x *run) warnOnce(row Run, warning error) {
	if x.warned == nil {
		x.warned = map[string]bool{}
	}
	if !x.warned[row.Recipient] {
		x.warned[row.Recipient] = true
		x.Log.Warn("delivered, with a warning", "report", x.entry.Report, "period", x.span.String(), "place", row.Location, "warning", warning)
	}
}
