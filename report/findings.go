package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"callsheet/internal/period"
	"callsheet/report/xlsx"
)

// wordings turn a row of the query findings into a sentence without a full stop, by kind. The figures and the order are decided in SQL.
var wordings = map[string]func(*book, row) finding{
	"files_with_problems": (*book).fileProblems,
	"data_ends":           (*book).dataEnds,
	"outage":              (*book).outage,
	"no_calls":            (*book).noCalls,
	"waiting":             (*book).waiting,
	"change":              (*book).changed,
	"group":               (*book).weakGroup,
	"missed":              (*book).missedCalls,
	"agent_pickups":       (*book).agentPickups,
	"agent_no_shows":      (*book).agentNoShows,
	"coins":               (*book).wastedCoins,
	"group_coins":         (*book).groupCoins,
	"agent_coins":         (*book).agentCoins,
	"staffing":            (*book).lackingPeople,
	"data_quality":        (*book).doubtfulCalls,
}

// findingKinds are the kinds that a summary can choose from, in the order of the documentation. The others are about missing and doubtful data.
var findingKinds = []string{"waiting", "change", "group", "missed", "agent_pickups", "agent_no_shows", "coins", "group_coins", "agent_coins", "staffing"}

func (b *book) fileProblems(f row) finding {
	return finding{b.plural(f.count("concern"), "spool file is", "spool files are") + " missing, changed or unreadable: calls may be missing",
		b.evidenceSheet()}
}

func (b *book) dataEnds(f row) finding {
	since, _ := f.get("since").(time.Time)
	what := "the end of the period"
	if b.noData() != "" {
		what = "the period"
	}
	return finding{"No delivery since " + b.formatTime(since) + ": " + what + " is missing or still to come", b.evidenceSheet()}
}

// outage is about hours in which there were no calls while other weeks have many.
func (b *book) outage(f row) finding {
	return finding{"There were " + toText(f.get("subject")) + ", when there usually are many: is the vendor still sending?", b.evidenceSheet()}
}

func (b *book) noCalls(f row) finding {
	return finding{"No calls, " + b.usually(f, "count") + ": is the vendor still sending?", b.evidenceSheet()}
}

// waiting says how many missed callers nobody has spoken to since. Callers and calls are never mixed in one sentence.
func (b *book) waiting(f row) finding {
	n, of := f.count("concern"), f.count("callers")
	words := b.locale.Number(float64(n), 0) + " of " + b.plural(of, "missed caller", "missed callers")
	if n == of {
		words = "All " + b.plural(of, "missed caller", "missed callers")
	}
	if of == 1 {
		words = "The only missed caller"
	}
	words += " still " + singular(n, "needs", "need") + " a call back"
	if since, ok := f.get("since").(time.Time); ok {
		words += "; longest wait: since " + b.timeInPeriod(since)
	}
	if open := f.count("within_window"); open > 0 {
		who := b.locale.Number(float64(open), 0) + " " + singular(open, "is", "are")
		if open == n && n > 1 {
			who = "all are"
		}
		words += "; " + who + " still within the " + b.recoveryWindow() + " to do so"
	}
	return finding{words, cmp.Or(b.sheetAbout("to_call_back"), b.sheetAbout("missed"))}
}

// recoveryWindow returns the time in which a missed caller is to be called back: "24 h", "1 h 30 min".
func (b *book) recoveryWindow() string {
	seconds := b.settings.count("recovery_window_seconds")
	var parts []string
	for _, part := range []struct {
		n    int64
		unit string
	}{{seconds / 3600, "h"}, {seconds / 60 % 60, "min"}, {seconds % 60, "s"}} {
		if part.n > 0 {
			parts = append(parts, b.locale.Number(float64(part.n), 0)+" "+part.unit)
		}
	}
	return strings.Join(parts, " ")
}

