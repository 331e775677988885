package demo

import (
	"slices"
	"strconv"
	"time"
)

// Ongoing returns the deliveries of o.Calls calls that begin within a length of
// time from a moment on, whatever the hour, sorted by arrival: a day of the call
// centre in that time. Each call has live events and a report. Up to 599 calls
// are taken by the agents of a small demo. o.Days, o.Lost and o.Until are not
// used. Equal arguments give equal deliveries.
func Ongoing(o Options, from time.Time, length time.Duration) []Delivery {
	monday := time.Date(2026, 10, 5, 0, 0, 0, 0, o.Zone)
	o.Days, o.Lost, o.Until = 1, 0, monday.AddDate(0, 0, 1)
	r := newRNG(o.Seed)
	centre := openCentre(o.Calls, 1)
	calls := plan(o, r, centre)[:o.Calls]
	const open = closes - opens // hours
	for _, c := range calls {
		since := c.start.Sub(monday.Add(opens * time.Hour))
		at := time.Duration(float64(since) / float64(open*time.Hour) * float64(length))
		c.start = from.Add(min(max(at, 0), length)).In(o.Zone).Truncate(time.Second)
	}
	slices.SortStableFunc(calls, func(a, b *call) int { return a.start.Compare(b.start) })
	staff(r, centre, calls)
	var out []Delivery
	for i, c := range calls {
		if !c.incoming {
			c.renumber(i)
		}
		out = append(out, liveEvents(r, c)...)
		out = append(out, reports(r, c)...)
	}
	o.Until = from.Add(length).AddDate(0, 0, 1) // for duplicates
	out = duplicate(o, r, out)
	slices.SortStableFunc(out, func(a, b Delivery) int { return a.At.Compare(b.At) })
	return out
}

// renumber gives an outgoing call an id that no other call of any seed has: the
// ids of staff begin with a random number, which another demo may have used.
func (c *call) renumber(n int) {
	isClickToCall := c.campid == c.sid
	c.sid = strconv.FormatInt(c.start.Unix(), 10) + strconv.Itoa(1000+n)
	if isClickToCall {
		c.campid = c.sid
	}
}
