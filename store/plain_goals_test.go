package store

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// worldGoals are goals for every metric that can have one, some for a group or a number.
var worldGoals = []Goal{
	{"answer_rate", "", "", 0.5}, {"answer_rate", "Sales", "", 0.6}, {"answer_rate", "बिक्री", "", 0.3}, {"answer_rate", "", "+91 120 4000002", 0.4},
	{"service_level", "", "", 0.2}, {"service_level", "Sales", "", 0.3}, {"abandon_rate", "", "", 0.15}, {"abandon_rate", "", "01204000001", 0.1},
	{"net_answer_rate", "", "", 0.5}, {"net_abandon_rate", "", "", 0.1}, {"avg_wait_seconds", "", "", 30}, {"p90_wait_seconds", "", "", 50},
	{"avg_ring_seconds", "", "", 14}, {"p90_ring_seconds", "", "", 25}, {"repeat_24h_rate", "", "", 0.3}, {"connect_rate", "", "", 0.4},
	{"agent_no_show_rate", "", "", 0.2}, {"coins_unanswered_share", "", "", 0.5}, {"coins_per_talk_minute", "", "", 0.6},
	{"recovery_rate", "", "", 0.4}, {"median_minutes_to_recover", "", "", 600}, {"agent_answer_rate", "", "", 0.5},
}

// goal returns the goal of a metric for the calls of a group and a number, each "" for any.
func (w plainWorld) goal(metric, group, number string) float64 {
	goal, narrowest := math.NaN(), -1
	for _, g := range w.settings.Goals {
		narrow := 0
		switch {
		case g.Metric != metric || g.Group != "" && g.Group != group || g.Number != "" && lastTen(g.Number) != lastTen(number):
			continue
		case g.Number != "":
			narrow = 2
		case g.Group != "":
			narrow = 1
		}
		if narrow > narrowest {
			goal, narrowest = g.Goal, narrow
		}
	}
	return goal
}

// distance is negative if a figure misses its goal.
func distance(metric string, figure, goal float64) float64 {
	if slices.Contains(lessIsBetter, metric) {
		return goal - figure
	}
	return figure - goal
}

// repeatsAreKnown reports whether 24 hours have passed since the end of a day, so that all who called again have done so.
func (w plainWorld) repeatsAreKnown(day string) bool {
	at := localDay(day)
	return !w.through.Before(time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, w.zone).Add(24 * time.Hour))
}

// withGoals adds the distances from goals, and whether there is one that is negative. what has the row's group, number and day, if it is of one,
// besides the filters.
func (w plainWorld) withGoals(expected plainRow, columns []string, filters map[string]any, what map[string]string) plainRow {
	expected = maps.Clone(expected)
	group, number := fmt.Sprint(filters["group"]), fmt.Sprint(filters["number"])
	if of, ok := what["call_group"]; ok {
		group = of
	}
	if of, ok := what["virtual_number"]; ok {
		number = of
	}
	lastDay := fmt.Sprint(filters["to"])
	if of, ok := what["local_day"]; ok {
		lastDay = of
	}
	known, below := false, false
	for _, column := range columns {
		metric, ok := strings.CutSuffix(column, "_to_goal")
		if !ok || metric == "" {
			continue
		}
		figure, _ := expected[metric].(float64)
		to := distance(metric, figure, w.goal(metric, group, number))
		if metric == "repeat_24h_rate" && !w.repeatsAreKnown(lastDay) {
			to = math.NaN()
		}
		expected[column] = to
		known, below = known || !math.IsNaN(to), below || to < 0
	}
	expected["below_goal"] = ""
	if known {
		expected["below_goal"] = below
	}
	return expected
}