func singular(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (b *book) changed(f row) finding {
	name := toText(f.get("subject"))
	c := b.catalog.metrics[name]
	label := c.label
	if name == "missed" {
		label = "Missed calls"
	}
	return finding{label + " " + b.formatValue(f.get("value"), c.format) + b.expected(f, c.format) + b.causes(f),
		cmp.Or(b.sheetOf("trend"), b.sheetWith(name))}
}

// expected returns the goal and the usual range of a finding: ", goal 85.0%, usually 87.0–91.0%".
func (b *book) expected(f row, format string) (words string) {
	if goal := b.formatValue(f.get("goal"), format); goal != "" {
		words += ", goal " + goal
	}
	if usually := b.usually(f, format); usually != "" {
		words += ", " + usually
	}
	return words
}

func (b *book) weakGroup(f row) finding {
	name := "Calls with no group"
	if group := toText(f.get("subject")); group != "" {
		name = xlsx.Truncate(group, 40)
	}
	words := name + ": " + b.formatValue(f.get("value"), "rate") + " answered"
	words += b.expected(f, "rate")
	if f.get("below") == "average" {
		average, _ := f.number("average")
		value, _ := f.number("value")
		words += ", " + b.locale.Number((average-value)*100, 1) + " points below average"
	}
	return finding{words + b.causes(f), b.sheetAbout("groups")}
}

func (b *book) missedCalls(f row) finding {
	words := b.formatValue(f.get("missed"), "count") + " of " + b.plural(f.count("offered"), "offered call was", "offered calls were") + " missed"
	return finding{words + strings.Replace(b.causes(f), ". "+b.formatValue(f.get("missed"), "count")+" missed", "", 1), b.sheetAbout("missed_reasons")}
}

// causes returns why calls were missed, and the hour in which most were: ". 20 missed: 9 callers hung up, 11 rang out; worst 14:00–15:00,
// when 3 of 5 agents took calls". It is empty if the finding has no missed calls.
func (b *book) causes(f row) string {
	missed := f.count("missed")
	if missed == 0 {
		return ""
	}
	var parts []string
	rest := missed
	for _, cause := range []struct{ column, one, many string }{
		{"abandoned", "caller hung up", "callers hung up"},
		{"no_answer", "call rang out", "calls rang out"},
		{"busy", "found the agents busy", "found the agents busy"},
	} {
		if n := f.count(cause.column); n > 0 {
			parts = append(parts, b.plural(n, cause.one, cause.many))
			rest -= n
		}
	}
	if rest > 0 && len(parts) > 0 {
		parts = append(parts, b.locale.Number(float64(rest), 0)+" for other reasons")
	}
	words := ". " + b.locale.Number(float64(missed), 0) + " missed"
	if len(parts) > 0 {
		words += ": " + strings.Join(parts, ", ")
	}
	return words + b.worstHour(f)
}

// worstHour names the hour in which most calls were missed, with the weekday if the period has several days.
func (b *book) worstHour(f row) string {
	if f.get("worst_hour") == nil {
		return ""
	}
	hour := f.count("worst_hour")
	when := fmt.Sprintf("%02d:00–%02d:00", hour, (hour+1)%24)
	if days := b.req.Period.Days(); days > 1 {
		when = time.Weekday(f.count("worst_weekday")%7).String() + singular(int64((days+6)/7), "", "s") + " " + when
	}
	words := fmt.Sprintf("; worst %s, %s of %s missed", when, b.formatValue(f.get("worst_missed"), "count"), b.formatValue(f.get("worst_offered"), "count"))
	took, agents := f.count("worst_agents"), f.count("agents")
	switch {
	case agents == 0:
		return words
	case took == 0:
		return words + ", when no agent took calls"
	case took == agents && agents <= 2:
		return words + ", when " + singular(agents, "the only agent", "both agents") + " took calls"
	case took == agents:
		return words + ", when all " + b.plural(agents, "agent", "agents") + " took calls"
	}
	return words + ", when " + b.locale.Number(float64(took), 0) + " of " + b.plural(agents, "agent", "agents") + " took calls"
}

func (b *book) agentPickups(f row) finding {
	rang := f.count("rang")
	return finding{fmt.Sprintf("%s picked up %s of %s (%s); all agents %s", xlsx.Truncate(toText(f.get("subject")), 40),
		b.locale.Number(float64(rang-f.count("concern")), 0), b.plural(rang, "call", "calls"), b.formatValue(f.get("value"), "rate"),
		b.formatValue(f.get("average"), "rate")), b.sheetAbout("agents")}
}

func (b *book) agentNoShows(f row) finding {
	return finding{fmt.Sprintf("%s did not pick up %s of %s (%s); all agents %s", xlsx.Truncate(toText(f.get("subject")), 40),
		b.formatValue(f.get("concern"), "count"), b.plural(f.count("outgoing"), "outgoing call", "outgoing calls"), b.formatValue(f.get("value"), "rate"),
		b.formatValue(f.get("average"), "rate")), b.sheetAbout("agents")}
}

func (b *book) wastedCoins(f row) finding {
	rest, _ := f.number("concern")
	var parts []string
	for _, side := range []struct{ column, words string }{
		{"coins_incoming", "on incoming calls"}, {"coins_failed_customer", "on the customer's side"}, {"coins_failed_agent", "on the agent's side"},
	} {
		if n, _ := f.number(side.column); n > 0 {
			parts = append(parts, b.formatValue(n, "coins")+" "+side.words)
			rest -= n
		}
	}
	if rest > 0.005 && len(parts) > 0 {
		parts = append(parts, b.formatValue(rest, "coins")+" on other outgoing calls")
	}
	words := b.coinShare(f)
	if len(parts) > 0 {
		words += ": " + strings.Join(parts, ", ")
	}
	return finding{words, cmp.Or(b.sheetAbout("outcomes"), b.sheetAbout("coins"))}
}

// coinShare returns the coins that a finding concerns and the share that they are.
func (b *book) coinShare(f row) string {
	return fmt.Sprintf("%s of %s coins (%s) were spent on unanswered calls",
		b.formatValue(f.get("concern"), "coins"), b.formatValue(f.get("coins"), "coins"), b.formatValue(f.get("value"), "rate"))
}

func (b *book) groupCoins(f row) finding {
	name := cmp.Or(xlsx.Truncate(toText(f.get("subject")), 40), "Calls with no group")
	return finding{name + ": " + b.coinShare(f) + "; all groups " + b.formatValue(f.get("average"), "rate"), b.sheetAbout("groups")}
}

func (b *book) agentCoins(f row) finding {
	return finding{fmt.Sprintf("%s: %s of %s coins (%s) were spent on calls that the agent did not pick up", xlsx.Truncate(toText(f.get("subject")), 40),
		b.formatValue(f.get("concern"), "coins"), b.formatValue(f.get("coins"), "coins"), b.formatValue(f.get("value"), "rate")),
		cmp.Or(b.sheetAbout("coins"), b.sheetAbout("agents"))}
}

func (b *book) lackingPeople(f row) finding {
	concern, _ := f.number("concern")
	return finding{fmt.Sprintf("Too few agents on %ss from %s: %s seen, %s needed; one more would have answered about %s in time, in %s",
		time.Weekday(f.count("weekday")%7), toText(f.get("half_hour")), b.formatValue(f.get("agents_seen"), "count"),
		b.formatValue(f.get("agents_needed"), "count"), b.plural(int64(concern), "more call", "more calls"),
		b.plural(f.count("days"), "day", "days")), b.sheetAbout("staffing")}
}

func (b *book) doubtfulCalls(f row) finding {
	var parts []string
	for _, e := range []struct{ column, one, many string }{
		{"rejected_lines", "line was rejected", "lines were rejected"},
		{"live_without_report", "live call has no report", "live calls have no report"},
		{"unknown_statuses", "call has an unrecognised status", "calls have an unrecognised status"},
		{"flagged_calls", "call contradicts itself or lacks something", "calls contradict themselves or lack something"},
		{"ungrouped_calls", "call has no group", "calls have no group"},
	} {
		n := f.count(e.column)
		if e.column == "flagged_calls" {
			n -= f.count("unknown_statuses") // they are flagged for that
		}
		if n > 0 {
			parts = append(parts, b.plural(n, e.one, e.many))
		}
	}
	return finding{"Data quality: " + strings.Join(parts[:min(len(parts), 3)], ", "), b.evidenceSheet()}
}

// dataWarnings returns the findings about missing data as sentences.
func (b *book) dataWarnings() (words []string) {
	if n := b.evidence.count("files_with_problems"); n > 0 {
		words = append(words, b.fileProblems(row{columns: []string{"concern"}, values: []any{n}}).text+".")
	}
	if through, ok := b.evidence.get("complete_through").(time.Time); ok && b.lacksDays(through) {
		words = append(words, b.dataEnds(row{columns: []string{"since"}, values: []any{through}}).text+".")
	}
	return words
}

// lacksDays reports whether deliveries are missing after the last one: none came on the last day of the period or, before it is over, today.
// Silence on the day itself can be the night.
func (b *book) lacksDays(through time.Time) bool {
	last := b.req.Period.To
	if now := b.req.Now.In(b.req.Zone); !b.req.Now.IsZero() && now.Before(period.Instant(last, b.req.Zone)) {
		last = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	}
	return through.Before(period.Instant(last, b.req.Zone))
}
