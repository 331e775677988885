package store

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// comparedFigures are the figures of a period and those that they are compared with; before and weekBefore are nil if there are none.
func (w plainWorld) comparedFigures(q plainQuestion) (period, before, weekBefore map[string]float64, usual []map[string]float64) {
	whole := q.stretch()
	period = w.unknown()
	if w.hasFigures(whole, q.filter) {
		period = w.measured(whole, q.filter)
	}
	figures := func(s plainStretch) map[string]float64 {
		cut, _ := w.cut(s, whole)
		if cut, _ := w.cut(s, q.stretch()); !w.isComparable(s, q) || w.isIncomplete(cut, q) || w.isIncomplete(q.stretch(), q) {
			return nil
		}
		return w.measuredAtAge(cut, whole, q.filter)
	}
	before = figures(whole.previous())
	for n := 1; n <= 4; n++ {
		earlier := figures(whole.back(n))
		if n == 1 && whole.days() <= 7 {
			weekBefore = earlier
		}
		if earlier != nil && w.isUsual(whole.back(n), whole) {
			usual = append(usual, earlier)
		}
	}
	return period, before, weekBefore, usual
}

// measuredAtAge are the figures of an earlier stretch as they were as long after its end as the data goes on after that of the period:
// without the calls that came later.
func (w plainWorld) measuredAtAge(s, period plainStretch, filter plainFilter) map[string]float64 {
	through := w.local(w.through)
	seen := s.until.Add(max(through.Sub(period.until), 0))
	if seen.After(through) {
		seen = through
	}
	then := w
	then.through = time.Date(seen.Year(), seen.Month(), seen.Day(), seen.Hour(), seen.Minute(), seen.Second(), seen.Nanosecond(), w.zone)
	then.calls = slices.DeleteFunc(slices.Clone(w.calls), func(c plainCall) bool { return c.started.After(then.through) })
	figures, known := w.measured(s, filter), then.metrics(w.slice(s, filter))
	for _, name := range strings.Fields("open_episodes unrecovered recovered_by_callback recovered_by_return recovery_rate median_minutes_to_recover callers_lost") {
		figures[name] = known[name]
	}
	if seen.Before(s.until.Add(24 * time.Hour)) {
		figures["repeat_24h_rate"] = math.NaN()
	}
	return figures
}

func figureOf(figures map[string]float64, name string) float64 {
	if figures == nil {
		return math.NaN()
	}
	return figures[name]
}

// usualRange returns the least and the greatest known value, if there are two.
func usualRange(usual []map[string]float64, name string) (low, high float64, known int) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, figures := range usual {
		if value := figures[name]; !math.IsNaN(value) {
			known++
			low, high = min(low, value), max(high, value)
		}
	}
	if known < 2 {
		return math.NaN(), math.NaN(), known
	}
	return low, high, known
}

func (w plainWorld) summary(q plainQuestion, _ []string) map[string]plainRow {
	period, before, _, usual := w.comparedFigures(q)
	row := plainRow{"usual_n": float64(len(usual))}
	for name, figure := range period {
		row[name], row["before_"+name] = figure, figureOf(before, name)
		row["usual_low_"+name], row["usual_high_"+name], _ = usualRange(usual, name)
	}
	return map[string]plainRow{"all calls": row}
}

func (w plainWorld) changes(q plainQuestion, _ []string) map[string]plainRow {
	period, before, weekBefore, usual := w.comparedFigures(q)
	rows := map[string]plainRow{}
	for name, value := range period {
		was, weekWas := figureOf(before, name), figureOf(weekBefore, name)
		low, high, known := usualRange(usual, name)
		rows[name] = plainRow{
			"value": value, "before": was, "change": value - was, "change_share": share(value-was, was), "verdict": plainVerdict(name, value, was),
			"week_before": weekWas, "week_change": value - weekWas, "week_verdict": plainVerdict(name, value, weekWas),
			"usual_low": low, "usual_high": high, "usual_n": float64(known),
			"usual_verdict": plainUsualVerdict(name, value, low, high),
		}
		goal := w.goal(name, fmt.Sprint(q.filter.arguments["group"]), fmt.Sprint(q.filter.arguments["number"]))
		to, verdict := distance(name, value, goal), ""
		if name == "repeat_24h_rate" && !w.repeatsAreKnown(q.to) {
			to = math.NaN()
		}
		switch {
		case to >= 0:
			verdict = "met"
		case to < 0:
			verdict = "not met"
		}
		rows[name]["goal"], rows[name]["to_goal"], rows[name]["goal_verdict"] = goal, to, verdict
	}
	return rows
}

// Metrics of which more, or less, is better; all others are neutral.
var (
	moreIsBetter = strings.Fields(`answered answered_in answer_rate net_answer_rate service_level connected connect_rate recovered_by_callback
		recovery_rate`)
	lessIsBetter = strings.Fields(`missed missed_out_of_hours missed_masked abandoned abandon_rate net_abandon_rate avg_wait_seconds
		p90_wait_seconds avg_ring_seconds p90_ring_seconds repeat_24h_rate agent_no_show agent_no_show_rate coins_unanswered_share
		coins_per_talk_minute missed_episodes missed_customers callers_lost unrecovered median_minutes_to_recover`)
)

func plainVerdict(name string, value, was float64) any {
	switch {
	case math.IsNaN(value) || math.IsNaN(was):
		return ""
	case value == was:
		return "same"
	case value > was && slices.Contains(moreIsBetter, name), value < was && slices.Contains(lessIsBetter, name):
		return "better"
	case slices.Contains(moreIsBetter, name), slices.Contains(lessIsBetter, name):
		return "worse"
	}
	return "neutral"
}

// plainUsualVerdict compares the figures as they are shown.
func plainUsualVerdict(name string, value, low, high float64) any {
	if math.IsNaN(low) {
		return ""
	}
	digits := 1.0
	switch {
	case strings.HasSuffix(name, "rate") || strings.HasSuffix(name, "share") || name == "service_level":
		digits = 1000
	case strings.HasPrefix(name, "coins"):
		digits = 100
	case strings.Contains(name, "minutes"):
		digits = 10
	}
	shown := func(v float64) float64 { return math.Round(v*digits) / digits }
	return plainVerdict(name, shown(value), max(shown(low), min(shown(high), shown(value))))
}
