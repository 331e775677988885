package demo

import (
	"math"
	"math/rand/v2"
	"time"
)

// rng is the only source of randomness. Map order or the clock must not affect
// the deliveries, so that equal seeds give equal bytes.
type rng struct{ *rand.Rand }

func newRNG(seed uint64) rng {
	return rng{rand.New(rand.NewPCG(seed, 0x63616c6c73686565))}
}

func (r rng) chance(p float64) bool { return r.Float64() < p }

// between draws from low to high, both included.
func (r rng) between(low, high int) int { return low + r.IntN(high-low+1) }

// seconds draws a whole number of seconds, the unit of the vendor.
func (r rng) seconds(low, high int) time.Duration {
	return time.Duration(r.between(low, high)) * time.Second
}

// millis draws a network delay.
func (r rng) millis(low, high int) time.Duration {
	return time.Duration(r.between(low, high)) * time.Millisecond
}

// lognormal draws whole seconds around a median, between low and high. Waiting,
// ringing and talk times have this distribution.
func (r rng) lognormal(median, sigma, low, high float64) time.Duration {
	s := median * math.Exp(sigma*r.NormFloat64())
	return time.Duration(min(max(math.Round(s), low), high)) * time.Second
}

// weighted draws an index with a probability proportional to its weight.
func (r rng) weighted(weights []float64) int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

func pick[T any](r rng, items []T) T { return items[r.IntN(len(items))] }
