package report

import (
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
		b.summary = row{columns: []string{c.of.name, "calls"}, values: []any{c.value, int64(9)}}
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
