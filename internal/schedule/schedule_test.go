package schedule

import (
	"slices"
	"testing"
	"time"
)

func TestTimeOfDayIsDueOnceADayAcrossClockChanges(t *testing.T) {
	// In London clocks went from 01:00 to 02:00 on 2026-03-29 and from 02:00 to 01:00 on 2026-10-25; Lord Howe Island sets its by half an hour.
	for _, c := range []struct {
		line, zone, from, to string
		want                 []string
	}{
		{"30 1 * * *", "Europe/London", "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z",
			[]string{"2026-03-28T01:30:00Z", "2026-03-29T02:00:00+01:00", "2026-03-30T01:30:00+01:00"}},
		{"30 1 * * *", "Europe/London", "2026-10-24T00:00:00Z", "2026-10-26T12:00:00Z",
			[]string{"2026-10-24T01:30:00+01:00", "2026-10-25T01:30:00+01:00", "2026-10-26T01:30:00Z"}},
		{"30 1 * * *", "Europe/London", "2026-10-25T00:45:00Z", "2026-10-25T12:00:00Z", nil}, // between the two showings
		{"0 8 * * *", "Europe/London", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z",
			[]string{"2026-03-29T08:00:00+01:00", "2026-03-30T08:00:00+01:00"}},
		{"0 * * * *", "Europe/London", "2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z",
			[]string{"2026-10-25T01:00:00+01:00", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"}},
		{"0 * * * *", "Europe/London", "2026-03-28T23:30:00Z", "2026-03-29T02:30:00Z",
			[]string{"2026-03-29T00:00:00Z", "2026-03-29T02:00:00+01:00", "2026-03-29T03:00:00+01:00"}},
		{"15 2 * * *", "Australia/Lord_Howe", "2026-10-02T12:00:00Z", "2026-10-04T12:00:00Z",
			[]string{"2026-10-03T02:15:00+10:30", "2026-10-04T02:30:00+11:00"}},
		{"0 0 * * *", "Asia/Kolkata", "2026-10-04T18:00:00Z", "2026-10-06T18:29:59Z",
			[]string{"2026-10-05T00:00:00+05:30", "2026-10-06T00:00:00+05:30"}},
		{"@daily", "Asia/Kolkata", "2026-10-04T18:30:00Z", "2026-10-05T18:30:00Z", []string{"2026-10-06T00:00:00+05:30"}},
		{"30 7 * * MON-SAT", "Asia/Kolkata", "2026-10-03T12:00:00Z", "2026-10-06T12:00:00Z",
			[]string{"2026-10-05T07:30:00+05:30", "2026-10-06T07:30:00+05:30"}},
		{"0 0 29 2 *", "Asia/Kolkata", "2026-10-03T12:00:00Z", "2028-10-06T12:00:00Z", []string{"2028-02-29T00:00:00+05:30"}},
	} {
		s, err := Parse(c.line, zone(t, c.zone), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, due := range s.Between(moment(t, c.from), moment(t, c.to)) {
			got = append(got, due.Format(time.RFC3339))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s in %s: due %q, want %q", c.line, c.zone, got, c.want)
		}
	}
}

func TestSkippedDaysHaveNoDueTimes(t *testing.T) {
	holiday := func(day time.Time) bool {
		return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || day.Format(time.DateOnly) == "2026-10-02"
	}
	s, err := Parse("0 8 * * *", zone(t, "Asia/Kolkata"), holiday)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Next(moment(t, "2026-10-01T12:00:00Z")); got.Format(time.DateOnly) != "2026-10-05" {
		t.Errorf("after Thursday and a holiday comes %v", got)
	}
	if got := s.Last(moment(t, "2026-10-04T12:00:00Z")); got.Format(time.DateOnly) != "2026-10-01" {
		t.Errorf("the last before Sunday is %v", got)
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
