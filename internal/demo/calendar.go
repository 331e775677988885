package demo

import "time"

const (
	opens  = 9  // hour of the day, Monday to Saturday
	closes = 20 // hour of the day
)

// Relative call volume by hour from opens on: a morning peak, lunch and an
// afternoon peak. On Sundays few agents work, from 10 to 17.
var (
	weekdayVolume = []float64{0.70, 1.25, 1.32, 1.00, 0.48, 0.85, 1.10, 1.25, 1.12, 0.82, 0.48}
	sundayVolume  = []float64{0, 1, 1, 1, 0.7, 1, 1, 1, 0, 0, 0}
)

// weekdayLoad is the relative volume of each weekday, Sunday first.
var weekdayLoad = []float64{0.07, 1.16, 1.06, 1.00, 0.97, 1.02, 0.72}

type day struct {
	midnight time.Time
	sunday   bool
	missRate []float64 // per group; above 1, more calls are missed than usual
	pushes   []push
}

// push is one start of a bulk campaign, each with a new campaign id.
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
			today.missRate = append(today.missRate, 0.8+0.4*r.Float64())
		}
		cal.days = append(cal.days, today)
		cal.loads = append(cal.loads, weekdayLoad[midnight.Weekday()]*(0.88+0.24*r.Float64()))
	}
	cal.addBadDay(r, c)
	cal.addPushes(r, c)
	return cal
}

// addBadDay gives one group a bad day, which the trend shows. A single day has no
// trend, and groups with few callers are not chosen.
func (cal *calendar) addBadDay(r rng, c *centre) {
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
	cal.days[nth].missRate[who] = 6
}

// addPushes adds the campaigns: one late in the morning, one in the afternoon.
func (cal *calendar) addPushes(r rng, c *centre) {
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

// clock returns a local time of a day. It uses the wall clock, so that opening
// hours stay the same in summer time.
func (cal *calendar) clock(today *day, hour, second int) time.Time {
	y, m, dd := today.midnight.Date()
	return time.Date(y, m, dd, hour, 0, second, 0, cal.zone)
}

// anyDay draws a day by its load.
func (cal *calendar) anyDay(r rng) *day { return cal.days[r.weighted(cal.loads)] }

// during draws a time in a day's opening hours by the volume of each hour.
func (cal *calendar) during(r rng, today *day) time.Time {
	volume := weekdayVolume
	if today.sunday {
		volume = sundayVolume
	}
	return cal.clock(today, opens+r.weighted(volume), r.IntN(3600))
}

// outside draws a time shortly before opening or after closing.
func (cal *calendar) outside(r rng, today *day) time.Time {
	return cal.clock(today, pick(r, []int{opens - 1, closes, closes, closes + 1}), r.IntN(3600))
}

// open returns the time itself if it is in opening hours, otherwise a time in
// the next ones. ok is false if that is after the end of the calendar.
func (cal *calendar) open(r rng, at time.Time) (_ time.Time, ok bool) {
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

// dayOf returns the day of a time in the calendar.
func (cal *calendar) dayOf(at time.Time) *day {
	for i := len(cal.days) - 1; i > 0; i-- {
		if !at.Before(cal.days[i].midnight) {
			return cal.days[i]
		}
	}
	return cal.days[0]
}

// isStaffed reports whether agents are at work.
func (cal *calendar) isStaffed(at time.Time) bool {
	return at.Hour() >= opens && at.Hour() < closes
}
