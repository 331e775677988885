package report

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/period"
)

// TestFindingsInWords has the sentence of each kind of finding.
func TestFindingsInWords(t *testing.T) {
	src := &testSource{calls: testMonth()}
	b, err := newBook(t.Context(), readTemplate(t, "daily"), src, request(t, "yesterday"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	if err := cmp.Or(b.startQueries(), b.loadTotals()); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 10, 4, 9, 8, 0, 0, india)
	causes := map[string]any{"missed": int64(20), "abandoned": int64(9), "no_answer": int64(1), "busy": int64(8), "agents": int64(5),
		"worst_weekday": int64(7), "worst_hour": int64(14), "worst_missed": int64(6), "worst_offered": int64(11), "worst_agents": int64(3), "offered": int64(100)}
	because := ". 20 missed: 9 callers hung up, 1 call rang out, 8 found the agents busy, 2 for other reasons; worst 14:00–15:00, 6 of 11 missed, when 3 of 5 agents took calls"
	said := map[string]bool{}
	for _, c := range []struct {
		kind    string
		figures map[string]any
		want    string
	}{
		{"files_with_problems", map[string]any{"concern": 1.0}, "1 spool file is missing, changed or unreadable: calls may be missing"},
		{"data_ends", map[string]any{"since": at}, "No delivery since 4 Oct 2026 09:08: the end of the period is missing or still to come"},
		{"outage", map[string]any{"subject": "no calls 10:00–13:00", "concern": 3.0},
			"There were no calls 10:00–13:00, when there usually are many: is the vendor still sending?"},
		{"no_calls", map[string]any{"usual_low": 280.0, "usual_high": 1340.0}, "No calls, usually 280–1,340: is the vendor still sending?"},
		{"waiting", map[string]any{"concern": 21.0, "callers": int64(45), "since": at, "within_window": int64(8)},
			"21 of 45 missed callers still need a call back; longest wait: since 09:08; 8 are still within the 24 h to do so"},
		{"waiting", map[string]any{"concern": 3.0, "callers": int64(3), "since": at, "within_window": int64(3)},
			"All 3 missed callers still need a call back; longest wait: since 09:08; all are still within the 24 h to do so"},
		{"waiting", map[string]any{"concern": 1.0, "callers": int64(1), "since": at, "within_window": int64(0)},
			"The only missed caller still needs a call back; longest wait: since 09:08"},
		{"waiting", map[string]any{"concern": 1.0, "callers": int64(1), "since": at.AddDate(0, 0, -3), "within_window": int64(0)},
			"The only missed caller still needs a call back; longest wait: since 1 Oct 2026 09:08"},
		{"change", map[string]any{"subject": "service_level", "value": 0.786, "usual_low": 0.84, "usual_high": 0.88}, "Service level 78.6%, usually 84.0–88.0%"},
		{"change", with(causes, map[string]any{"subject": "missed", "value": 20.0, "usual_low": 8.0, "usual_high": 11.0}), "Missed calls 20, usually 8–11" + because},
		{"group", with(causes, map[string]any{"subject": "Support", "value": 0.8, "usual_low": 0.87, "usual_high": 0.91, "average": 0.85, "below": "usual"}),
			"Support: 80.0% answered, usually 87.0–91.0%" + because},
		{"group", map[string]any{"subject": "Support", "value": 0.8, "goal": 0.85, "below": "goal"}, "Support: 80.0% answered, goal 85.0%"},
		{"group", map[string]any{"value": 0.8, "average": 0.8563, "below": "average", "missed": int64(1), "no_answer": int64(1)},
			"Calls with no group: 80.0% answered, 5.6 points below average. 1 missed: 1 call rang out"},
		{"missed", causes, "20 of 100 offered calls were missed" + because[len(". 20 missed"):]},
		{"agent_pickups", map[string]any{"subject": "Ravi", "concern": 13.0, "rang": int64(16), "value": 0.1875, "average": 0.729},
			"Ravi picked up 3 of 16 calls (18.8%); all agents 72.9%"},
		{"agent_no_shows", map[string]any{"subject": "Ravi", "concern": 5.0, "outgoing": int64(6), "value": 5.0 / 6, "average": 0.278},
			"Ravi did not pick up 5 of 6 outgoing calls (83.3%); all agents 27.8%"},
		{"coins", map[string]any{"concern": 12.5, "coins": 27.5, "value": 0.4545, "coins_incoming": 5.0, "coins_failed_customer": 1.0, "coins_failed_agent": 6.0},
			"12.5 of 27.5 coins (45.5%) were spent on unanswered calls: 5 on incoming calls, 1 on the customer's side, 6 on the agent's side, 0.5 on other outgoing calls"},
		{"group_coins", map[string]any{"subject": "Sales", "concern": 15.0, "coins": 160.5, "value": 0.0935, "average": 0.051},
			"Sales: 15 of 160.5 coins (9.3%) were spent on unanswered calls; all groups 5.1%"},
		{"agent_coins", map[string]any{"subject": "Ravi", "concern": 15.0, "coins": 28.0, "value": 0.5357},
			"Ravi: 15 of 28 coins (53.6%) were spent on calls that the agent did not pick up"},
		{"staffing", map[string]any{"concern": 12.7, "days": int64(28), "weekday": int64(1), "half_hour": "15:00", "agents_seen": int64(4), "agents_needed": int64(6)},
			"Too few agents on Mondays from 15:00: 4 seen, 6 needed; one more would have answered about 12 more calls in time, in 28 days"},
		{"data_quality", map[string]any{"rejected_lines": int64(2), "live_without_report": int64(0), "unknown_statuses": int64(1), "flagged_calls": int64(4), "ungrouped_calls": int64(9)},
			"Data quality: 2 lines were rejected, 1 call has an unrecognised status, 3 calls contradict themselves or lack something"},
		{"data_quality", map[string]any{"unknown_statuses": int64(1), "flagged_calls": int64(1)}, "Data quality: 1 call has an unrecognised status"},
	} {
		said[c.kind] = true
		var r row
		for _, column := range slices.Sorted(maps.Keys(c.figures)) {
			r.columns, r.values = append(r.columns, column), append(r.values, c.figures[column])
		}
		if got := wordings[c.kind](b, r).text; got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.kind, got, c.want)
		}
	}
	for kind := range wordings {
		if !said[kind] {
			t.Errorf("no test has a finding of kind %s", kind)
		}
	}
	for _, kind := range findingKinds {
		if wordings[kind] == nil {
			t.Errorf("findings of kind %s have no words", kind)
		}
	}
	b.req.Period = period.Period{From: time.Date(2026, 9, 28, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 10, 4, 0, 0, 0, 0, time.UTC)}
	if got := b.worstHour(row{columns: []string{"worst_hour", "worst_weekday", "worst_missed", "worst_offered"}, values: []any{int64(23), int64(1), int64(4), int64(4)}}); got != "; worst Monday 23:00–00:00, 4 of 4 missed" {
		t.Errorf("got %q", got)
	}
	b.req.Period.From = b.req.Period.From.AddDate(0, 0, -28)
	if got := b.worstHour(row{columns: []string{"worst_hour", "worst_weekday", "worst_missed", "worst_offered", "agents", "worst_agents"}, values: []any{int64(9), int64(7), int64(4), int64(4), int64(2), int64(2)}}); got != "; worst Sundays 09:00–10:00, 4 of 4 missed, when both agents took calls" {
		t.Errorf("got %q", got)
	}
	if got := b.worstHour(row{columns: []string{"worst_hour", "worst_weekday", "worst_missed", "worst_offered", "agents", "worst_agents"}, values: []any{int64(9), int64(7), int64(4), int64(4), int64(2), int64(0)}}); got != "; worst Sundays 09:00–10:00, 4 of 4 missed, when no agent took calls" {
		t.Errorf("got %q", got)
	}
}

