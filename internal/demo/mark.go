package demo

import (
	"strconv"
	"strings"
	"time"
)

// correctable is how long after its end a call's report may be corrected.
const correctable = 5 * time.Hour

// mark chooses the calls about which the vendor gets something wrong. Counts
// are fixed rather than drawn, so that a demo of any size shows each kind.
func mark(o Options, r rng, calls []*call) {
	reported := o.Calls
	order := r.Perm(len(calls))
	take := func(n int, fits func(*call) bool, do func(*call)) {
		for _, i := range order {
			if n == 0 {
				return
			}
			if c := calls[i]; !c.marked() && fits(c) {
				do(c)
				n--
			}
		}
	}
	all := func(*call) bool { return true }
	early := func(c *call) bool { return c.end.Add(correctable).Before(o.Until) }
	before := func(c *call) bool { return c.start.Before(o.Until.AddDate(0, 0, -1)) }
	talked := func(c *call) bool { return c.incoming && !c.picked.IsZero() }

	take(len(calls)-reported, all, func(c *call) { c.unreported = true })
	each := 0
	if reported >= 50 {
		each = min(1+reported/5000, 4)
	}
	for odd := talkOverCall; odd < oddities; odd++ {
		take(each, talked, func(c *call) { c.contradict(odd) })
	}
	take((reported+100)/200, func(c *call) bool { return early(c) && !c.picked.IsZero() },
		func(c *call) { c.corrected = true })
	take(min((reported+40)/80, 12+reported/1000), before, func(c *call) { c.late = true })
}

func (c *call) marked() bool { return c.unreported || c.odd != consistent || c.corrected || c.late }

func (c *call) contradict(odd oddity) {
	c.odd = odd
	if odd == clockMismatch {
		_, counter, _ := strings.Cut(c.sid, ".")
		c.sid = strconv.FormatInt(c.start.Unix()-437, 10) + "." + counter
	}
}
