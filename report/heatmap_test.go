package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/period"
)

// TestOnlyWeekdaysOfThePeriodHaveFigures: from a Saturday to a Monday without calls on the Sunday, the Sunday and the hour without calls have
// zeros, and the four weekdays that are not in the period are empty.
func TestOnlyWeekdaysOfThePeriodHaveFigures(t *testing.T) {
	skipIfShort(t)
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

// TestRatesOfFewCallsAreNotPainted: a cell of a heat map is painted from five offered calls on.
func TestRatesOfFewCallsAreNotPainted(t *testing.T) {
	skipIfShort(t)
	d, err := Parse("small", []byte("title: T\nsheets: [{kind: heatmap, name: Hours, rows: day, metrics: [answer_rate]}]\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	src := &testSource{}
	for hour, calls := range map[int]int{9: 5, 10: 4, 11: 6, 12: 5} {
		for i := range calls {
			src.calls = append(src.calls, testCall{sid: fmt.Sprintf("%d.%d", hour, i), at: time.Date(2026, 10, 4, hour, i, 0, 0, india), group: "Sales",
				agent: "Asha", direction: "incoming", outcome: "answered", answered: true, talk: 60, wait: 5})
		}
	}
	path, _ := build(t, d, src, request(t, "yesterday"))
	formats, err := open(t, path).GetConditionalFormats("Hours")
	if err != nil {
		t.Fatal(err)
	}
	// Nine to twelve are B to E.
	if _, ok := formats["B6:B6 D6:E6"]; !ok || len(formats) != 1 {
		t.Errorf("painted are %v", formats)
	}
}

// TestOutgoingOnlyAccountsHaveNoIncomingColumns, and none of the sheets and charts of these; an account that has incoming calls on other
// days keeps them.
func TestOutgoingOnlyAccountsHaveNoIncomingColumns(t *testing.T) {
	skipIfShort(t)
	at := time.Date(2026, 10, 4, 9, 5, 0, 0, india)
	calls := []testCall{
		{sid: "1", at: at, group: "Sales", agent: "Asha", direction: "outgoing", outcome: "answered", answered: true, talk: 60, coins: 1, vn: "01204000001"},
		{sid: "2", at: at.AddDate(0, 0, -7), group: "Sales", direction: "incoming", outcome: "abandoned", vn: "01204000001"},
		{sid: "3", at: at.AddDate(0, 0, -9), group: "Sales", agent: "Asha", direction: "outgoing", outcome: "no_answer", vn: "01204000001"},
	}
	theDayBefore := calls[1]
	theDayBefore.at = at.AddDate(0, 0, -1)
	for _, c := range []struct {
		calls         []testCall
		groups, trend string
		service       bool
	}{
		{[]testCall{calls[0], calls[2]}, "Group|Outgoing|Connect rate|Talk time|Average talk|Coins|Coins on unanswered|Customers",
			"Day|Outgoing|Connected|Connect rate|Customer no answer|", false},
		{calls, "Group|Offered|Answered incoming|Missed|Answer rate|Abandoned", "Day|Offered|Answered incoming|Missed", true},
		// On no day that the period is compared with there was one.
		{append(calls[:1:1], theDayBefore), "Group|Offered|Answered incoming|Missed|Answer rate|Abandoned", "Day|Offered|Answered incoming|Missed", true},
	} {
		path, _ := build(t, readTemplate(t, "daily"), &testSource{calls: c.calls}, request(t, "yesterday"))
		f := open(t, path)
		for sheet, want := range map[string]string{"Groups": c.groups, "Trend": c.trend} {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(rows[headerRow-1], "|"); !strings.HasPrefix(got, want) {
				t.Errorf("%d calls: %s has %s, want %s", len(c.calls), sheet, got, want)
			}
		}
		if got := shown(t, f, "Summary", "B7"); (got == "Outgoing calls") == c.service {
			t.Errorf("%d calls: the first tile is %q", len(c.calls), got)
		}
		if got := slices.Contains(f.GetSheetList(), "Service"); got != c.service {
			t.Errorf("%d calls: there is a sheet Service: %v, want %v", len(c.calls), got, c.service)
		}
	}
}

// TestCardsLeaveOutADirectionWithoutCalls, as tables do, and sparklines of it.
func TestCardsLeaveOutADirectionWithoutCalls(t *testing.T) {
	skipIfShort(t)
	d, err := Parse("cards", []byte("title: T\nsheets:\n  - {kind: cards, name: Cards, query: agents, columns: [agent, answered_in, outgoing, connect_rate], "+
		"total: all, spark: {query: agent_days, column: answered_in, days: 7}}\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 10, 4, 9, 5, 0, 0, india)
	outgoing := testCall{sid: "1", at: at, group: "Sales", agent: "Asha", direction: "outgoing", outcome: "answered", answered: true, talk: 60, coins: 1}
	incoming := testCall{sid: "2", at: at, group: "Sales", agent: "Asha", direction: "incoming", outcome: "answered", answered: true, talk: 60}
	for _, c := range []struct {
		calls []testCall
		want  string
	}{
		{[]testCall{outgoing}, "Outgoing|Connect rate"},
		{[]testCall{incoming}, "Answered incoming|Answered incoming, 7 days"},
		{[]testCall{outgoing, incoming}, "Answered incoming|Outgoing|Connect rate|Answered incoming, 7 days"},
	} {
		path, _ := build(t, d, &testSource{calls: c.calls}, request(t, "yesterday"))
		rows, err := open(t, path).GetRows("Cards")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Trim(strings.Join(rows[headerRow], "|"), "|"); got != c.want {
			t.Errorf("%d calls: a card has %q, want %q", len(c.calls), got, c.want)
		}
	}
}

// TestHeatMapWithoutFiguresIsLeftOut builds the report on missed callers of an account with outgoing calls only, and with one that was missed:
// its answer rate of 0 % is a figure.
func TestHeatMapWithoutFiguresIsLeftOut(t *testing.T) {
	skipIfShort(t)
	at := time.Date(2026, 10, 4, 9, 5, 0, 0, india)
	calls := []testCall{
		{sid: "1", at: at, group: "Sales", agent: "Asha", direction: "outgoing", outcome: "answered", answered: true, talk: 60, coins: 1},
		{sid: "2", at: at, group: "Sales", direction: "incoming", outcome: "abandoned"},
	}
	for n, want := range map[int][]string{
		1: {"No figures in this period."},
		2: {"Missed by weekday and hour", "Answer rate by weekday and hour"},
	} {
		path, _ := build(t, readTemplate(t, "missed"), &testSource{calls: calls[:n]}, request(t, "yesterday"))
		f := open(t, path)
		for i, begins := range want {
			cell := fmt.Sprintf("A%d", headerRow+i*12) // a block has two rows of headings, seven weekdays, a total, and empty rows
			if got := shown(t, f, "Hours", cell); !strings.HasPrefix(got, begins) {
				t.Errorf("%d calls: %s is %q, want %q", n, cell, got, begins)
			}
		}
	}
}

// TestHoursBeforeTheFirstDeliveryAreEmpty: a late report of a call at 08:10 is the first delivery, at 11:05. Of the hours from nine to ten
// nothing is known; from eleven on an hour without calls has a zero. The same holds for the chart's data.
func TestHoursBeforeTheFirstDeliveryAreEmpty(t *testing.T) {
	skipIfShort(t)
	text := "title: T\nsheets:\n  - {kind: summary, name: Summary, tiles: [{metric: offered}], charts: [{title: By hour, query: hours_of_day, by: local_hour, columns: [missed]}]}\n" +
		"  - {kind: heatmap, name: Hours, rows: day, metrics: [offered]}\n"
	d, err := Parse("small", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	src := &testSource{}
	for i, clock := range []time.Duration{8*time.Hour + 10*time.Minute, 11*time.Hour + 10*time.Minute, 13 * time.Hour} {
		c := testCall{sid: fmt.Sprint(i + 1), at: time.Date(2026, 10, 4, 0, 0, 0, 0, india).Add(clock), group: "Sales", direction: "incoming", outcome: "abandoned"}
		if i == 0 {
			c.late = 2*time.Hour + 55*time.Minute
		}
		src.calls = append(src.calls, c)
	}
	path, _ := build(t, d, src, request(t, "yesterday"))
	f := open(t, path)
	rows, err := f.GetRows("Hours")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Sun 4 Oct 2026", "1", "", "", "1", "0", "1", "3"}, {"All days", "1", "", "", "1", "0", "1", "3"}}
	if got := rows[5:]; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %q, want %q", got, want)
	}
	summary, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	var missed []string
	for _, row := range summary[len(summary)-6:] {
		missed = append(missed, strings.Join(row, " "))
	}
	if want := []string{" 08 1", " 09", " 10", " 11 1", " 12 0", " 13 1"}; !slices.Equal(missed, want) {
		t.Errorf("behind the chart are %q, want %q", missed, want)
	}
}
