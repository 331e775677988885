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
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d >= 2*unit.length {
			return Plural(int(d/unit.length), unit.name)
		}
	}
	return Plural(int(d/time.Second), "second")
}