// TestRecoveryWindowIsExact in the finding, on the tile and in Notes, also where it is no whole hour.
func TestRecoveryWindowIsExact(t *testing.T) {
	for seconds, want := range map[int64]string{86400: "24 h", 1800: "30 min", 5400: "1 h 30 min", 45: "45 s", 3605: "1 h 5 s", 3600000: "1,000 h"} {
		b := &book{settings: row{columns: []string{"recovery_window_seconds"}, values: []any{seconds}}}
		if got := b.recoveryWindow(); got != want {
			t.Errorf("%d s: got %q, want %q", seconds, got, want)
		}
	}
}

func with(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// TestHeadlineSaysWhatHappened in the period, or that there is nothing to say.
func TestHeadlineSaysWhatHappened(t *testing.T) {
	skipIfShort(t)
	src := &testSource{calls: testMonth()}
	for _, c := range []struct{ template, period, filter, value, want string }{
		{"daily", "yesterday", "", "", `^\d+ calls offered, [\d.]+% answered \(usually [\d.]+–[\d.]+%\)(; .+)?; \d+ callers still wait\.$`},
		{"coins", "yesterday", "", "", `^[\d.,]+ coins for \d+ calls, [\d.]+% of them on unanswered calls \(usually .+\)`},
		{"missed", "yesterday", "", "", `^All \d+ missed callers still wait \(usually \d+–\d+\); \d+ of \d+ offered calls were missed(; .+)?\.$`},
		{"missed", "yesterday", "direction", "outgoing", `^\d+ outgoing calls, [\d.]+% connected \(usually [\d.]+–[\d.]+%\)\.$`},
		{"daily", "yesterday", "direction", "outgoing", `^\d+ outgoing calls, [\d.]+% connected \(usually [\d.]+–[\d.]+%\)\.$`},
		{"daily", "yesterday", "group", "Nobody's", `^No calls in this period with this filter\.$`},
		{"daily", "2026-08-01", "", "", `^There is no data of this period: the first delivery came on Monday 7 September 2026\.$`},
		{"daily", "2026-10-07", "", "", `^There is no data of this period yet\.$`},
	} {
		req := request(t, c.period)
		if c.filter != "" {
			req.Filters = map[string]string{c.filter: c.value}
		}
		path, result := build(t, readTemplate(t, c.template), src, req)
		if !regexp.MustCompile(c.want).MatchString(result.Headline) {
			t.Errorf("%s %s %s: %q", c.template, c.period, c.value, result.Headline)
		}
		if got := shown(t, open(t, path), "Summary", "B2"); got != result.Headline {
			t.Errorf("%s %s %s: the summary shows %q", c.template, c.period, c.value, got)
		}
		if c.filter == "direction" && strings.Contains(fmt.Sprint(result.Findings), "missed") {
			t.Errorf("without incoming calls: %q", result.Findings)
		}
	}
}

// TestChosenFindingsAreAboutTheReportsFigures: a report about missed callers says nothing of the service level.
func TestChosenFindingsAreAboutTheReportsFigures(t *testing.T) {
	for _, c := range []struct {
		template, metric string
		want             bool
	}{
		{"missed", "missed", true}, {"missed", "answer_rate", true}, {"missed", "service_level", false}, {"missed", "connect_rate", false},
		{"agents", "connect_rate", true}, {"daily", "service_level", true},
	} {
		b := &book{def: readTemplate(t, c.template)}
		if got := b.shows(b.def.Sheets[0], c.metric); got != c.want {
			t.Errorf("%s shows %s: %v", c.template, c.metric, got)
		}
	}
}

// TestHeadlineNamesGroupsThatAreBelow without calling one of them the furthest: findings are ordered by the calls they concern.
func TestHeadlineNamesGroupsThatAreBelow(t *testing.T) {
	group := func(name any, below string) row {
		return row{columns: []string{"kind", "subject", "below"}, values: []any{"group", name, below}}
	}
	for _, c := range []struct {
		rows []row
		want string
	}{
		{nil, ""},
		{[]row{group("Support", "goal"), group("Collections", "goal")}, "; below goal: Support and Collections"},
		{[]row{group("Support", "usual"), group("Collections", "average")}, "; below usual: Support"},
		{[]row{group(nil, "average")}, "; below average: calls with no group"},
	} {
		if got := weakGroups(c.rows); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestStaffingIsAFindingOfReportsAboutIt: the query is asked for the days of the sheet.
func TestStaffingIsAFindingOfReportsAboutIt(t *testing.T) {
	req := request(t, "2026-W40")
	for template, want := range map[string]string{"weekly": "28", "monthly": "0", "daily": ""} {
		d := readTemplate(t, template)
		if got := d.findingsSpec(d.Sheets[0], req.Period).filters["staffing_days"]; got != want {
			t.Errorf("%s: staffing_days is %q, want %q", template, got, want)
		}
	}
}

// TestWhoWaitsIsListed although the caller may wait since before the period: the sheet that the finding and the tile lead to has a row for each
// caller that they count, and since when each waits.
func TestWhoWaitsIsListed(t *testing.T) {
	src := &testSource{}
	for i, at := range []time.Time{time.Date(2026, 10, 3, 20, 0, 0, 0, india), time.Date(2026, 10, 4, 10, 0, 0, 0, india), time.Date(2026, 10, 4, 11, 0, 0, 0, india)} {
		c := testCall{at: at, group: "Sales", direction: "incoming", vn: "01204000001", customer: "09800000001", outcome: "no_answer", wait: 20, sid: fmt.Sprintf("%d.1", at.Unix())}
		if i == 2 {
			c.customer, c.outcome, c.answered, c.talk, c.agent = "09800000002", "answered", true, 60, "Asha"
		}
		src.calls = append(src.calls, c)
	}
	for name, period := range map[string]string{"daily": "2026-10-04", "weekly": "2026-W40", "monthly": "2026-10", "missed": "2026-10-04"} {
		path, built := build(t, readTemplate(t, name), src, request(t, period))
		at := slices.IndexFunc(built.Findings, func(f Finding) bool { return strings.Contains(f.Text, "needs a call back") })
		if at < 0 {
			t.Fatalf("%s: got %+v", name, built.Findings)
		}
		rows, err := open(t, path).GetRows(built.Findings[at].Sheet)
		if err != nil {
			t.Fatal(err)
		}
		listed := slices.DeleteFunc(rows, func(row []string) bool { return len(row) == 0 || row[0] != "09800000001" })
		if len(listed) != 1 || !slices.Contains(listed[0], "3 Oct 2026 20:00") {
			t.Errorf("%s: %s of %q has %q", name, built.Findings[at].Text, built.Findings[at].Sheet, listed)
		}
	}
}
