package report

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestSheetsWithoutRowsSayWhatIsTrue builds reports of a call that is no row of some sheets.
func TestSheetsWithoutRowsSayWhatIsTrue(t *testing.T) {
	skipIfShort(t)
	answered := testCall{sid: "1", at: time.Date(2026, 10, 4, 9, 5, 0, 0, india), group: "Sales", agent: "Asha", customer: "09812345678", direction: "incoming",
		outcome: "answered", answered: true, talk: 60, coins: 1}
	masked, yesterday := answered, answered
	masked.customer, masked.agent, masked.answered, masked.outcome, masked.talk = "98xxxxxx01", "", false, "abandoned", 0
	masked.unrung = true
	yesterday.at = yesterday.at.AddDate(0, 0, -1)
	own := "title: T\nsheets:\n" +
		"  - {kind: ranked, name: Most, query: agents, columns: [agent, talk_seconds, answered], min: {answered: 5}, empty: Nobody talked.}\n" +
		"  - {kind: table, name: Campaigns, query: campaigns, columns: [campaign_id, calls]}\n" +
		"  - {kind: table, name: Left out, query: campaigns, columns: [campaign_id, calls], omit: true}\n" +
		"  - {kind: table, name: Outgoing, query: groups, filters: {direction: outgoing}, columns: [call_group, calls]}\n" +
		"  - {kind: detail, name: Calls, query: calls, columns: [call_sid, agent]}\n" +
		"  - {kind: notes, name: Notes}\n"
	small, err := Parse("own", []byte(own), "")
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{}
	for _, c := range []struct {
		report, sheet string
		call          testCall
		want, not     string
	}{
		{"daily", "Missed", answered, "No callback became due in this period.", "No calls"},
		{"missed", "Missed", answered, "No callback became due in this period.", "No calls"},
		{"missed", "To call back", answered, "No caller is waiting for a callback.", "Nobody"},
		{"daily", "Missed", masked, "Nobody to list: 1 missed call came from a number that is masked or too short.", "No c"},
		{"missed", "Missed", masked, "Nobody to list: 1 missed call came from a number that is masked or too short.", "No c"},
		{"missed", "To call back", masked, "Nobody to list: 1 missed call came from a number that is masked or too short.", "No c"},
		{"daily", "Agents", masked, "No calls with an agent in this period.", "No calls in"},
		{"daily", "Group × Agent", masked, "No calls with an agent in this period.", "No calls in"},
		{"agents", "Scorecards", masked, "No calls with an agent in this period.", "No calls in"},
		{"agents", "Talk time", masked, "No calls with an agent in this period.", "No calls in"},
		{"own", "Most", answered, "1 agent not ranked (answered below 5).", "Nobody"},
		{"own", "Campaigns", answered, "Nothing to show for this period.", "No calls"},
		{"own", "Outgoing", answered, "Nothing to show for this period.", "No calls"},
		{"own", "Notes", answered, "There is no sheet Left out. Nothing to show for this period.", "No calls"},
		{"own", "Calls", yesterday, "No calls in this period.", "Nothing"},
		{"own", "Campaigns", yesterday, "No calls in this period.", "Nothing"},
		{"own", "Outgoing", yesterday, "No calls in this period with this filter.", "Nothing"},
		{"own", "Most", yesterday, "Nobody talked.", "not ranked"},
	} {
		key := c.report + c.call.outcome + c.call.at.String()
		if paths[key] == "" {
			later := answered // so that the period of yesterday has data
			later.sid, later.at = "2", answered.at.AddDate(0, 0, 1)
			d := small
			if c.report != "own" {
				d = readTemplate(t, c.report)
			}
			paths[key], _ = build(t, d, &testSource{calls: []testCall{c.call, later}}, request(t, "yesterday"))
		}
		rows, err := open(t, paths[key]).GetRows(c.sheet)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, row := range rows {
			text.WriteString(strings.Join(row, " ") + "\n")
		}
		if got := text.String(); !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("%s, %s: want %q, not %q:\n%s", c.report, c.sheet, c.want, c.not, got)
		}
	}
}

// TestContradictingFiltersLeaveASheetEmpty: also one whose total comes from another query.
func TestContradictingFiltersLeaveASheetEmpty(t *testing.T) {
	d, err := Parse("own", []byte("title: T\nsheets:\n"+
		"  - {kind: table, name: Billing, query: billing, columns: [day, vendor_calls], filters: {group: Sales}, total: All, total_query: billing_total}\n"+
		"  - {kind: table, name: Agents, query: agents, columns: [agent, calls], filters: {group: Sales}, total: All}\n"+
		"  - {kind: trend, name: Days, query: days, columns: [local_day, calls], filters: {group: Sales}, total: All}\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	req := request(t, "yesterday")
	req.Filters = map[string]string{"group": "Support"}
	path, _ := build(t, d, &testSource{calls: testMonth()}, req)
	f := open(t, path)
	for _, sheet := range f.GetSheetList() {
		if got := shown(t, f, sheet, "A4"); got != "Nothing to show for this period." {
			t.Errorf("%s shows %q", sheet, got)
		}
		if layout, err := f.GetPageLayout(sheet); err != nil || layout.Orientation == nil || *layout.Orientation != "landscape" {
			t.Errorf("%s is not set up for printing: %+v, %v", sheet, layout, err)
		}
	}
}

// TestFiltersOfReportAndSheetBothHold: a number may be written in several ways, and two ranges of hours may overlap.
func TestFiltersOfReportAndSheetBothHold(t *testing.T) {
	src := &testSource{calls: testMonth()}
	for _, c := range []struct {
		sheet string
		asked map[string]string
		holds func(testCall) bool
	}{
		{`number: "+91 1204000001"`, map[string]string{"number": "01204000001"}, func(c testCall) bool { return c.vn == "01204000001" }},
		{`number: "01204000002"`, map[string]string{"number": "01204000001"}, func(testCall) bool { return false }},
		{`hours: "09:00-13:00"`, map[string]string{"hours": "12:00-18:00"}, func(c testCall) bool { return c.at.Hour() == 12 }},
		{`hours: "09:00-13:00"`, map[string]string{"hours": "09:00-13:00"}, func(c testCall) bool { return c.at.Hour() >= 9 && c.at.Hour() < 13 }},
		{`hours: "09:00-13:00"`, map[string]string{"hours": "closed"}, func(testCall) bool { return false }},
	} {
		d, err := Parse("own", []byte("title: T\nsheets:\n"+
			"  - {kind: trend, name: Days, query: days, columns: [local_day, calls], filters: {"+c.sheet+"}, total: All}\n"+
			"  - {kind: detail, name: Calls, query: calls, columns: [call_sid, agent], filters: {"+c.sheet+"}}\n"), "")
		if err != nil {
			t.Fatal(err)
		}
		want := int64(0)
		for _, call := range src.callsBetween("2026-10-04", "2026-10-04", nil) {
			if c.holds(call) {
				want++
			}
		}
		req := request(t, "yesterday")
		req.Filters = c.asked
		path, result := build(t, d, src, req)
		days := strconv.FormatInt(want, 10)
		if strings.HasPrefix(c.sheet, "number") && want == 0 {
			days = "Nothing to show for this period."
		}
		rows, err := open(t, path).GetRows("Days")
		if err != nil || result.Rows != want || rows[len(rows)-1][len(rows[len(rows)-1])-1] != days {
			t.Errorf("%s in a report of %v: %d calls, want %d; by day %q, %v", c.sheet, c.asked, result.Rows, want, rows, err)
		}
	}
}
