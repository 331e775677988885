package demo

import (
	"fmt"
	"math"
)

type customer struct {
	bare   string // ten digits
	masked bool   // only the ends of the number are shown
	home   *group // the group that this customer usually calls
}

// maxCustomers is the number of distinct numbers in the two invented ranges.
const maxCustomers = 200_000

// newCustomers returns a few more customers than half the calls, so that many
// call more than once.
func newCustomers(r rng, c *centre, calls int) []*customer {
	shares := c.shares(func(g *group) float64 { return g.incoming })
	offset := r.IntN(100_000)
	people := make([]*customer, min(12+calls*6/10, maxCustomers))
	for i := range people {
		// 7919 is coprime to 100000, so its multiples cover a whole range before
		// one repeats.
		tail := (offset + i/2*7919) % 100_000
		prefix := []string{"98765", "91234"}[i%2]
		people[i] = &customer{
			bare:   fmt.Sprintf("%s%05d", prefix, tail),
			masked: r.chance(0.008),
			home:   c.groups[r.weighted(shares)],
		}
	}
	return people
}

// drawCustomer draws a customer; the first ones call more often than others.
func drawCustomer(r rng, people []*customer) *customer {
	return people[int(float64(len(people))*math.Pow(r.Float64(), 1.4))]
}

// write returns the number as one call writes it: networks use different
// prefixes.
func (c *customer) write(r rng, incoming bool) string {
	if c.masked {
		return c.bare[:2] + "xxxxxx" + c.bare[8:]
	}
	zero, country := 0.65, 0.12
	if !incoming {
		zero, country = 0.2, 0.05
	}
	switch x := r.Float64(); {
	case x < zero:
		return "0" + c.bare
	case x < zero+country:
		return "+91" + c.bare
	}
	return c.bare
}
