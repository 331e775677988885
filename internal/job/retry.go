package job

import (
	"cmp"
	"context"
	"errors"
	"time"

	"callsheet/internal/backoff"
)

// retryBackoff is the wait before a failed run or delivery is retried.
var retryBackoff = backoff.Policy{Initial: time.Minute, Max: 15 * time.Minute}

// errPermanent marks an error that a retry would not overcome.
var errPermanent = errors.New("permanent")

// Permanent marks an error as one that a retry would not overcome, such as a mistake in the configuration or in a query.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanentError{err}
}

type permanentError struct{ error }

func (p permanentError) Unwrap() []error { return []error{p.error, errPermanent} }

func isPermanent(err error) bool { return errors.Is(err, errPermanent) }

// RunWithRetries attempts a run, with backoff, until it is in a terminal state or RetryFor has passed. With Resend only deliveries are
// retried: the next attempt sends what the first could not.
func (r *Runner) RunWithRetries(ctx context.Context, entry Entry, due time.Time, options RunOptions) ([]Run, error) {
	attempt := r.Attempt
	if attempt == nil {
		attempt = r.Run
	}
	active := options.active
	if active == nil {
		active = ctx
	}
	deadline := r.now().Add(entry.RetryFor)
	for count := 0; ; count++ {
		runs, err := attempt(ctx, entry, due, options)
		reason := err
		switch {
		case options.Resend && err != nil, errors.Is(err, ErrStopped), isPermanent(err), ctx.Err() != nil:
			return runs, err
		case err == nil && runs[0].State != Retrying:
			return runs, nil
		case err == nil:
			deadline, reason = runs[0].RetryUntil, errors.New(runs[0].Error)
		}
		left := deadline.Sub(r.now())
		if entry.RetryFor == 0 || left <= 0 {
			return runs, err
		}
		wait := min(retryBackoff.Wait(count), left)
		r.Log.Warn("report failed and will be retried", "report", entry.Report, "due", due, "in", wait, "until", deadline, "error", reason, "failed", failures(runs))
		options.Resend, options.retry = false, true
		if !sleep(active, wait) {
			return runs, ErrStopped
		}
	}
}

// nextRetryDeadline returns until when a failure is retried, or the zero time if it is not retried. failure is why the attempt ended before
// every message was sent, or nil.
func (x *run) nextRetryDeadline(failure error) time.Time {
	failure = cmp.Or(failure, x.retryableErr)
	switch {
	case failure == nil && !x.undelivered, isPermanent(failure), errors.Is(failure, errEmpty):
		return time.Time{}
	case failure != nil && x.options.Resend: // the next attempt would not send again what all have
		return time.Time{}
	}
	deadline := x.retryDeadline
	if deadline.IsZero() {
		deadline = x.now().Add(x.entry.RetryFor)
	}
	if !x.now().Before(deadline) {
		return time.Time{}
	}
	return deadline
}

// noteRetryable keeps the first error of a part or a recipient lookup that a retry may overcome.
func (x *run) noteRetryable(err error) {
	if x.retryableErr == nil && !isPermanent(err) {
		x.retryableErr = err
	}
}
