package report

import (
	"maps"
	"strings"
	"testing"
)

const smallReport = `title: Small
sheets:
  - {kind: summary, name: Summary, tiles: [{metric: offered}]}
  - kind: table
    name: Groups
    query: groups
    columns: [call_group, offered]
`

// Each definition has one error. The message must name it, show the line, and give a hint.
func TestParseErrorsNameProblemLineAndHint(t *testing.T) {
	cases := []struct{ name, from, to, what, line, hint string }{
		{"unknown key", "query: groups", "qeury: groups", `unknown key "qeury"`, "6 |", `did you mean "query"`},
		{"wrong type", "columns: [call_group, offered]", "columns: call_group", "string", "7 |", ""},
		{"unknown kind", "kind: table", "kind: tabel", `unknown kind of sheet "tabel"`, "4 |", "did you mean table?"},
		{"same name", "name: Groups", "name: SUMMARY", "both named", "5 |", "hint: "},
		{"illegal name", "name: Groups", `name: "a/b"`, "Excel allows no sheet", "5 |", "leave out"},
		{"reserved name", "name: Groups", "name: History", "Excel allows no sheet", "5 |", "another"},
		{"escape in a name", "name: Groups", "name: A_x0041_", "as another", "5 |", "_x0041_"},
		{"long name", "name: Groups", "name: " + strings.Repeat("x", 32), "too long", "5 |", "at most 31"},
		{"no name", "    name: Groups\n", "", "has no name", "4 |", "hint: "},
		{"useless key", "query: groups", "query: groups\n    days: 3", `does not take "days"`, "7 |", "it takes query, columns"},
		{"missing key", "    query: groups\n", "", `requires "query"`, "4 |", ""},
		{"bad query name", "query: groups", "query: select 1", "not a query's name", "6 |", "callsheet query"},
		{"column twice", "[call_group, offered]", "[call_group, call_group]", "listed twice", "7 |", "once"},
		{"bar of no column", "query: groups", "query: groups\n    bars: [offred]", "not among", "7 |", "did you mean offered?"},
		{"optional name", "query: groups", "query: groups\n    optional: [call_group]", "cannot do without", "7 |", "leave it out"},
		{"summary not first", "kind: table", "kind: summary\n    tiles: [{metric: calls}]\n    note: x", "must be the first", "4 |", "top"},
		{"no title", "title: Small\n", "", "no title", "", "title: Daily"},
		{"no colour", "title: Small", "title: Small\ntheme: {ink: reddish}", "not a colour", "2 |", "in quotes"},
		{"top below 0", "tiles: [{metric: offered}]", "tiles: [{metric: offered}], ranking: {query: groups, columns: [call_group], top: -5}", "top is below 0", "3 |", "hint: "},
		{"line among columns", "tiles: [{metric: offered}]", "tiles: [{metric: offered}], charts: [{title: C, query: days, by: local_day, columns: [offered], line: offered}]", "both among columns", "3 |", "leave it out"},
		{"too many columns", "tiles: [{metric: offered}]", "tiles: [{metric: offered}], charts: [{title: C, query: days, by: local_day, columns: [a, b, c, d, e, f, g, h]}]", "has 8 columns", "3 |", "at most 7"},
		{"long line", "query: groups", "query: groups\n    spark: {query: group_days, column: offered, days: 17000}", "17000 days", "7 |", "at most 400"},
		{"long label", "query: groups", "query: groups\n    labels: {offered: " + strings.Repeat("x", 256) + "}", "too long", "7 |", "255"},
		{"long title", "title: Small", "title: " + strings.Repeat("x", 81), "title is too long", "1 |", "80"},
		{"unknown alert", "tiles: [{metric: offered}]", "tiles: [{metric: offered}], alerts: {min_ofered: 3}", `unknown key "min_ofered"`, "", "min_offered"},
		{"threshold below 0", "tiles: [{metric: offered}]", "tiles: [{metric: offered}], alerts: {min_offered: -1}", "min_offered is not 0 or more", "3 |", "leave it out"},
		{"threshold in percent", "tiles: [{metric: offered}]", "tiles: [{metric: offered}], alerts: {below_points: 3}", "below_points is a share", "3 |", "0.03"},
		{"unknown rows", "kind: table", "kind: heatmap\n    rows: month\n    metrics: [offered]", `cannot have "month"`, "5 |", "day or weekday"},
	}
	if _, err := Parse("small", []byte(smallReport), ""); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		text := strings.Replace(smallReport, c.from, c.to, 1)
		if text == smallReport {
			t.Fatalf("%s: the case changes nothing", c.name)
		}
		_, err := Parse("small", []byte(text), "")
		if err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		for _, want := range []string{"report small: ", c.what, c.line, c.hint} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not contain %q:\n%s\n", c.name, want, err)
			}
		}
	}
	if _, err := Parse("small", []byte("\ufeff"+smallReport), ""); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
	if _, err := Parse("small", []byte("\ufefftitel: Small\n"), ""); err == nil || !strings.Contains(err.Error(), "1 | titel: Small\n") {
		t.Errorf("a mistake after a byte order mark: %v", err)
	}
	if _, err := Parse("none", nil, ""); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty definition: got %v", err)
	}
}

