package report

import (
	"strings"
	"testing"
	"time"

	"callsheet/internal/period"
)

// The calls of the tests are from 7 September to 4 October 2026, and the last delivery came on the 5th at 07:58.
func TestSummarySaysWhatItIsComparedWith(t *testing.T) {
	skipIfShort(t)
	for period, want := range map[string][]string{
		"2026-10-04": {"Compared with Sunday 27 September, and the last three Sundays", "within usual "},
		"2026-10-05": {"Until 07:58, compared with Monday 28 September until 07:58, and the last three Mondays"},
		"2026-W41":   {"Monday 07:58, compared with Monday 07:58 of last week, and of the last three weeks"},
		"2026-W37":   {"No comparison: the first delivery came on Monday 7 September 2026"},
		"2026-10-07": {"No comparison: there is no data of this period yet", "There is no data of this period yet.", "No delivery since"},
		"2026-09-02": {"There is no data of this period: the first delivery came on Monday 7 September 2026.", "Nothing is known"},
	} {
		path, _ := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, period))
		rows, err := open(t, path).GetRows("Summary")
		if err != nil {
			t.Fatal(err)
		}
		var page strings.Builder
		for _, row := range rows {
			page.WriteString(strings.Join(row, "\t") + "\n")
		}
		for _, words := range want {
			if !strings.Contains(page.String(), words) {
				t.Errorf("%s: the summary does not contain %q:\n%s", period, words, page.String())
			}
		}
	}
}

func TestDaysWithoutDataAreEmpty(t *testing.T) {
	skipIfShort(t)
	for period, unknown := range map[string]string{"2026-10-07": "Wed 7 Oct 2026", "2026-09-08": "Sun 6 Sep 2026"} {
		path, _ := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, period))
		f := open(t, path)
		for _, sheet := range []string{"Hours", "Trend"} {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, row := range rows {
				if len(row) > 0 && row[0] == unknown {
					found = true
					if strings.Join(row[1:], "") != "" {
						t.Errorf("%s: %s shows %q", sheet, unknown, row)
					}
				}
			}
			if !found {
				t.Errorf("%s has no row %s:\n%v", sheet, unknown, rows)
			}
		}
		for name, part := range parts(t, path) {
			// The first day on Trend is 24 September, or 26 August: before the first delivery.
			if drawsTrend := strings.HasPrefix(name, "xl/charts/chart") && strings.Contains(part, "Trend&#39;!$A$"); drawsTrend &&
				strings.Contains(part, "Trend&#39;!$A$5:") == (unknown == "Sun 6 Sep 2026") {
				t.Errorf("%s: %s draws another first day", unknown, name)
			}
		}
		headers, _ := f.GetRows("Groups")
		for column, header := range headers[3] {
			if header == unknown {
				for _, row := range headers[4:] {
					if column < len(row) && row[column] != "" {
						t.Errorf("the sparkline has %q on %s", row[column], header)
					}
				}
			}
		}
	}
}

