package demo

import (
	"math"
	"math/rand/v2"
	"time"
)

// dice is the one source of chance. Nothing random may come from elsewhere
// (map order, the clock), or equal seeds stop giving equal bytes.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, 0x63616c6c73686565))}
}

func (d dice) chance(p float64) bool { return d.Float64() < p }

// between draws from low to high, both included.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

// seconds draws a whole number of seconds; the vendor knows no smaller unit.
func (d dice) seconds(low, high int) time.Duration {
	return time.Duration(d.between(low, high)) * time.Second
}

// millis draws a delay on the network, which is finer than the vendor's clock.
func (d dice) millis(low, high int) time.Duration {
	return time.Duration(d.between(low, high)) * time.Millisecond
}

// lognormal draws whole seconds around a median, kept within low and high:
// waits, rings and talks all have this shape, short ones with a long tail.
func (d dice) lognormal(median, sigma, low, high float64) time.Duration {
	s := median * math.Exp(sigma*d.NormFloat64())
	return time.Duration(min(max(math.Round(s), low), high)) * time.Second
}

// weighted draws an index with the chance its weight has among all.
func (d dice) weighted(weights []float64) int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	x := d.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

func pick[T any](d dice, items []T) T { return items[d.IntN(len(items))] }
