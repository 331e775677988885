package demo

import "time"

const (
	liveShare      = 0.6  // of the calls have live events
	duplicateShare = 0.02 // of the deliveries come twice
)

// deliver tells the vendor's side of every call, in no order yet.
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
		out = append(out, brokenOnes(o, r, calls)...)
	}
	return out
}

// liveEvents are what an agent's screen would pop up from.
func liveEvents(r rng, c *call) []Delivery {
	var out []Delivery
	tell := func(at time.Time, status string, dialled *agent) {
		encoding := newEncoding(r)
		s := newStyle(r, encoding)
		out = append(out, encode(r, at.Add(r.millis(200, 1900)), encoding, s, live(c, s, status, dialled)))
	}
	if c.legB.IsZero() || r.chance(0.4) {
		caller := c.agent
		if c.incoming {
			caller = nil // nobody has been dialled yet
		}
		tell(c.start, "Ringing", caller)
	}
	if c.passed != nil {
		tell(c.passedAt, "Transfer to agent", c.passed)
	}
	if !c.legB.IsZero() {
		tell(c.legB, pick(r, []string{"Transfer to agent", "Transfer to agent", "Ringing"}), c.agent)
	}
	if !c.picked.IsZero() {
		tell(c.picked, pick(r, []string{"ANSWER", "Picked"}), c.agent)
	}
	if last := &out[len(out)-1]; r.chance(0.04) {
		last.At = c.end.Add(r.millis(5000, 40000)) // overtaken by the report
	}
	return out
}

// reports are a call's report and, at times, a second one that corrects it.
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
	if c.corrected {
		second := correct(r, c, first)
		out = append(out, encode(r, at.Add(r.seconds(1800, int(correctable/time.Second)-60)), encoding, s, second))
	}
	return out
}

// correct makes the second report of a call: the coins settled anew, or the
// recording moved to the archive. Half of them leave out the name that the
// first one had, which must not erase it.
func correct(r rng, c *call, first []field) []field {
	coins := r.chance(0.5)
	forgets := r.chance(0.5)
	second := append([]field(nil), first...)
	for i := range second {
		switch f := &second[i]; {
		case f.key == "coins" && coins:
			settled := *c
			settled.halves += r.between(1, 3)
			f.value = settled.coins()
		case f.key == "CallRecordingUrl" && !coins:
			f.value += ".mp3"
		case f.key == "receiver_name" && forgets:
			f.value = ""
		}
	}
	return second
}

// duplicate repeats some deliveries to the byte, soon after.
func duplicate(o Options, r rng, once []Delivery) []Delivery {
	out := once
	for _, original := range once {
		if !r.chance(duplicateShare) {
			continue
		}
		again := original
		again.At = again.At.Add(r.millis(1000, 180_000))
		if again.At.Before(o.Until) {
			out = append(out, again)
		}
	}
	return out
}