func TestTitleSaysWhyCallsAreMissing(t *testing.T) {
	day := func(of int) period.Period {
		day := time.Date(2026, 10, of, 0, 0, 0, 0, time.UTC)
		return period.Period{From: day, To: day}
	}
	through := day(14).From
	outage := leftOut{day(5), "no calls 10:00–13:00"}
	for _, c := range []struct {
		compared comparison
		want     string
	}{
		{comparison{usual: 3, leftOut: []leftOut{outage}},
			"Compared with three of the last four Mondays (Monday 5 October: no calls 10:00–13:00)"},
		{comparison{usual: 1, leftOut: []leftOut{outage}}, "No comparison: no earlier period is complete (Monday 5 October: no calls 10:00–13:00)"},
		{comparison{incomplete: "no calls 09:00–11:00"}, "No comparison: the data of this period is incomplete, no calls 09:00–11:00"},
	} {
		c.compared.dataBegins, c.compared.dataThrough = day(1).From, through
		b := &book{req: Request{Period: day(12)}, compared: c.compared}
		if got := b.comparison(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestNoChangeSinceAHoliday: beside the usual range, a day says nothing of the change since a holiday.
func TestNoChangeSinceAHoliday(t *testing.T) {
	friday := time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC)
	b := &book{theme: defaultTheme(), totals: row{columns: []string{"missed", "calls"}, values: []any{int64(4), int64(9)}}}
	b.compared.earlier = period.Period{From: friday, To: friday}
	b.compared.figures = map[string]row{"calls": {columns: []string{"before"}, values: []any{9.0}},
		"missed": {columns: []string{"before", "usual_low", "usual_high", "usual_verdict"}, values: []any{3.0, 2.0, 5.0, "same"}}}
	for isOrdinary, want := range map[bool]string{true: "▲ 1 (+33.3%) vs last Friday", false: ""} {
		b.compared.isOrdinary = isOrdinary
		got := b.change(columnMeta{name: "missed", format: "count", good: "lower"})
		if got.text != "within usual 2–5" || got.second != want {
			t.Errorf("ordinary %v: got %q and %q, want %q", isOrdinary, got.text, got.second, want)
		}
	}
}

// The week before may be incomplete, and those before it are not.
func TestRunningWeekIsComparedWithUsualOnesAlone(t *testing.T) {
	noon := time.Date(2026, 10, 8, 12, 0, 0, 0, time.UTC)
	week, err := period.Parse("2026-W41", noon)
	if err != nil {
		t.Fatal(err)
	}
	b := &book{compared: comparison{usual: 3, dataThrough: noon}}
	b.req.Period = week
	if got := b.usualPeriods(); got != "the last three weeks" {
		t.Error(got)
	}
}

// TestTitlesCountTheDaysSoFar: days that are still to come are not among the last days, and a chart by hour is of as many days as one by day.
func TestTitlesCountTheDaysSoFar(t *testing.T) {
	skipIfShort(t)
	d, err := Parse("days", []byte("title: T\nsheets:\n"+
		"  - {kind: summary, name: Summary, tiles: [{metric: calls}], charts: [{title: 'Hours of the last {days} days', query: hours_of_day, by: local_hour, columns: [calls], days: 28}]}\n"+
		"  - {kind: trend, name: Trend, query: days, columns: [local_day, calls], total: 'All {days} days', days: 28, charts: [{title: 'Trend of the last {days} days', columns: [calls]}]}\n"+
		"  - {kind: cards, name: Cards, query: agents, columns: [agent, calls], spark: {query: agent_days, column: calls, label: 'Calls of {days} days', days: 28}}\n"+
		"  - {kind: table, name: Table, query: agents, columns: [agent, calls], spark: {query: agent_days, column: calls, days: 28}}\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	src := &testSource{calls: append(testMonth(), testCall{sid: "today", at: time.Date(2026, 10, 5, 7, 0, 0, 0, india), group: "Sales", agent: "Asha",
		direction: "incoming", outcome: "answered", answered: true, talk: 60})}
	for name, want := range map[string]struct{ days, heading string }{
		"this-month": {"5", "October 2026"},
		"this-week":  {"22", "22 days up to Monday 5 October 2026"},
		"last-week":  {"28", "28 days up to Sunday 4 October 2026"},
	} {
		req := request(t, name)
		req.Now = time.Date(2026, 10, 5, 8, 0, 0, 0, india)
		path, _ := build(t, d, src, req)
		f := open(t, path)
		rows, err := f.GetRows("Trend")
		if err != nil {
			t.Fatal(err)
		}
		if got := rows[1][0]; !strings.HasPrefix(got, want.heading+"  ·") {
			t.Errorf("%s: the heading is %q", name, got)
		}
		if got := rows[len(rows)-1][0]; got != "All "+want.days+" days" {
			t.Errorf("%s: the total is of %q", name, got)
		}
		if got, title := shown(t, f, "Cards", "B5"), "Calls of "+want.days+" days"; got != title {
			t.Errorf("%s: sparklines of cards are called %q, want %q", name, got, title)
		}
		if got, title := shown(t, f, "Table", "C4"), "Calls, "+want.days+" days"; got != title {
			t.Errorf("%s: sparklines of a table are called %q, want %q", name, got, title)
		}
		var charts string
		for name, part := range parts(t, path) {
			if strings.HasPrefix(name, "xl/charts/chart") {
				charts += part
			}
		}
		for _, title := range []string{"Hours of the last ", "Trend of the last "} {
			if title += want.days + " days"; !strings.Contains(charts, title) {
				t.Errorf("%s: no chart has the title %q", name, title)
			}
		}
	}
}
