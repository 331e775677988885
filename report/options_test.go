package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestOptionsOfEveryKind builds sheets with options that leave little or nothing of them.
func TestOptionsOfEveryKind(t *testing.T) {
	for _, c := range []struct{ name, sheets, direction, sheet, cell, want string }{
		{"a table about a direction without calls", "{kind: table, name: S, query: total, columns: [offered, answer_rate]}", "outgoing", "S", "A5", "0"},
		{"a trend about one", "{kind: trend, name: S, query: days, columns: [offered, missed]}", "outgoing", "S", "A4", "Offered"},
		{"a ranked sheet about both", "{kind: ranked, name: S, query: groups, columns: [call_group, answered], limit: 2}", "outgoing", "S", "B4", "Answered"},
		{"a chart of a column that outgoing calls do not show", "{kind: trend, name: S, query: days, columns: [local_day, talk_seconds, coins], " +
			"charts: [{title: Talk, columns: [talk_seconds]}], outgoing: {columns: [local_day, coins]}}", "outgoing", "S", "B4", "Coins"},
		{"a total with a column to fill in", "{kind: table, name: S, query: groups, columns: [call_group, calls], fill_in: [answered], total: All}", "", "S", "C4", "answered"},
		{"names alone may be left out if there are none", "{kind: table, name: S, query: agents, columns: [agent], omit: true}", "", "S", "A4", "Agent"},
		{"the rows of a timetable are those of any figure", "{kind: timetable, name: S, query: staffing, days: 28, omit: true, metrics: [agents_short, agents_needed]}", "", "S", "A6", "08:00"},
		{"a timetable shows a rate as a rate", "{kind: timetable, name: S, query: staffing, days: 28, metrics: [planned_service_level]}", "", "S", "B6", "80%"},
		{"and a duration as a duration", "{kind: timetable, name: S, query: staffing, days: 28, metrics: [avg_talk_seconds]}", "", "S", "B6", "3:39"},
		{"the days of a trend are those of its rows", "{kind: trend, name: S, query: group_days, columns: [local_day, calls], days: 2, total: 'All {days} days'}", "", "S", "A18", "All 2 days"},
		{"a trend by hour has the days of the period", "{kind: trend, name: S, query: hours_of_day, columns: [local_hour, calls], days: 3, total: 'All {days} days'}", "", "S", "A19", "All 3 days"},
		{"sections by weekday", "{kind: table, name: S, query: weekdays, columns: [calls], sections: {by: weekday}}", "", "S", "A4", "Sunday (1)"},
		{"sections by day", "{kind: table, name: S, query: days, columns: [calls], sections: {by: local_day}}", "", "S", "A4", "Sunday 4 October 2026 (1)"},
		{"sections by a rate", "{kind: table, name: S, query: total, columns: [calls], sections: {by: answer_rate}}", "", "S", "A4", "80.8% (1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse("small", []byte("title: T\nsheets:\n  - {kind: table, name: Groups, query: groups, columns: [call_group, calls]}\n  - "+c.sheets+"\n  - {kind: notes, name: Notes}\n"), "")
			if err != nil {
				t.Fatal(err)
			}
			req := request(t, "yesterday")
			if c.direction != "" {
				req.Filters = map[string]string{"direction": c.direction}
			}
			path, _ := build(t, d, &testSource{calls: testMonth()}, req)
			lintWorkbook(t, path)
			f := open(t, path)
			if !slices.Contains(f.GetSheetList(), c.sheet) {
				t.Fatalf("no sheet %s in %q", c.sheet, f.GetSheetList())
			}
			if got := shown(t, f, c.sheet, c.cell); got != c.want {
				t.Errorf("%s is %q, want %q", c.cell, got, c.want)
			}
		})
	}
}

// TestAnEmptyListSetsNothing: a key that a kind needs has an entry.
func TestAnEmptyListSetsNothing(t *testing.T) {
	for _, sheet := range []string{"{kind: table, name: S, query: groups, columns: []}", "{kind: timetable, name: S, query: staffing, metrics: []}",
		"{kind: trend, name: S, query: days, columns: []}"} {
		_, err := Parse("small", []byte("title: T\nsheets:\n  - "+sheet+"\n"), "")
		if err == nil || !strings.Contains(err.Error(), "requires") {
			t.Errorf("%s: %v", sheet, err)
		}
	}
}

// TestATimetableNeedsDays: the days of a query of one's own are dates or weekdays.
func TestATimetableNeedsDays(t *testing.T) {
	for _, c := range []struct {
		day any
		ok  bool
	}{{int64(1), true}, {int64(7), true}, {int64(0), false}, {"Mon", false}, {nil, false}, {time.Now(), false}} {
		if err := checkDay(c.day); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.day, err)
		}
	}
}

// TestMaskedRowsHaveNoLines: the last digits of customers' numbers do not tell them apart.
func TestMaskedRowsHaveNoLines(t *testing.T) {
	for _, masked := range []bool{false, true} {
		_, err := Parse("small", fmt.Appendf(nil, `title: T
mask_customers: %v
sheets:
  - {kind: table, name: S, query: repeat_customers, columns: [customer_number, calls], spark: {query: own, column: calls}}
`, masked), "")
		if got := err != nil && strings.Contains(err.Error(), "leave out spark, or mask_customers"); got != masked {
			t.Errorf("mask_customers: %v: %v", masked, err)
		}
	}
}
