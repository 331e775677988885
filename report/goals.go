package report

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"callsheet/report/xlsx"
)

// goalOf returns what a metric should reach in the calls of the report; ok is false if it has no goal.
func (b *book) goalOf(metric string) (goal float64, ok bool) {
	return b.compared.figures[metric].number("goal")
}

// goal says what a metric should reach and whether it does: "Goal 85%: met", or "Goal 85%: not met, −3.2 points". It is empty if the
// metric has no goal.
func (b *book) goal(c columnMeta) (text, colour string) {
	goal, ok := b.goalOf(c.name)
	if !ok {
		return "", ""
	}
	text = "Goal " + b.goalValue(c, goal)
	now, _ := b.totals.number(c.name)
	switch verdict := toText(b.compared.figures[c.name].get("goal_verdict")); {
	case verdict == "met":
		return text + ": met", b.theme.Good
	case verdict == "":
		return text, b.theme.Grey
	case isSame(c, now, goal):
		return text + ": just not met", b.theme.Bad
	}
	sign := "+"
	if now < goal {
		sign = "−"
	}
	difference, _, _ := strings.Cut(b.difference(c, now, goal), " (")
	return text + ": not met, " + sign + difference, b.theme.Bad
}

// goalValue returns a goal with the decimals that it was given.
func (b *book) goalValue(c columnMeta, goal float64) string {
	if c.format == "rate" {
		return strconv.FormatFloat(math.Round(goal*1e8)/1e6, 'f', -1, 64) + "%"
	}
	return b.formatValue(goal, c.format)
}

// hasGoal reports whether the metric of any tile has a goal.
func (b *book) hasGoal(tiles []Tile) bool {
	for _, t := range tiles {
		if _, ok := b.goalOf(t.Metric); ok {
			return true
		}
	}
	return false
}

// maxGoalText is how long a line of goals becomes in Notes, in bytes: a row shows three times as much.
const maxGoalText = 1000

// goalLines are the goals that apply to the calls of the report, for Notes: a line per metric, with those of groups and numbers, or several.
func (b *book) goalLines() (lines [][2]string, err error) {
	result, err := b.data.result(querySpec{"goals", b.req.Period, nil})
	if err != nil {
		return nil, err
	}
	for i := range result.rows {
		r := result.row(i)
		c := b.catalog.metrics[toText(r.get("metric"))]
		goal, _ := r.number("goal")
		text := b.goalValue(c, goal)
		if of := cmp.Or(toText(r.get("call_group")), toText(r.get("virtual_number"))); of != "" {
			text = of + " " + text
		}
		label := "Goal: " + c.label
		if last := len(lines) - 1; last >= 0 && lines[last][0] == label && len(lines[last][1]) < maxGoalText {
			lines[last][1] += "; " + text
			continue
		}
		lines = append(lines, [2]string{label, text})
	}
	if len(lines) > 0 {
		lines = append(lines, [2]string{"To goal", "how far a figure is from its goal: negative if it misses it, whichever direction is better"})
	}
	return lines, nil
}

// lineGoal returns the goal of a chart's line, unless the sheet is about calls that may have another.
func (b *book) lineGoal(source plot, filters map[string]string) (goal float64, ok bool) {
	if source.line == nil || filters["group"] != "" || filters["number"] != "" {
		return 0, false
	}
	return b.goalOf(source.line.meta.name)
}

// goalsDiffer reports whether any group or virtual number, if a chart is by one of these, has another goal for a metric than all calls.
func (b *book) goalsDiffer(metric, by string, goal float64) (bool, error) {
	if by != "call_group" && by != "virtual_number" {
		return false, nil
	}
	result, err := b.data.result(querySpec{"goals", b.req.Period, nil})
	if err != nil {
		return false, err
	}
	for i := range result.rows {
		r := result.row(i)
		if own, _ := r.number("goal"); r.get("metric") == metric && r.get(by) != nil && own != goal {
			return true, nil
		}
	}
	return false, nil
}

// writeGoalColumn writes the goal of a chart's line beside each point.
func (p *page) writeGoalColumn(source plot, goal float64) {
	c := source.line.meta
	p.Put(source.goal, source.header, "Goal", p.headerStyle("right"))
	style := xlsx.CellStyle{NumberFormat: p.excelFormat(c.format), Align: "right", Size: 10}
	for row := source.first; row <= source.last; row++ {
		p.Put(source.goal, row, p.cellValue(goal, c.format), style)
	}
}
