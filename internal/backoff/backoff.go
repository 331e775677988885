// Package backoff computes how long to wait before a failed operation is retried.
package backoff

import "time"

// Policy is an exponential backoff: each wait is twice as long as the one before, up to a maximum.
type Policy struct{ Initial, Max time.Duration }

// Wait returns the wait after a failure, given the number of failures in a row before it.
func (p Policy) Wait(failures int) time.Duration {
	wait := p.Initial
	for ; failures > 0 && wait < p.Max; failures-- {
		wait *= 2
	}
	return min(wait, p.Max)
}
