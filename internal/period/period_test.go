package period

import (
	"strings"
	"testing"
	"time"
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
