package demo

import "time"

// outgoingShare is the share of stories that begin with an outgoing call;
// callbacks bring outgoing calls to about 28 % of all.
const outgoingShare = 0.245

type planner struct {
	rng
	*centre
	cal    *calendar
	people []*customer
	calls  []*call
	want   int
}

// plan draws stories until there are enough calls. A story is one contact with
// its follow-up calls. Stories are drawn over the whole calendar, so that every
// day has its share at any number of calls.
func plan(o Options, r rng, c *centre) []*call {
	p := &planner{rng: r, centre: c, want: o.Calls + o.liveOnly()}
	p.cal = newCalendar(o, r, c)
	p.people = newCustomers(r, c, o.Calls)
	for len(p.calls) < p.want {
		first := p.opening()
		p.follow(first)
	}
	return p.calls
}

// opening returns the first call of a story.
func (p *planner) opening() *call {
	who := drawCustomer(p.rng, p.people)
	today := p.cal.anyDay(p.rng)
	if p.chance(outgoingShare) {
		return p.campaign(today, who)
	}
	at := p.cal.during(p.rng, today)
	if p.chance(0.015) {
		at = p.cal.outside(p.rng, today)
	}
	to := who.home
	if p.chance(0.2) {
		to = p.groups[p.weighted(p.shares(func(g *group) float64 { return g.incoming }))]
	}
	return p.callIn(who, to, at)
}

// campaign returns a call of a bulk push, or a click-to-call between pushes.
func (p *planner) campaign(today *day, who *customer) *call {
	if len(today.pushes) > 0 && p.chance(0.7) {
		bulk := pick(p.rng, today.pushes)
		c := p.callOut(who, bulk.group, bulk.start.Add(p.seconds(0, 6000)))
		c.campid = bulk.campid
		return c
	}
	to := p.groups[p.weighted(p.shares(func(g *group) float64 { return g.outgoing }))]
	return p.callOut(who, to, p.cal.during(p.rng, today))
}

// follow adds a call and its follow-up calls.
func (p *planner) follow(c *call) {
	for tries := 1; c != nil && len(p.calls) < p.want; tries++ {
		p.calls = append(p.calls, c)
		if c.outcome == answered || tries == 5 {
			return
		}
		if c.incoming {
			c = p.afterMissed(c)
		} else {
			c = p.afterUnreached(c)
		}
	}
}

// afterMissed returns the follow-up of a missed call: the caller tries again, an
// agent calls back, or neither.
func (p *planner) afterMissed(c *call) *call {
	again, back := 0.40, 0.29
	switch {
	case c.outcome == ivrOnly:
		again, back = 0.25, 0 // no agent saw this call
	case c.customer.masked:
		back = 0 // there is no number to call back
	}
	switch x := p.Float64(); {
	case x < again:
		at := c.start.Add(3*time.Minute + p.lognormal(420, 1.1, 10, 6*3600))
		if !p.cal.isStaffed(at) || at.Weekday() == time.Sunday {
			return p.reopen(c, at, p.callIn)
		}
		return p.callIn(c.customer, c.group, at)
	case x < again+back:
		return p.reopen(c, c.start.Add(4*time.Minute+p.lognormal(2400, 1, 60, 20*3600)), p.callOut)
	}
	return nil
}

// afterUnreached returns the follow-up of a failed outgoing call: an agent who
// was away dials again soon; a customer who was not reached is called later or
// calls back.
func (p *planner) afterUnreached(c *call) *call {
	x := p.Float64()
	switch {
	case c.failed == agentLeg && x < 0.6:
		return p.reopen(c, c.start.Add(p.seconds(120, 900)), p.callOut)
	case c.failed == customerLeg && x < 0.26:
		return p.reopen(c, c.start.Add(p.seconds(1800, 4*3600)), p.callOut)
	case c.failed == customerLeg && x < 0.38:
		return p.reopen(c, c.start.Add(p.seconds(180, 5400)), p.callIn)
	}
	return nil
}

// reopen continues a story in the next opening hours, if the calendar has any.
func (p *planner) reopen(c *call, at time.Time, dial func(*customer, *group, time.Time) *call) *call {
	at, ok := p.cal.open(p.rng, at)
	if !ok {
		return nil
	}
	return dial(c.customer, c.group, at)
}

func (p *planner) callIn(who *customer, to *group, at time.Time) *call {
	c := &call{incoming: true, start: at, group: to, customer: who, number: to.numbers[0]}
	if len(to.numbers) > 1 && p.chance(0.35) {
		c.number = to.numbers[1]
	}
	c.outcome = p.incomingOutcome(to, at)
	return c
}

func (p *planner) callOut(who *customer, from *group, at time.Time) *call {
	c := &call{start: at, group: from, customer: who, number: from.numbers[0]}
	c.outcome, c.failed = p.outgoingOutcome()
	return c
}
