package schedule

import (
	"strings"
	"testing"
	"time"
)

func TestScheduleIsHonouredOrRefusedByName(t *testing.T) {
	for line, want := range map[string]string{
		"CRON_TZ=Asia/Tokyo 0 8 * * *": "timezone: Asia/Tokyo",
		"CRON_TZ=Asia/Tokyo @daily":    "timezone: Asia/Tokyo",
		"cron_tz=Asia/Tokyo 0 8 * * *": "timezone: Asia/Tokyo",
		"TZ=Europe/London":             "timezone: Europe/London",
		"TZ= 0 8 * * *":                "key timezone",
		"  TZ=Nowhere/Land 0 8 * * *":  "key timezone",
		"0 8 L * *":                    `the day of month "L" is wrong|"0 8 1 * *" with period last-month`,
		"0 8 L-2 * *":                  `the day of month "L-2" is wrong|last day of a month`,
		"0 8 LW * *":                   `the day of month "LW" is wrong|first working day`,
		"0 8 15W * *":                  `the day of month "15W" is wrong|first working day`,
		"0 8 * * MON#1":                `the weekday "MON#1" is wrong|"0 8 * * MON" and period last-month`,
		"0 8 * * 5#3":                  `the weekday "5#3" is wrong|"0 8 * * FRI" and period last-month`,
		"0 8 * * FRIL":                 `the weekday "FRIL" is wrong|last weekday of a month`,
		"0 8 * * 5L":                   `the weekday "5L" is wrong|last weekday of a month`,
		"0 8 ? * MON":                  `the day of month "?" is wrong|write *`,
		"0 8 * * ?":                    `the weekday "?" is wrong|write *`,
		"@reboot":                      `"@reboot" is no time|catch_up`,
		"@Daily":                       "write @daily",
		"@fortnightly":                 "use @yearly, @annually",
		"0 0 8 * * *":                  "has 6 fields|leave out seconds and years",
		"0 0 8 * * MON 2026":           "has 7 fields",
		"0 8 * *":                      "expected minute hour",
		"":                             "expected minute hour",
		"0 24 * * *":                   `the hour "24" is wrong: expected 0 to 23|hour 0 of the next day`,
		"0 22-24 * * *":                `the hour "22-24" is wrong|hour 0 of the next day`,
		"60 8 * * *":                   `the minute "60" is wrong|minute 0 of the next`,
		"0 8 0 * *":                    `the day of month "0" is wrong: expected 1 to 31`,
		"0 8 * 13 *":                   `the month "13" is wrong`,
		"0 8 * * 8":                    `the weekday "8" is wrong: expected 0 to 7`,
		"0 8 * * LUN":                  `the weekday "LUN" is wrong: expected 0 to 7 or SUN to SAT`,
		"0 8 * * Monday":               "write MON",
		"0 8 * MARCH *":                "write MAR",
		"0 8 * MAI *":                  `the month "MAI" is wrong: expected 1 to 12 or JAN to DEC`,
		"0 8 * * FRI-MON":              "write FRI-SAT,SUN-MON",
		"0 8 * NOV-FEB *":              "write NOV-DEC,JAN-FEB",
		"0 22-2 * * *":                 "write 22-23,0-2",
		"50-9 8 * * *":                 "write 50-59,0-9",
		"*/90 * * * *":                 "a step of 90 leads past 59",
		"*/120 * * * *":                "in the hour write */2",
		"0 */24 * * *":                 "a step of 24 leads past 23",
		"0 9-12/5 * * *":               "a step of 5 leads past 12",
		"1-5/0 * * * *":                "a step is a number from 1",
		"*/-5 * * * *":                 "a step is a number from 1",
		"*/ * * * *":                   "a step is a number from 1",
		"*/x * * * *":                  "a step is a number from 1",
		"+5 8 * * *":                   `the minute "+5" is wrong`,
		"-5 8 * * *":                   `the minute "-5" is wrong`,
		"1-2-3 8 * * *":                `the minute "1-2-3" is wrong`,
		"*-5 8 * * *":                  `the minute "*-5" is wrong`,
		"1,,2 8 * * *":                 `the minute "1,,2" is wrong`,
		", 8 * * *":                    `the minute "," is wrong`,
		"0 8:30 * * *":                 `the hour "8:30" is wrong`,
		"0 8 30 2 *":                   "is never due: month 2 has no day 30",
		"0 8 31 FEB,4,6,9,NOV *":       "is never due: month FEB,4,6,9,NOV has no day 31",
		"@every 7m":                    `"@every 7m" does not divide a day`,
		"@every 90m":                   "does not divide a day",
		"@every 48h":                   "does not divide a day",
		"@every 1ms":                   "does not divide a day",
		"@every":                       "does not divide a day",
		"@every soon":                  "does not divide a day",
		"0 8 * * MON-FRI;rm":           `the weekday "MON-FRI;rm" is wrong`,
		"H 8 * * *":                    `the minute "H" is wrong`,
		"0 8 * * MON,TUE,LAST":         `the weekday "MON,TUE,LAST" is wrong`,
	} {
		s, err := Parse(line, time.UTC, nil)
		if err == nil {
			t.Errorf("%q is accepted, next due %v", line, s.Next(moment(t, "2026-10-01T12:00:00Z")))
			continue
		}
		for part := range strings.SplitSeq(want, "|") {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q: %v\nwants %s", line, err, part)
			}
		}
	}
}

