package client

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxThrottled limits the number of keys in memory, to some megabytes.
const maxThrottled = 20_000

// Throttle limits events by key: each key may have Burst of them, then one every Interval. It has two generations of keys: when the current
// one is full, it replaces the previous one.
type Throttle[K comparable] struct {
	Burst    int
	Interval time.Duration

	mu                sync.Mutex
	current, previous map[K]*rate.Limiter
}

// Take counts an event and returns 0 if it is within the limit; else how long to wait, and the event does not count.
func (t *Throttle[K]) Take(key K, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	reservation := t.limiter(key).ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
	}
	return wait
}

// Wait returns how long to wait until an event would be within the limit, without counting one.
func (t *Throttle[K]) Wait(key K, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	limiter := t.current[key]
	if limiter == nil {
		limiter = t.previous[key]
	}
	if limiter == nil {
		return 0
	}
	missing := 1 - limiter.TokensAt(now)
	return max(0, time.Duration(missing*float64(t.Interval)))
}

// limiter returns the limiter of a key, which is in the current generation then.
func (t *Throttle[K]) limiter(key K) *rate.Limiter {
	limiter := t.current[key]
	if limiter == nil {
		if len(t.current) >= maxThrottled/2 || t.current == nil {
			t.current, t.previous = map[K]*rate.Limiter{}, t.current
		}
		if limiter = t.previous[key]; limiter == nil {
			limiter = rate.NewLimiter(rate.Every(t.Interval), t.Burst)
		}
		t.current[key] = limiter
	}
	return limiter
}
