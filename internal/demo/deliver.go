package demo

import "time"

const (
	liveShare      = 0.6  // share of calls with live events
	duplicateShare = 0.02 // share of deliveries that are sent twice
)

// deliver returns the deliveries of all calls, unsorted.
func deliver(o Options, r rng, calls []*call) []Delivery {
	var out []Delivery
	for _, c := range calls {
		if c.unreported || r.chance(liveShare) {
			out = append(out, liveEvents(r, c)...)
		}
		if !c.unreported {
			out = append(out, reports(r, c)...)
		}
	}
	out = duplicate(o, r, out)
	if o.Calls >= 20 {
		out = append(out, otherEvents(o, r, calls)...)
		out = append(out, brokenDeliveries(o, r, calls)...)
	}
	return out
}

// liveEvents returns the events of a call in progress, which open a popup on an
// agent's screen.
func liveEvents(r rng, c *call) []Delivery {
	var out []Delivery
	send := func(at time.Time, status string, dialled *agent) {
		encoding := newEncoding(r)
		s := newStyle(r, encoding)
		out = append(out, encode(r, at.Add(r.millis(200, 1900)), encoding, s, live(c, s, status, dialled)))
	}
	if c.legB.IsZero() || r.chance(0.4) {
		caller := c.agent
		if c.incoming {
			caller = nil // no agent has been dialled yet
		}
		send(c.start, "Ringing", caller)
	}
	if c.skipped != nil {
		send(c.skippedAt, "Transfer to agent", c.skipped)
	}
	if !c.legB.IsZero() {
		send(c.legB, pick(r, []string{"Transfer to agent", "Transfer to agent", "Ringing"}), c.agent)
	}
	if !c.picked.IsZero() {
		send(c.picked, pick(r, []string{"ANSWER", "Picked"}), c.agent)
	}
	if last := &out[len(out)-1]; r.chance(0.04) {
		last.At = c.end.Add(r.millis(5000, 40000)) // arrives after the report
	}
	return out
}

// reports returns a call's report and, for some calls, a correction.
func reports(r rng, c *call) []Delivery {
	at := c.end.Add(r.millis(700, 4500))
	if c.late {
		y, m, day := c.end.Date()
		at = time.Date(y, m, day+1, 6, 0, r.IntN(3*3600), 0, c.end.Location())
	}
	encoding := newEncoding(r)
	s := newStyle(r, encoding)
	first := report(r, c, s)
	out := []Delivery{encode(r, at, encoding, s, first)}
	c.reported = map[string]string{}
	c.learn(first)
	if c.corrected {
		second := correct(r, c, first)
		out = append(out, encode(r, at.Add(r.seconds(1800, int(correctionWindow/time.Second)-60)), encoding, s, second))
		c.learn(second)
	}
	for i := range out {
		out[i].reportOf = c
	}
	return out
}

// learn adds what a report says. An empty field does not erase what an earlier one said.
func (c *call) learn(report []field) {
	for _, f := range report {
		if f.value != "" {
			c.reported[f.key] = f.value
		}
	}
}

// correct returns the second report of a call: with other coins, or with the
// recording moved to the archive. Half of them omit the name of the first
// report, which must not erase it.
func correct(r rng, c *call, first []field) []field {
	coins := r.chance(0.5)
	omitsName := r.chance(0.5)
	second := append([]field(nil), first...)
	for i := range second {
		switch f := &second[i]; {
		case f.key == "coins" && coins:
			corrected := *c
			corrected.halfCoins += r.between(1, 3)
			f.value = corrected.coins()
		case f.key == "CallRecordingUrl" && !coins:
			f.value += ".mp3"
		case f.key == "receiver_name" && omitsName:
			f.value = ""
		}
	}
	return second
}

// duplicate adds exact copies of some deliveries, which arrive soon after.
func duplicate(o Options, r rng, once []Delivery) []Delivery {
	out := once
	for _, original := range once {
		if !r.chance(duplicateShare) {
			continue
		}
		repeated := original
		repeated.At = repeated.At.Add(r.millis(1000, 180_000))
		if repeated.At.Before(o.Until) {
			out = append(out, repeated)
		}
	}
	return out
}
