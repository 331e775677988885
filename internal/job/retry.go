package job

import (
	"context"
	"errors"
	"time"
)

// errPermanent marks an error that another attempt would meet again.
var errPermanent = errors.New("permanent")

// Permanent marks an error of the configuration or of a query: the run ends with it and is not retried.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanentError{err}
}

type permanentError struct{ error }

func (p permanentError) Unwrap() []error { return []error{p.error, errPermanent} }

func isPermanent(err error) bool { return errors.Is(err, errPermanent) }

// RunWithRetries attempts a run, with growing waits, until it has ended or its time to retry is over. A run that was sent again by a
// person is attempted once: they see how it went.
func (r *Runner) RunWithRetries(ctx context.Context, entry Entry, due time.Time, how RunOptions) ([]Run, error) {
	attempt := r.Attempt
	if attempt == nil {
		attempt = r.Run
	}
	until := r.now().Add(entry.RetryFor)
	for wait := initialBackoff; ; wait = min(2*wait, maxBackoff) {
		runs, err := attempt(ctx, entry, due, how)
		reason := err
		switch {
		case how.Resend, errors.Is(err, ErrStopped), isPermanent(err), ctx.Err() != nil:
			return runs, err
		case err == nil && runs[0].State != Retrying:
			return runs, nil
		case err == nil:
			until, reason = runs[0].RetryUntil, errors.New(runs[0].Error)
		}
		left := until.Sub(r.now())
		if entry.RetryFor == 0 || left <= 0 {
			return runs, err
		}
		wait = min(wait, left)
		r.Log.Warn("report failed and will be retried", "report", entry.Report, "due", due, "in", wait, "until", until, "error", reason)
		if !sleep(ctx, wait) {
			return runs, ErrStopped
		}
	}
}

// nextRetryDeadline is when the time to retry a failed run is over; zero when it is, or when nothing would be gained.
func (x *run) nextRetryDeadline(failed error) time.Time {
	if failed == nil || isPermanent(failed) || errors.Is(failed, errEmpty) || x.options.Resend {
		return time.Time{}
	}
	until := x.retryDeadline
	if until.IsZero() {
		until = x.now().Add(x.entry.RetryFor)
	}
	if !x.now().Before(until) {
		return time.Time{}
	}
	return until
}

// noteRetryable keeps the first failure of a part or of its recipients that another attempt may not meet.
func (x *run) noteRetryable(err error) {
	if x.retryableErr == nil && !isPermanent(err) {
		x.retryableErr = err
	}
}