func TestThemeOverridesDefaults(t *testing.T) {
	d, err := Parse("small", []byte("theme: {blue: '#112233', font: Arial}\n"+smallReport), "")
	if err != nil {
		t.Fatal(err)
	}
	want := defaultTheme()
	want.Blue, want.Font = "112233", "Arial"
	if d.Theme != want {
		t.Errorf("got %+v", d.Theme)
	}
}

func TestAlertsAreParametersOfFindings(t *testing.T) {
	d, err := Parse("small", []byte(strings.Replace(smallReport, "tiles:", "alerts: {min_offered: 10, waste_share: 0}, tiles:", 1)), "")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"min_offered": "10", "waste_share": "0"}
	if got := d.Sheets[0].Alerts.parameters(); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A column that a sheet needs and its query lacks is an error, not an empty cell.
func TestMissingColumnsAreErrors(t *testing.T) {
	for sheet, want := range map[string]string{
		"{kind: heatmap, name: H, rows: day, metrics: [unrecovered]}":                                                           `query day_hours has no column "unrecovered"`,
		"{kind: cards, name: C, query: agents, columns: [agent, answered], spark: {query: agent_days, column: nonsense}}":       `spark: query agent_days has no column "nonsense"`,
		"{kind: table, name: T, query: group_agents, columns: [agent, answered], spark: {query: agent_days, column: answered}}": "several rows have the agent",
		"{kind: table, name: T, query: groups, columns: [call_group, offered], spark: {query: agent_days, column: answered}}":   `no column "call_group"`,
		"{kind: summary, name: S, tiles: [{metric: rang}]}":                                                                     `query total has no column "rang"`,
	} {
		d, err := Parse("small", []byte("title: T\nsheets:\n  - "+sheet), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Build(t.Context(), &testSource{calls: testMonth()}, request(t, "yesterday"), t.TempDir()+"/x.xlsx"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", sheet, err)
		}
	}
}

// The error for an unknown column suggests the nearest name.
func TestUnknownColumnSuggestsTheNearest(t *testing.T) {
	for _, wrong := range []string{"[call_group, offred]", "[call_group, offered]\n  - {kind: detail, name: Calls, query: calls, columns: [recording_ur]}"} {
		d, err := Parse("small", []byte(strings.Replace(smallReport, "[call_group, offered]", wrong, 1)), "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Build(t.Context(), &testSource{calls: testMonth()}, request(t, "yesterday"), t.TempDir()+"/x.xlsx")
		if err == nil || !strings.Contains(err.Error(), "did you mean") || !strings.Contains(err.Error(), "sheet ") {
			t.Errorf("got %v", err)
		}
	}
}
