package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// A field of a cron line.
type field struct {
	name, values, example string
	min, max              int
	names                 []string // of the values, from min
	next                  string   // the unit in which steps begin again
}

var fields = []field{
	{"minute", "0 to 59", "0-30/10", 0, 59, nil, "hour"},
	{"hour", "0 to 23", "9-17", 0, 23, nil, "day"},
	{"day of month", "1 to 31", "1-7", 1, 31, nil, "month"},
	{"month", "1 to 12 or JAN to DEC", "1-6", 1, 12, []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}, "year"},
	{"weekday", "0 to 7 or SUN to SAT; 0 and 7 are Sunday", "MON-FRI", 0, 7, []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"}, "week"},
}

const fieldOrder = "the fields are minute hour day-of-month month weekday, such as \"0 8 * * *\""

// descriptors are the names of schedules.
var descriptors = []string{"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}

// withSeconds reads the lines that parse makes; @every 10s needs the seconds.
var withSeconds = cron.NewParser(cron.Second | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// parse checks a line more strictly than the library does, so that what it means elsewhere is either honoured or refused by name.
func parse(line string) (*cron.SpecSchedule, error) {
	line = strings.TrimSpace(line)
	if _, after, found := strings.Cut(line, "="); found {
		zone := strings.Fields(after + " ?")[0]
		if _, err := time.LoadLocation(zone); err != nil {
			zone = "Asia/Kolkata"
		}
		return nil, fmt.Errorf("has a time zone, which is the key timezone of the report\nhint: write it as timezone: %s", zone)
	}
	if strings.HasPrefix(line, "@every") {
		var err error
		if line, err = every(line); err != nil {
			return nil, err
		}
	} else if strings.HasPrefix(line, "@") {
		if !slices.Contains(descriptors, line) {
			return nil, descriptorError(line)
		}
	} else {
		texts := strings.Fields(line)
		if len(texts) != len(fields) {
			return nil, countError(texts)
		}
		for i, f := range fields {
			var err error
			if texts[i], err = f.parse(texts[i]); err != nil {
				return nil, err
			}
		}
		line = "0 " + strings.Join(texts, " ")
	}
	parsed, err := withSeconds.Parse(line)
	if err != nil {
		return nil, err
	}
	return parsed.(*cron.SpecSchedule), nil
}

func countError(texts []string) error {
	err := "expected minute hour day-of-month month weekday, such as \"0 8 * * *\""
	if len(texts) > len(fields) {
		err = fmt.Sprintf("has %d fields; %s\nhint: leave out seconds and years", len(texts), err)
	}
	return errors.New(err)
}

func descriptorError(name string) error {
	switch lower := strings.ToLower(name); {
	case slices.Contains(descriptors, lower):
		return fmt.Errorf("%q is not known\nhint: write %s", name, lower)
	case lower == "@reboot":
		return fmt.Errorf("%q is no time; give the times at which the report is due\nhint: what was missed while nothing ran is run at the start (catch_up)", name)
	}
	return fmt.Errorf("%q is not known\nhint: use %s or minute hour day-of-month month weekday", name, strings.Join(descriptors, ", "))
}

// every returns the line of an interval. It counts from the beginning of a minute, an hour or a day, not from when the program
// started: else a due time would mean something else after each restart.
func every(line string) (string, error) {
	interval, err := time.ParseDuration(strings.TrimSpace(strings.TrimPrefix(line, "@every")))
	n := func(unit time.Duration) int { return int(interval / unit) }
	switch {
	case err != nil || interval < time.Second:
	case interval%time.Second == 0 && time.Minute%interval == 0:
		return fmt.Sprintf("*/%d * * * * *", n(time.Second)), nil
	case interval%time.Minute == 0 && time.Hour%interval == 0:
		return fmt.Sprintf("0 */%d * * * *", n(time.Minute)), nil
	case interval == 24*time.Hour:
		return "0 0 0 * * *", nil
	case interval%time.Hour == 0 && 24*time.Hour%interval == 0:
		return fmt.Sprintf("0 0 */%d * * *", n(time.Hour)), nil
	}
	return "", fmt.Errorf("%q does not divide a day\nhint: use an interval such as 15m, 1h or 6h, or give the times: \"0 8,16 * * *\"", line)
}

// parse returns a field as the library reads it.
func (f field) parse(text string) (string, error) {
	items := strings.Split(text, ",")
	for i, item := range items {
		canonical, hint := f.parseItem(item)
		if hint != "" {
			return "", f.error(text, hint)
		}
		items[i] = canonical
	}
	return strings.Join(items, ","), nil
}

func (f field) error(text, hint string) error {
	return fmt.Errorf("the %s %q is wrong: expected %s, a range such as %s, or *\nhint: %s", f.name, text, f.values, f.example, hint)
}

// parseItem returns an item of a field as the library reads it, or a hint if it is wrong.
func (f field) parseItem(item string) (canonical, hint string) {
	span, stepText, stepped := strings.Cut(item, "/")
	first, last, isRange := strings.Cut(span, "-")
	from, to := f.min, f.lastValue()
	if span != "*" {
		var ok bool
		if from, ok = f.value(first); !ok {
			return "", f.hint(first)
		}
		switch {
		case isRange:
			if to, ok = f.value(last); !ok {
				return "", f.hint(last)
			}
			if f.max == 7 && to == 0 && from > 0 {
				to = 7 // FRI-SUN
			}
		case !stepped:
			to = from
		case f.max == 7 && from == 7:
			from = 0 // 7/2, as SUN/2
		}
	}
	step := 1
	if stepped {
		var err error
		if step, err = strconv.Atoi(stepText); err != nil || step < 1 || stepText[0] == '+' {
			return "", fmt.Sprintf("a step is a number from 1, as in */%d", 2)
		}
	}
	switch {
	case from > to:
		return "", fmt.Sprintf("a range does not go past the end of the %s: write %s", f.next, f.split(from, to))
	case step > 1 && step > to-from:
		return "", fmt.Sprintf("a step of %d leads past %s, and steps begin again each %s%s", step, f.nameOf(to), f.next, f.longer(step))
	case span == "*":
		return item, ""
	}
	return f.list(from, to, step), ""
}

// lastValue returns the last value of *.
func (f field) lastValue() int {
	if f.max == 7 {
		return 6
	}
	return f.max
}

func (f field) value(text string) (value int, ok bool) {
	if i := slices.Index(f.names, strings.ToUpper(text)); i >= 0 {
		return f.min + i, true
	}
	value, err := strconv.Atoi(text)
	return value, err == nil && value >= f.min && value <= f.max && text[0] != '+' && text[0] != '-'
}

// list returns the values of a range one by one, since the library does not know 7.
func (f field) list(from, to, step int) string {
	var values []string
	for v := from; v <= to; v += step {
		if f.max == 7 && v == 7 {
			values = append(values, "0")
		} else {
			values = append(values, strconv.Itoa(v))
		}
	}
	return strings.Join(values, ",")
}

func (f field) nameOf(value int) string {
	if f.names != nil {
		return f.names[value-f.min]
	}
	return strconv.Itoa(value)
}

// split returns a range past the end as two.
func (f field) split(from, to int) string {
	part := func(from, to int) string {
		if from == to {
			return f.nameOf(from)
		}
		return f.nameOf(from) + "-" + f.nameOf(to)
	}
	return part(from, f.lastValue()) + "," + part(f.min, to)
}

// longer says how a step that is too long for a field can be written in the next one.
func (f field) longer(step int) string {
	if size := f.max + 1; f.min == 0 && f.max > 7 && step%size == 0 {
		return fmt.Sprintf("; in the %s write */%d", f.next, step/size)
	}
	return ""
}

// hint says what to do about a value that is none of a field.
func (f field) hint(text string) string {
	upper := strings.ToUpper(text)
	day, _, nth := strings.Cut(upper, "#")
	weekday := fields[4]
	dayValue, known := weekday.value(strings.TrimSuffix(day, "L"))
	switch {
	case text == "?":
		return "write *"
	case f.name == "hour" && text == "24":
		return "midnight is hour 0 of the next day"
	case f.name == "minute" && text == "60":
		return "the full hour is minute 0 of the next"
	case nth && known:
		return fmt.Sprintf("a schedule cannot count weekdays. With \"0 8 * * %s\" and period last-month the month is sent on its first %[1]s only, since a period is sent once; "+
			"for other days of a month let the system's timer start callsheet run", weekday.nameOf(dayValue))
	case f.name == "day of month" && strings.HasSuffix(upper, "W"):
		return "a schedule cannot look for working days. With \"0 8 1-7 * *\", skip: [weekends, holidays] and period last-month the month is sent on its first working day, since a period is sent once"
	case f.name == "day of month" && strings.HasPrefix(upper, "L"):
		return "a schedule cannot name the last day of a month. \"0 8 1 * *\" with period last-month has the whole month, once it is over"
	case f.name == "weekday" && (upper == "L" || strings.HasSuffix(upper, "L") && known):
		return "a schedule cannot name the last weekday of a month. \"0 8 1 * *\" with period last-month has the whole month, once it is over"
	case f.names != nil && len(upper) > 3 && slices.Contains(f.names, upper[:3]):
		return "write " + upper[:3]
	}
	return fieldOrder
}
