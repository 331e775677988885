package demo

import (
	"strconv"
	"strings"
	"time"
)

// correctionWindow is how long after the end of a call its report may be corrected.
const correctionWindow = 5 * time.Hour

// mark chooses the calls with contradictions, corrections and late or missing
// reports. The counts are fixed, so that a demo of any size has each kind.
func mark(o Options, r rng, calls []*call) {
	reported := o.Calls
	order := r.Perm(len(calls))
	take := func(n int, matches func(*call) bool, apply func(*call)) {
		for _, i := range order {
			if n == 0 {
				return
			}
			if c := calls[i]; !c.isMarked() && matches(c) {
				apply(c)
				n--
			}
		}
	}
	all := func(*call) bool { return true }
	early := func(c *call) bool { return c.end.Add(correctionWindow).Before(o.Until) }
	before := func(c *call) bool { return c.start.Before(o.Until.AddDate(0, 0, -1)) }
	talked := func(c *call) bool { return c.incoming && !c.picked.IsZero() }

	take(len(calls)-reported, all, func(c *call) { c.unreported = true })
	each := 0
	if reported >= 50 {
		each = min(1+reported/5000, 4)
	}
	for kind := talkOverCall; kind < contradictions; kind++ {
		take(each, talked, func(c *call) { c.contradict(kind) })
	}
	take((reported+100)/200, func(c *call) bool { return early(c) && !c.picked.IsZero() },
		func(c *call) { c.corrected = true })
	take(min((reported+40)/80, 12+reported/1000), before, func(c *call) { c.late = true })
}

func (c *call) isMarked() bool {
	return c.unreported || c.contradicts != consistent || c.corrected || c.late
}

func (c *call) contradict(kind contradiction) {
	c.contradicts = kind
	if kind == clockMismatch {
		_, counter, _ := strings.Cut(c.sid, ".")
		c.sid = strconv.FormatInt(c.start.Unix()-437, 10) + "." + counter
	}
}
