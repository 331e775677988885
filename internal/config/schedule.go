package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// scheduleFields are the fields of a cron schedule, in order.
var scheduleFields = []struct{ name, values string }{
	{"minute", "0 to 59"}, {"hour", "0 to 23"}, {"day of month", "1 to 31"}, {"month", "1 to 12 or JAN to DEC"}, {"weekday", "0 to 6 or SUN to SAT; 0 is Sunday"},
}

// checkSchedule returns an error that names the wrong field of a cron schedule.
func checkSchedule(text string) error {
	fields := strings.Fields(text)
	if strings.HasPrefix(text, "@") {
		_, err := cron.ParseStandard(text)
		return err
	}
	if len(fields) > 0 && strings.Contains(fields[0], "=") {
		return errors.New("has a time zone, which is the key timezone of the report")
	}
	if len(fields) != len(scheduleFields) {
		return errors.New("expected minute hour day-of-month month weekday, such as \"0 8 * * *\"")
	}
	for i, field := range scheduleFields {
		alone := strings.Fields("* * * * *")
		alone[i] = fields[i]
		if _, err := cron.ParseStandard(strings.Join(alone, " ")); err != nil {
			return fmt.Errorf("the %s %q is wrong: expected %s, a range such as %s, or *\nhint: the fields are minute hour day-of-month month weekday, such as \"0 8 * * *\"",
				field.name, fields[i], field.values, []string{"0-30/10", "9-17", "1-7", "1-6", "MON-FRI"}[i])
		}
	}
	schedule, err := cron.ParseStandard(text)
	if err == nil && schedule.Next(time.Unix(0, 0)).IsZero() {
		err = fmt.Errorf("is never due: month %s has no day %s", fields[3], fields[2])
	}
	return err
}
