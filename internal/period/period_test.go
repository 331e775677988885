package period

import (
	"strings"
	"testing"
	"time"

	"callsheet/internal/locale"
)

// Monday morning in India, Sunday evening in New York.
var now = time.Date(2026, 10, 5, 8, 0, 0, 0, time.FixedZone("IST", 19800))

func TestParseAcceptsEveryForm(t *testing.T) {
	cases := []struct{ name, from, to, text, words string }{
		{"today", "2026-10-05", "2026-10-05", "2026-10-05", "Monday 5 October 2026"},
		{"yesterday", "2026-10-04", "2026-10-04", "2026-10-04", "Sunday 4 October 2026"},
		{"this-week", "2026-10-05", "2026-10-11", "2026-W41", "5 to 11 October 2026 (week 41)"},
		{"last-week", "2026-09-28", "2026-10-04", "2026-W40", "28 September to 4 October 2026 (week 40)"},
		{"this-month", "2026-10-01", "2026-10-31", "2026-10", "October 2026"},
		{"last-month", "2026-09-01", "2026-09-30", "2026-09", "September 2026"},
		{"2026-02-28", "2026-02-28", "2026-02-28", "2026-02-28", "Saturday 28 February 2026"},
		{"2026-W53", "2026-12-28", "2027-01-03", "2026-W53", "28 December 2026 to 3 January 2027 (week 53)"},
		{"2028-02", "2028-02-01", "2028-02-29", "2028-02", "February 2028"},
	}
	for _, c := range cases {
		p, err := Parse(c.name, now)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := []string{p.From.Format(time.DateOnly), p.To.Format(time.DateOnly), p.String(), p.Words()}
		want := []string{c.from, c.to, c.text, c.words}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s: got %q, want %q", c.name, got, want)
		}
	}
}

func TestParseRejectsInvalidPeriods(t *testing.T) {
	for _, name := range []string{"", "tomorrow", "2026-02-30", "2026-13", "2026-W54", "2025-W53", "2026-W00"} {
		if p, err := Parse(name, now); err == nil {
			t.Errorf("%q was read as %v", name, p)
		}
	}
}

func TestPeriodEndsWhenItsLastDayIsOver(t *testing.T) {
	for _, c := range []struct{ zone, name, end string }{
		{"Asia/Kolkata", "2026-10-05", "2026-10-06T00:00:00+05:30"},
		{"Pacific/Kiritimati", "2026-W41", "2026-10-12T00:00:00+14:00"},
		{"America/Los_Angeles", "2026-10", "2026-11-01T00:00:00-07:00"},  // the day on which the clocks go back
		{"America/Santiago", "2026-09-05", "2026-09-06T01:00:00-03:00"},  // the clock goes from 24:00 to 01:00
		{"America/Havana", "2026-10-31", "2026-11-01T00:00:00-04:00"},    // midnight is shown twice
		{"America/Sao_Paulo", "2019-02-16", "2019-02-17T00:00:00-03:00"}, // 23:00 to 24:00 is shown twice
		{"Pacific/Apia", "2011-12-29", "2011-12-31T00:00:00+14:00"},      // there was no 30 December
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Parse(c.name, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.End(zone).Format(time.RFC3339); got != c.end {
			t.Errorf("%s in %s: it ends %s, want %s", c.name, c.zone, got, c.end)
		}
	}
}

func TestTimesThatTheClockSkipsOrShowsTwice(t *testing.T) {
	for _, c := range []struct{ zone, text, want string }{
		{"America/New_York", "2026-03-08 01:59", "2026-03-08T01:59:00-05:00"},
		{"America/New_York", "2026-03-08 02:00", "2026-03-08T03:00:00-04:00"}, // the clock skips 02:00 to 03:00
		{"America/New_York", "2026-03-08T02:30", "2026-03-08T03:00:00-04:00"},
		{"America/New_York", "2026-03-08 02:59:59", "2026-03-08T03:00:00-04:00"},
		{"America/New_York", "2026-03-08T03:00:00", "2026-03-08T03:00:00-04:00"},
		{"America/New_York", "2026-11-01 01:30", "2026-11-01T01:30:00-04:00"}, // the first of the two
		{"America/New_York", "2026-11-01T01:30:00-05:00", "2026-11-01T01:30:00-05:00"},
		{"America/Santiago", "2026-09-06", "2026-09-06T01:00:00-03:00"}, // the day begins at 01:00
		{"Asia/Kolkata", "2026-10-05T08:00:00Z", "2026-10-05T08:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseTime(c.text, zone)
		if err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s in %s: %v, %v, want %s", c.text, c.zone, got, err, c.want)
		}
	}
}

func TestReadersInAnotherZoneGetWhatWasByTheirDateAndWhatRunsByTheData(t *testing.T) {
	kolkata, _ := time.LoadLocation("Asia/Kolkata")
	for _, c := range []struct{ reader, at, name, want string }{
		{"Pacific/Auckland", "2026-10-06T06:00:00+13:00", "yesterday", "2026-10-05"}, // 22:30 of the 5th in India
		{"Pacific/Auckland", "2026-10-06T06:00:00+13:00", "today", "2026-10-05"},
		{"Pacific/Auckland", "2026-11-01T06:00:00+13:00", "last-month", "2026-10"},
		{"Pacific/Auckland", "2026-11-01T06:00:00+13:00", "this-month", "2026-10"},
		{"Pacific/Kiritimati", "2026-10-05T02:00:00+14:00", "last-week", "2026-W40"},
		{"Pacific/Kiritimati", "2026-10-05T02:00:00+14:00", "this-week", "2026-W40"},
		{"America/Los_Angeles", "2026-10-05T20:00:00-07:00", "yesterday", "2026-10-04"}, // 08:30 of the 6th in India
		{"America/Los_Angeles", "2026-10-05T20:00:00-07:00", "today", "2026-10-06"},
		{"America/Los_Angeles", "2026-10-31T20:00:00-07:00", "this-month", "2026-11"},
		{"Pacific/Auckland", "2026-10-06T06:00:00+13:00", "2026-09", "2026-09"},
	} {
		reader, err := time.LoadLocation(c.reader)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := ForReader(c.name, at, reader, kolkata); err != nil || p.String() != c.want {
			t.Errorf("%s in %s at %s: got %v, %v, want %s", c.name, c.reader, c.at, p, err, c.want)
		}
	}
}

func TestWordsFollowTheLocale(t *testing.T) {
	american, err := locale.Parse("en-US")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"2026-10-05": "Monday, October 5, 2026",
		"2026-10":    "October 2026",
		"2026-W41":   "October 5 to 11, 2026 (week 41)",
		"2026-W40":   "September 28 to October 4, 2026 (week 40)",
		"2026-W53":   "December 28, 2026 to January 3, 2027 (week 53)",
	} {
		p, err := Parse(name, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.WordsIn(american); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
