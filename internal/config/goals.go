package config

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/phone"
	"callsheet/internal/sqltoken"
	"callsheet/internal/suggest"
	"callsheet/internal/yamlstrict"
	"callsheet/queries"
)

// Goals are what metrics should reach, by the metric's name.
type Goals map[string]Goal

// Goal is a number in the unit of its metric: of a rate 0 to 1, of a duration seconds.
type Goal float64

var (
	percent = lazyregexp.New(`^([0-9]+(?:\.[0-9]+)?) ?%$`)
	seconds = lazyregexp.New(`^([0-9]+(?:\.[0-9]+)?) ?s(ec)?$`)
)

// UnmarshalYAML parses a number. A rate is a number too, since the same is compared in SQL.
func (g *Goal) UnmarshalYAML(node ast.Node) error {
	written := yamlstrict.Written(node)
	n, err := strconv.ParseFloat(written, 64)
	if err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
		*g = Goal(n)
		return nil
	}
	bad := &yamlstrict.ValueError{Value: written, Message: "expected a number, such as 0.85 for a rate or 30 for seconds"}
	if parts := percent().FindStringSubmatch(written); parts != nil {
		share, _ := strconv.ParseFloat(parts[1], 64)
		bad.Hint = "write " + strconv.FormatFloat(math.Round(share*1e6)/1e8, 'f', -1, 64)
	}
	if parts := seconds().FindStringSubmatch(written); parts != nil {
		bad.Hint = "write " + parts[1]
	}
	return bad
}

// Of the goals, those of metrics in totals can be met or missed by a whole report.
const agentsOnly = "agent_answer_rate"

func (b *Business) validateGoals(add adder) {
	checkGoals(add, "business.goals", b.Goals)
	for _, group := range slices.Sorted(maps.Keys(b.GroupGoals)) {
		key := "business.group_goals." + group
		if strings.TrimSpace(group) == "" {
			add(key, "needs the name of a group")
		}
		if len(b.GroupGoals[group]) == 0 {
			add(key, "has no goals, such as {answer_rate: 0.9}")
		}
		checkGoals(add, key, b.GroupGoals[group])
	}
	seen := map[string]string{} // number by phone
	for _, number := range slices.Sorted(maps.Keys(b.NumberGoals)) {
		key := "business.number_goals." + number
		checkNumber(add, key, number)
		if other, known := seen[phone.Key(number)]; known {
			add("business.number_goals", "%s and %s are the same number", other, number)
		}
		seen[phone.Key(number)] = number
		if len(b.NumberGoals[number]) == 0 {
			add(key, "has no goals, such as {answer_rate: 0.9}")
		}
		checkGoals(add, key, b.NumberGoals[number])
	}
}

// checkGoals checks that each goal is of a metric that can have one, and in its range.
func checkGoals(add adder, key string, goals Goals) {
	metrics := queries.Metrics()
	var possible []string
	for _, metric := range metrics {
		if metric.CanHaveGoal() {
			possible = append(possible, metric.Name)
		}
	}
	choices := "\nhint: goals can be set for " + strings.Join(possible, ", ")
	for _, name := range slices.Sorted(maps.Keys(goals)) {
		goal := float64(goals[name])
		i := slices.IndexFunc(metrics, func(m queries.Metric) bool { return m.Name == name })
		switch {
		case i < 0:
			add(key, "unknown metric %q"+suggest.Hint(name, possible, "goals can be set for"), name)
		case metrics[i].Good == "neutral":
			add(key, "%s cannot have a goal: neither more nor less of it is better"+choices, name)
		case !metrics[i].CanHaveGoal():
			add(key, "%s cannot have a goal: it grows with the period"+choices, name)
		case metrics[i].Format == "rate" && (goal < 0 || goal > 1):
			hint := ""
			if goal > 1 && goal <= 100 {
				hint = "\nhint: write " + strconv.FormatFloat(math.Round(goal*1e6)/1e8, 'f', -1, 64)
			}
			add(key+"."+name, "%v is not a rate, which is 0 to 1"+hint, goal)
		case goal < 0:
			add(key+"."+name, "%v must not be negative", goal)
		}
	}
}

// goalsOf returns the goals of the calls of a report: those for all, replaced by those of its group and of its number.
func (b *Business) goalsOf(report Report) Goals {
	goals := Goals{}
	maps.Copy(goals, b.Goals)
	maps.Copy(goals, b.GroupGoals[report.Filters["group"]])
	for number, own := range b.NumberGoals {
		if given := report.Filters["number"]; given != "" && phone.Key(number) == phone.Key(given) {
			maps.Copy(goals, own)
		}
	}
	return goals
}

// checkGoalCondition rejects a condition about goals that the report does not have: it would be unknown, and the report never sent.
func (c *Config) checkGoalCondition(add adder, key string, report Report) {
	goals := c.Business.goalsOf(report)
	delete(goals, agentsOnly)
	for token := range sqltoken.All(report.OnlyIf) {
		word := strings.ToLower(strings.Trim(token.Text, `"`))
		metric, isDistance := strings.CutSuffix(word, "_to_goal")
		_, hasGoal := goals[metric]
		switch {
		case token.Kind != sqltoken.Word && token.Kind != sqltoken.Quoted:
		case word == "below_goal" && len(goals) == 0:
			add(key+".only_if", "below_goal is never true: the report's calls have no goal\nhint: set business.goals, such as {answer_rate: 0.85}")
		case isDistance && !hasGoal && slices.ContainsFunc(queries.Metrics(), func(m queries.Metric) bool { return m.Name == metric }):
			add(key+".only_if", "%s is unknown: %s has no goal for the report's calls\nhint: set it in business.goals", word, metric)
		}
	}
}
