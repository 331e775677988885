package job

import (
	"context"
	"errors"
	"time"
)

// Fail records that an attempt did not come to an end of its own, since its process crashed, and why. It is retried like one that
// failed.
func (r *Runner) Fail(ctx context.Context, entry Entry, due time.Time, reason error) (runs []Run, err error) {
	release, err := r.Steps.Lock(ctx, entry.Report)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	x, err := r.prepare(entry, due)
	if err != nil {
		return nil, err
	}
	if _, begun := x.rows[x.base.key()]; !begun {
		if err := x.setState(Building); err != nil {
			return nil, err
		}
	}
	if err := x.finish(reason); err != nil {
		return nil, err
	}
	if runs = x.results(); runs[0].State != Retrying {
		r.OnFinished(context.WithoutCancel(ctx), entry, runs)
	}
	return runs, nil
}
