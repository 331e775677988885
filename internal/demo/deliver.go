package demo

import "time"

const (
	liveShare      = 0.6  // of the calls have live events
	duplicateShare = 0.02 // of the deliveries come twice
)

// deliver tells the vendor's side of every call, in no order yet.
func deliver(o Options, d dice, calls []*call) []Delivery {
	var out []Delivery
	for _, c := range calls {
		if c.unreported || d.chance(liveShare) {
			out = append(out, liveEvents(d, c)...)
		}
		if !c.unreported {
			out = append(out, reports(d, c)...)
		}
	}
	out = duplicate(o, d, out)
	if o.Calls >= 20 {
		out = append(out, otherEvents(o, d, calls)...)
		out = append(out, brokenOnes(o, d, calls)...)
	}
	return out
}

// liveEvents are what an agent's screen would pop up from.
func liveEvents(d dice, c *call) []Delivery {
	var out []Delivery
	tell := func(at time.Time, status string, dialled *agent) {
		encoding := newEncoding(d)
		s := newStyle(d, encoding)
		out = append(out, encode(d, at.Add(d.millis(200, 1900)), encoding, s, live(c, s, status, dialled)))
	}
	if c.legB.IsZero() || d.chance(0.4) {
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
		tell(c.legB, pick(d, []string{"Transfer to agent", "Transfer to agent", "Ringing"}), c.agent)
	}
	if !c.picked.IsZero() {
		tell(c.picked, pick(d, []string{"ANSWER", "Picked"}), c.agent)
	}
	if last := &out[len(out)-1]; d.chance(0.04) {
		last.At = c.end.Add(d.millis(5000, 40000)) // overtaken by the report
	}
	return out
}

// reports are a call's report and, at times, a second one that corrects it.
func reports(d dice, c *call) []Delivery {
	at := c.end.Add(d.millis(700, 4500))
	if c.late {
		y, m, day := c.end.Date()
		at = time.Date(y, m, day+1, 6, 0, d.IntN(3*3600), 0, c.end.Location())
	}
	encoding := newEncoding(d)
	s := newStyle(d, encoding)
	first := report(d, c, s)
	out := []Delivery{encode(d, at, encoding, s, first)}
	if c.corrected {
		second := correct(d, c, first)
		out = append(out, encode(d, at.Add(d.seconds(1800, int(correctable/time.Second)-60)), encoding, s, second))
	}
	return out
}

// correct makes the second report of a call: the coins settled anew, or the
// recording moved to the archive. Half of them leave out the name that the
// first one had, which must not erase it.
func correct(d dice, c *call, first []field) []field {
	coins := d.chance(0.5)
	forgets := d.chance(0.5)
	second := append([]field(nil), first...)
	for i := range second {
		switch f := &second[i]; {
		case f.key == "coins" && coins:
			settled := *c
			settled.halves += d.between(1, 3)
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
func duplicate(o Options, d dice, once []Delivery) []Delivery {
	out := once
	for _, original := range once {
		if !d.chance(duplicateShare) {
			continue
		}
		again := original
		again.At = again.At.Add(d.millis(1000, 180_000))
		if again.At.Before(o.Until) {
			out = append(out, again)
		}
	}
	return out
}
