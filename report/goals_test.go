package report

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"callsheet/internal/locale"
)

func TestTilesSayWhetherGoalsAreMet(t *testing.T) {
	answerRate := columnMeta{name: "answer_rate", format: "rate", good: "higher"}
	abandonRate := columnMeta{name: "abandon_rate", format: "rate", good: "lower"}
	wait := columnMeta{name: "avg_wait_seconds", format: "short_duration", good: "lower"}
	for _, c := range []struct {
		of      columnMeta
		value   any
		goal    any
		verdict any
		want    string
	}{
		{answerRate, 0.813, 0.85, "not met", "Goal 85%: not met, −3.7 points"},
		{answerRate, 0.85, 0.85, "met", "Goal 85%: met"},
		{answerRate, 0.8499, 0.85, "not met", "Goal 85%: just not met"},
		{answerRate, 0.9, 0.925, "not met", "Goal 92.5%: not met, −2.5 points"},
		{answerRate, nil, 0.85, nil, "Goal 85%"},
		{answerRate, 0.813, nil, nil, ""},
		{abandonRate, 0.071, 0.05, "not met", "Goal 5%: not met, +2.1 points"},
		{wait, 42.0, 30.0, "not met", "Goal 0:30: not met, +0:12"},
	} {
		b := &book{theme: defaultTheme(), locale: locale.Locale{}}
		b.totals = row{columns: []string{c.of.name, "calls"}, values: []any{c.value, int64(9)}}
		b.compared.figures = map[string]row{c.of.name: {columns: []string{"goal", "goal_verdict"}, values: []any{c.goal, c.verdict}}}
		if got, _ := b.goal(c.of); got != c.want {
			t.Errorf("%s of %v: got %q, want %q", c.of.name, c.value, got, c.want)
		}
	}
}

func TestDistancesFromGoalsAreDescribed(t *testing.T) {
	all := catalog{metrics: map[string]columnMeta{
		"answer_rate":      {name: "answer_rate", label: "Answer rate", format: "rate", unit: "fraction"},
		"avg_wait_seconds": {name: "avg_wait_seconds", label: "Average wait", format: "short_duration", unit: "seconds"},
	}}
	for name, want := range map[string]columnMeta{
		"answer_rate_to_goal":      {name: "answer_rate_to_goal", label: "Answer rate, to goal", format: "points", unit: "fraction"},
		"avg_wait_seconds_to_goal": {name: "avg_wait_seconds_to_goal", label: "Average wait, to goal, seconds", format: "decimal", unit: "seconds"},
		"other_to_goal":            {name: "other_to_goal", label: "Other to goal"},
	} {
		got := all.metricColumn(name)
		if got.name != want.name || got.label != want.label || got.format != want.format || got.unit != want.unit {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// A manyGoals source has a goal of each of so many groups.
type manyGoals struct {
	*testSource
	groups int
}

func (s manyGoals) Query(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error {
	if name != "goals" {
		return s.testSource.Query(ctx, name, args, header, row)
	}
	if err := header([]string{"metric", "call_group", "virtual_number", "goal"}); err != nil {
		return err
	}
	for i := range s.groups {
		if err := row([]any{"answer_rate", fmt.Sprintf("Branch office number %03d", i), nil, 0.8}); err != nil {
			return err
		}
	}
	return nil
}

// TestLongTextsFitTheirRows builds workbooks whose Notes would need rows that are taller than Excel's: all goals are shown, in several rows, and a
// filter is cut off.
func TestLongTextsFitTheirRows(t *testing.T) {
	path, _ := build(t, readTemplate(t, "daily"), manyGoals{&testSource{calls: testMonth()}, 300}, request(t, "yesterday"))
	rows, err := open(t, path).GetRows("Notes")
	if err != nil {
		t.Fatal(err)
	}
	notes := fmt.Sprint(rows)
	for i := range 300 {
		if group := fmt.Sprintf("Branch office number %03d 80%%", i); !strings.Contains(notes, group) {
			t.Fatalf("Notes do not have the goal of %s", group)
		}
	}
	req := request(t, "yesterday")
	req.Filters = map[string]string{"group": strings.Repeat("long name ", 900)}
	build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, req)
}

// TestGoalsOfGroupsAreNotDrawnAsOne: a line at the goal of all calls would be wrong beside a group with a goal of its own.
func TestGoalsOfGroupsAreNotDrawnAsOne(t *testing.T) {
	req := request(t, "yesterday")
	goals := &resultSet{query: "goals", columns: []string{"metric", "call_group", "virtual_number", "goal"}, rows: [][]any{
		{"answer_rate", nil, nil, 0.9}, {"answer_rate", "Support", nil, 0.7}, {"answer_rate", nil, "01204000001", 0.9}, {"service_level", nil, "01204000001", 0.5},
	}}
	cache := &queryCache{results: map[string]func() (*resultSet, error){
		querySpec{"goals", req.Period, nil}.String(): func() (*resultSet, error) { return goals, nil },
	}}
	b := &book{req: req, data: cache}
	for _, c := range []struct {
		metric, by string
		goal       float64
		want       bool
	}{
		{"answer_rate", "call_group", 0.9, true}, {"answer_rate", "call_group", 0.7, false}, // of the report on Support
		{"answer_rate", "virtual_number", 0.9, false}, {"service_level", "virtual_number", 0.9, true},
		{"service_level", "call_group", 0.9, false}, {"answer_rate", "local_day", 0.9, false}, {"answer_rate", "agent", 0.9, false},
	} {
		if got, err := b.goalsDiffer(c.metric, c.by, c.goal); got != c.want || err != nil {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
}
