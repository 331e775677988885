package demo

import "time"

const (
	opens  = 9  // o'clock, Monday to Saturday
	closes = 20 // o'clock
)

// The shape of a working day by hour from opens: a morning peak, lunch, an
// afternoon peak. A Sunday has a skeleton crew from 10 to 17.
var (
	weekdayShape = []float64{0.70, 1.25, 1.32, 1.00, 0.48, 0.85, 1.10, 1.25, 1.12, 0.82, 0.48}
	sundayShape  = []float64{0, 1, 1, 1, 0.7, 1, 1, 1, 0, 0, 0}
)

// weekdayLoad is each weekday's volume, Sunday first.
var weekdayLoad = []float64{0.07, 1.16, 1.06, 1.00, 0.97, 1.02, 0.72}

type day struct {
	midnight time.Time
	sunday   bool
	mood     []float64 // per group: above 1 more callers are missed than usual
	pushes   []push
}

// push is one start of a bulk campaign; the vendor numbers each anew.
type push struct {
	campid string
	group  *group
	start  time.Time
}

type calendar struct {
	zone  *time.Location
	until time.Time
	days  []*day
	loads []float64
}

func newCalendar(o Options, r rng, c *centre) *calendar {
	cal := &calendar{zone: o.Zone, until: o.Until}
	for i := o.Days; i >= 1; i-- {
		midnight := o.Until.AddDate(0, 0, -i)
		today := &day{midnight: midnight, sunday: midnight.Weekday() == time.Sunday}
		for range c.groups {
			today.mood = append(today.mood, 0.8+0.4*r.Float64())
		}
		cal.days = append(cal.days, today)
		cal.loads = append(cal.loads, weekdayLoad[midnight.Weekday()]*(0.88+0.24*r.Float64()))
	}
	cal.spoil(r, c)
	cal.push(r, c)
	return cal
}

// spoil gives one group a bad day, so that the trend has something to show. A
// single day is left alone: with nothing to compare, bad is just usual. So are
// the groups with too few callers for it to be seen.
func (cal *calendar) spoil(r rng, c *centre) {
	nth, who := r.IntN(len(cal.days)), r.weighted(c.shares(func(g *group) float64 {
		if g.incoming < 0.15 {
			return 0
		}
		return g.incoming
	}))
	if len(cal.days) == 1 {
		return
	}
	if cal.days[nth].sunday {
		nth = (nth + 1) % len(cal.days)
	}
	cal.days[nth].mood[who] = 6
}

// push plans the campaigns: one late in the morning, one in the afternoon.
func (cal *calendar) push(r rng, c *centre) {
	campid := 11387004
	shares := c.shares(func(g *group) float64 { return g.outgoing })
	for _, today := range cal.days {
		if today.sunday {
			continue
		}
		for _, hour := range []int{10, 15} {
			campid += r.between(3, 60)
			start := cal.clock(today, hour, r.between(0, 2700))
			today.pushes = append(today.pushes, push{itoa(campid), c.groups[r.weighted(shares)], start})
		}
	}
}

// clock is a local time of a day. It goes by the wall clock, so that a zone
// with summer time keeps its opening hours.
func (cal *calendar) clock(today *day, hour, second int) time.Time {
	y, m, dd := today.midnight.Date()
	return time.Date(y, m, dd, hour, 0, second, 0, cal.zone)
}

// anyDay draws a day by its load.
func (cal *calendar) anyDay(r rng) *day { return cal.days[r.weighted(cal.loads)] }

// during draws a moment of a day's opening hours by the shape of the day.
func (cal *calendar) during(r rng, today *day) time.Time {
	shape := weekdayShape
	if today.sunday {
		shape = sundayShape
	}
	return cal.clock(today, opens+r.weighted(shape), r.IntN(3600))
}

// outside draws a moment shortly before opening or after closing.
func (cal *calendar) outside(r rng, today *day) time.Time {
	return cal.clock(today, pick(r, []int{opens - 1, closes, closes, closes + 1}), r.IntN(3600))
}

// open moves a moment to the next opening hours; false when that is not before
// the end of the calendar.
func (cal *calendar) open(r rng, at time.Time) (time.Time, bool) {
	at = at.In(cal.zone).Truncate(time.Second)
	switch late := at.Hour() >= closes; {
	case at.Weekday() == time.Sunday, late:
		at = cal.morning(r, at, 1)
		if at.Weekday() == time.Sunday {
			at = cal.morning(r, at, 1)
		}
	case at.Hour() < opens:
		at = cal.morning(r, at, 0)
	}
	return at, at.Before(cal.until)
}

func (cal *calendar) morning(r rng, at time.Time, days int) time.Time {
	y, m, dd := at.Date()
	return time.Date(y, m, dd+days, opens, 0, r.between(60, 5400), 0, cal.zone)
}

// dayOf finds the day of a moment within the calendar.
func (cal *calendar) dayOf(at time.Time) *day {
	for i := len(cal.days) - 1; i > 0; i-- {
		if !at.Before(cal.days[i].midnight) {
			return cal.days[i]
		}
	}
	return cal.days[0]
}

// manned tells whether anyone is there to answer.
func (cal *calendar) manned(at time.Time) bool {
	return at.Hour() >= opens && at.Hour() < closes
}
