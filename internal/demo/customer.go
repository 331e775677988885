package demo

import (
	"fmt"
	"math"
)

type customer struct {
	bare   string // ten digits
	masked bool   // withholds the number: only its ends are shown
	home   *group // whom this customer mostly has to do with
}

// maxCustomers is how many distinct numbers the two invented ranges hold.
const maxCustomers = 200_000

// newCustomers makes a few more callers than half the calls, so that people
// call more than once.
func newCustomers(r rng, c *centre, calls int) []*customer {
	shares := c.shares(func(g *group) float64 { return g.incoming })
	offset := r.IntN(100_000)
	people := make([]*customer, min(12+calls*6/10, maxCustomers))
	for i := range people {
		// 7919 is prime to 100000, so the multiples go through all of a range
		// before one comes again.
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

// someone draws a customer; those at the front call more often than others.
func someone(r rng, people []*customer) *customer {
	return people[int(float64(len(people))*math.Pow(r.Float64(), 1.4))]
}

// shown is the number as one call writes it: networks disagree about prefixes.
func (c *customer) shown(r rng, incoming bool) string {
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
