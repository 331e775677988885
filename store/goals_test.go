package store

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"callsheet/queries"
)

// TestGoalsChangeNoFigures: a new goal reaches the database and its published copy, calls stay as they are, and nothing is recomputed.
func TestGoalsChangeNoFigures(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": `{"CallSid":"1","Direction":"IVR","StartTime":"2026-10-05 10:00:00","EndTime":"2026-10-05 10:01:00",` +
		`"Status":"ANSWER","CallDuration":"60","TalkDuration":"50"}` + "\n"})
	settings := testSettings()
	load(t, dir, settings)
	const statement = `select (select count(*) from recomputations) as recomputed, below_goal, round(answer_rate_to_goal, 4) as to_goal
		from total('2026-10-01', '2026-10-31')`
	for _, step := range []struct {
		goals []Goal
		want  string
	}{
		{[]Goal{{Metric: "answer_rate", Goal: 0.9}}, "0,false,0.1\n"},
		{[]Goal{{Metric: "answer_rate", Goal: 1}}, "0,false,0\n"},
		{nil, "0,,\n"},
	} {
		settings.Goals = step.goals
		load(t, dir, settings)
		if got := lines(query(t, published(t, dir, settings), statement)[1:]); got != step.want {
			t.Errorf("goals %v: got %q, want %q", step.goals, got, step.want)
		}
	}
	db := openStore(t, Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: settings, Now: testNow})
	defer db.Close()
	changed := settings
	changed.Goals = worldGoals
	before, errBefore := settings.fingerprint()
	after, errAfter := changed.fingerprint()
	if before != after || errBefore != nil || errAfter != nil {
		t.Errorf("goals change the fingerprint of calls: %s, %s, %v, %v", before, after, errBefore, errAfter)
	}
}

// TestEveryGoalHasADistance: queries have the distance of every metric that can have a goal, in the direction that is good.
func TestEveryGoalHasADistance(t *testing.T) {
	var want []string
	for _, metric := range queries.Metrics() {
		if metric.CanHaveGoal() {
			want = append(want, metric.Name+"_to_goal")
		}
	}
	var got []string
	sql := queries.SQL("metrics/goals")
	for _, match := range regexp.MustCompile(`(?m)^ *(?:select \*, )?(.*) as (\w+_to_goal)\b`).FindAllStringSubmatch(sql, -1) {
		got = append(got, match[2])
		name := strings.TrimSuffix(match[2], "_to_goal")
		expression := name + " - goals['" + name + "']"
		if slices.Contains(lessIsBetter, name) {
			expression = "goals['" + name + "'] - " + name
		}
		if !strings.Contains(match[1], expression) {
			t.Errorf("%s is %s, want %s", match[2], match[1], expression)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("metrics/goals.sql has the distances\n%v\nand metric_catalog the metrics\n%v", got, want)
	}
}
