package report

import (
	"slices"
	"testing"
	"time"

	"callsheet/internal/period"
)

// TestOnlyWeekdaysOfThePeriodHaveFigures: from a Saturday to a Monday without calls on the Sunday, the Sunday and the hour without calls have
// zeros, and the four weekdays that are not in the period are empty.
func TestOnlyWeekdaysOfThePeriodHaveFigures(t *testing.T) {
	d, err := Parse("small", []byte("title: T\nsheets: [{kind: heatmap, name: Hours, rows: weekday, metrics: [offered]}]\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	src := &testSource{calls: testMonth()}
	src.calls = slices.DeleteFunc(src.calls, func(c testCall) bool {
		return c.direction != "incoming" || c.at.Day() == 27 || c.at.Hour() > 9 || c.at.Day() >= 26 && c.at.Day() <= 28 && c.at.Hour() == 8
	})
	late := src.calls[len(src.calls)-1]
	late.at, late.sid = time.Date(2026, 9, 28, 11, 0, 0, 0, india), "1790573400.1"
	src.calls = append(src.calls, late)
	span, err := period.Between(time.Date(2026, 9, 26, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 28, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	path, _ := build(t, d, src, Request{Period: span, Zone: india, Version: "0.1"})
	f := open(t, path)
	rows, err := f.GetRows("Hours")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Sunday", "0", "0", "0", "0"}, {"Monday", "5", "0", "1", "6"}, {"Tuesday"}, {"Wednesday"}, {"Thursday"}, {"Friday"},
		{"Saturday", "4", "0", "0", "4"}, {"All weekdays", "9", "0", "1", "10"},
	}
	if got := rows[5:]; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %q, want %q", got, want)
	}
}
