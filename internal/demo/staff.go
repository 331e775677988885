package demo

import (
	"strconv"
	"time"
)

// staff assigns agents, times, coins and ids to calls, which are in order of
// their start. The counters in the ids increase with time, as on a server.
func staff(r rng, c *centre, calls []*call) {
	incoming, outgoing := 9604000+r.IntN(9000), 8397000+r.IntN(9000)
	for _, c := range calls {
		c.dialled = c.customer.write(r, c.incoming)
		if c.incoming {
			incoming += r.between(1, 7)
			c.sid = strconv.FormatInt(c.start.Unix(), 10) + "." + itoa(incoming)
			staffIncoming(r, c)
		} else {
			outgoing += r.between(1, 9)
			c.sid = itoa(outgoing)
			staffOutgoing(r, c)
		}
		if c.agent != nil && c.end.After(c.agent.free) {
			c.agent.free = c.end
		}
	}
}

// staffIncoming staffs an incoming call: leg A is the IVR, leg B the agent.
func staffIncoming(r rng, c *call) {
	c.legA = c.start.Add(r.seconds(0, 1))
	menu := c.legA.Add(r.seconds(1, 5))
	switch c.outcome {
	case answered:
		connect(r, c, menu)
	case noAnswer:
		ring(r, c, menu, r.lognormal(28, 0.35, 8, 60))
	case busy, unavailable:
		ring(r, c, menu, r.seconds(1, 6))
	case abandoned:
		if wait := r.lognormal(38, 0.7, 6, 300); r.chance(0.5) {
			ring(r, c, menu.Add(r.seconds(0, 20)), wait)
		} else {
			c.end = menu.Add(wait)
		}
	case cancelled:
		c.end = c.start.Add(r.seconds(1, 5))
		c.legA = c.start
	case engaged, agentRinging:
		c.end = menu.Add(r.seconds(4, 40))
	default:
		c.end = menu.Add(r.seconds(1, 24))
	}
	c.halfCoins = incomingCoins(r, c)
}

// connect staffs an answered call. One in ten first rings an agent who does not
// pick up, which only live events report.
func connect(r rng, c *call, at time.Time) {
	at = at.Add(r.lognormal(1.6, 1.1, 0, 180))
	if r.chance(0.1) {
		c.skipped, _ = c.group.reach(r, at)
		c.skippedAt = at
		at = at.Add(r.seconds(14, 22))
	}
	var wait time.Duration
	c.agent, wait = c.group.reach(r, at)
	if c.agent == c.skipped {
		c.skipped = nil
	}
	c.legB = at.Add(wait)
	c.picked = c.legB.Add(r.lognormal(6.5, 0.5, 2, 25))
	c.end = c.picked.Add(talkTime(r, c))
}

// ring assigns an agent whose phone rang to a call that was not answered.
func ring(r rng, c *call, at time.Time, length time.Duration) {
	c.agent, _ = c.group.reach(r, at)
	c.legB = at
	c.end = at.Add(length)
}

// staffOutgoing staffs an outgoing call: leg A is the agent, leg B the customer,
// who is called once the agent has picked up.
func staffOutgoing(r rng, c *call) {
	var wait time.Duration
	c.agent, wait = c.group.reach(r, c.start)
	if c.campid == "" {
		c.campid = c.sid
	}
	if c.failed == agentLeg {
		c.end = c.start.Add(failTime(r, c.outcome))
		return // without leg A there is no charge
	}
	c.legA = c.start.Add(wait + r.lognormal(6, 0.5, 2, 20))
	c.legB = c.legA.Add(r.seconds(0, 1))
	if c.outcome == answered {
		c.picked = c.legB.Add(r.lognormal(9, 0.5, 2, 30))
		c.end = c.picked.Add(talkTime(r, c))
	} else {
		c.end = c.legB.Add(failTime(r, c.outcome))
	}
	c.halfCoins = pulses(c.end.Sub(c.legA), time.Minute)
	if !c.picked.IsZero() {
		c.halfCoins += 2 * pulses(c.end.Sub(c.picked), time.Minute)
	}
}

// failTime draws how long a leg takes to fail.
func failTime(r rng, o outcome) time.Duration {
	if o == noAnswer {
		return r.seconds(25, 45)
	}
	return r.seconds(2, 12)
}

func talkTime(r rng, c *call) time.Duration {
	return r.lognormal(c.group.talk*c.agent.pace, 0.8, 3, 2400)
}

// incomingCoins returns the price: a coin per started minute or, on all but the
// first number of a group, half a coin per started half minute. Most missed calls
// are charged too.
func incomingCoins(r rng, c *call) int {
	if c.picked.IsZero() && r.chance(0.25) {
		return 0
	}
	if c.number != c.group.numbers[0] {
		return pulses(c.end.Sub(c.start), 30*time.Second)
	}
	return 2 * pulses(c.end.Sub(c.start), time.Minute)
}

// pulses returns the number of started billing pulses, at least one.
func pulses(length, pulse time.Duration) int {
	return max(1, int((length+pulse-1)/pulse))
}
