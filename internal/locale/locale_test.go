package locale

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLocalesFormatNumbersAndDates(t *testing.T) {
	at := time.Date(2026, 10, 5, 15, 4, 0, 0, time.UTC)
	for _, c := range []struct {
		name            string
		million, small  string
		negative, coins string
		moment          string
		first           int64
	}{
		{"", "1,234,567", "999", "−12,345,678", "123,456.5", "5 Oct 2026 15:04", 1},
		{"en-GB", "1,234,567", "999", "−12,345,678", "123,456.5", "5 Oct 2026 15:04", 1},
		{"en-IN", "12,34,567", "999", "−1,23,45,678", "1,23,456.5", "5 Oct 2026 15:04", 7},
		{"en-US", "1,234,567", "999", "−12,345,678", "123,456.5", "Oct 5, 2026 3:04 PM", 7},
	} {
		l, err := Parse(c.name)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{l.Number(1234567, 0), l.Number(999, 0), l.Number(-12345678, 0), l.Number(123456.5, 1), l.DateTime(at)}
		if want := []string{c.million, c.small, c.negative, c.coins, c.moment}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", c.name, got, want)
		}
		if days := l.Weekdays(); days[0] != c.first || len(slices.Compact(slices.Sorted(slices.Values(days)))) != 7 {
			t.Errorf("%s: the week is %v", c.name, days)
		}
	}
	if l, _ := Parse(""); l.Name != Default || l.Number(-0.2, 0) != "0" || l.Number(0, 2) != "0.00" {
		t.Errorf("the default is %+v, and writes %s", l, l.Number(-0.2, 0))
	}
}

func TestUnknownLocaleIsAnErrorWithAHint(t *testing.T) {
	if _, err := Parse("en_IN"); err == nil || !strings.Contains(err.Error(), "did you mean \"en-IN\"?") {
		t.Errorf("got %v", err)
	}
}
