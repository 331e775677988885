package display

import "time"

// Time formats a time to the minute; the zero time is "never".
func Time(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format("Mon 2006-01-02 15:04")
}

// ZonedTime formats a time with the name of its zone, for those who may read it elsewhere.
func ZonedTime(t time.Time) string {
	zone := t.Location().String()
	if zone == "" || zone == "Local" {
		zone = t.Format("-07:00")
	}
	return Time(t) + " " + zone
}

// Duration formats a duration in whole seconds, minutes, hours or days, of which there are at least two where possible.
func Duration(d time.Duration) string {
	n, unit := Units(d)
	return Plural(int(n), unit)
}

// Units returns a duration as a number of days, hours, minutes or seconds, whichever Duration shows, and the name of the unit.
func Units(d time.Duration) (n int64, unit string) {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d >= 2*unit.length {
			return int64(d / unit.length), unit.name
		}
	}
	return int64(d / time.Second), "second"
}