func TestScheduleIsDueWhenItsFieldsSay(t *testing.T) {
	// From Thursday 2026-10-01.
	for line, want := range map[string]string{
		"0 8 * * 7":           "2026-10-04 08:00, 2026-10-11 08:00",
		"0 8 * * 0":           "2026-10-04 08:00, 2026-10-11 08:00",
		"0 8 * * sun":         "2026-10-04 08:00, 2026-10-11 08:00",
		"0 8 * * 5-7":         "2026-10-02 08:00, 2026-10-03 08:00, 2026-10-04 08:00, 2026-10-09 08:00",
		"0 8 * * FRI-SUN":     "2026-10-02 08:00, 2026-10-03 08:00, 2026-10-04 08:00, 2026-10-09 08:00",
		"0 8 * * 1,7":         "2026-10-04 08:00, 2026-10-05 08:00, 2026-10-11 08:00",
		"0 8 * * 7/3":         "2026-10-03 08:00, 2026-10-04 08:00, 2026-10-07 08:00",
		"0 8 * * 1-7/3":       "2026-10-04 08:00, 2026-10-05 08:00, 2026-10-08 08:00",
		"0 8 * * SAT-SUN":     "2026-10-03 08:00, 2026-10-04 08:00, 2026-10-10 08:00",
		"0 8 * * SUN-TUE":     "2026-10-04 08:00, 2026-10-05 08:00, 2026-10-06 08:00, 2026-10-11 08:00",
		"0 8 1-7 * 1-7":       "2026-10-02 08:00, 2026-10-03 08:00",
		"30 9-11/2 * * *":     "2026-10-02 09:30, 2026-10-02 11:30, 2026-10-03 09:30",
		"10/20 8 * * *":       "2026-10-02 08:10, 2026-10-02 08:30, 2026-10-02 08:50",
		"0 0 31 * *":          "2026-10-31 00:00, 2026-12-31 00:00",
		"0 0 29 2 *":          "2028-02-29 00:00, 2032-02-29 00:00",
		"0 8 31 2,3 *":        "2027-03-31 08:00, 2028-03-31 08:00",
		"0 8 13 * FRI":        "2026-10-02 08:00, 2026-10-09 08:00, 2026-10-13 08:00",
		"@every 1h":           "2026-10-01 13:00, 2026-10-01 14:00",
		"@every 24h":          "2026-10-02 00:00, 2026-10-03 00:00",
		"@every 6h":           "2026-10-01 18:00, 2026-10-02 00:00",
		"@every 20m":          "2026-10-01 12:20, 2026-10-01 12:40",
		"@every 60s":          "2026-10-01 12:01, 2026-10-01 12:02",
		"@weekly":             "2026-10-04 00:00, 2026-10-11 00:00",
		" 0  8 * *\tmon-FRI ": "2026-10-02 08:00, 2026-10-05 08:00",
		"05 08 * jan,Dec 1":   "2026-12-07 08:05, 2026-12-14 08:05",
	} {
		s, err := Parse(line, time.UTC, nil)
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		at := moment(t, "2026-10-01T12:00:00Z")
		for next := range strings.SplitSeq(want, ", ") {
			if at = s.Next(at); at.Format("2006-01-02 15:04") != next {
				t.Errorf("%q: due %v, want %s", line, at, next)
			}
		}
	}
}

func TestIntervalIsDueAtTheSameTimesWheneverTheProgramStarts(t *testing.T) {
	s, err := Parse("@every 10s", time.UTC, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []string{"2026-10-01T12:00:01Z", "2026-10-01T12:00:09Z"} {
		if got := s.Next(moment(t, after)).Format(time.TimeOnly); got != "12:00:10" {
			t.Errorf("after %s: due %s", after, got)
		}
	}
}

func TestScheduleWhoseDaysAreAllSkippedIsAMistake(t *testing.T) {
	weekend := func(day time.Time) bool { return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday }
	for line, wrong := range map[string]bool{
		"0 8 * * SAT,SUN": true, "* * * * 6-7": true, "0 8 * * 5-7": false, "0 8 29 2 *": false, "0 8 1 1 *": false,
	} {
		if _, err := Parse(line, zone(t, "Asia/Kolkata"), weekend); (err != nil) != wrong || wrong && !strings.Contains(err.Error(), "skip leaves out every day") {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestDayOfMonthAndWeekdayAreEither(t *testing.T) {
	for line, want := range map[string]bool{
		"0 8 1 * MON": true, "0 8 1-31 * MON": true, "0 8 1 * *": false, "0 8 * * MON": false, "@weekly": false, "@every 1h": false,
	} {
		s, err := Parse(line, time.UTC, nil)
		if err != nil || s.EitherDay() != want {
			t.Errorf("%s: %v", line, err)
		}
	}
}
