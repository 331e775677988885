package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"callsheet/internal/period"
	"callsheet/report/xlsx"
)

// maxFindings is how many findings the summary lists. The sheets have all of them.
const maxFindings = 5

// A finding is one sentence of "Needs attention" and the sheet to open.
type finding struct{ text, sheet string }

// writeFindings lists what needs attention, or that nothing does.
func (p *page) writeFindings(configured *Alerts, at int) int {
	at = p.summarySection(attentionTitle, at)
	found, nothing, err := p.attention(configured)
	p.Check(err)
	if nothing != "" {
		p.Put(firstColumn, at, nothing, xlsx.CellStyle{})
		at++
	}
	for _, f := range found {
		words, style := "●  "+f.text, xlsx.CellStyle{Size: 10.5, VAlign: "center", Wrap: true}
		if f.sheet != "" {
			words += "  →  sheet " + f.sheet
			style.TextColour, style.Underline = p.theme.Blue, true
			p.Link(firstColumn, at, f.sheet)
		}
		p.Merge(firstColumn, at, lastColumn, at) // so that the link covers its text, and long text wraps
		p.Put(firstColumn, at, words, style)
		p.SetHeight(at, 17*float64(lineCount(words, summaryWidth*11/style.Size)))
		at++
	}
	p.SetHeight(at, 8)
	return at + 1
}

const attentionTitle = "Needs attention"

// attention returns the first maxFindings findings, or a sentence that there are none.
func (b *book) attention(configured *Alerts) (found []finding, nothing string, err error) {
	alerts := defaultAlerts()
	if configured != nil {
		alerts = *configured
	}
	found, err = b.findings(alerts)
	switch why := b.noData(); {
	case err != nil || len(found) > 0:
	case why != "":
		nothing = "Nothing is known: " + why + "."
	case b.calls() == 0:
		nothing = "Nothing: there were no calls in this period or the period before, and the data has no gaps."
	default:
		nothing = "Nothing: no group is far below average, nothing got much worse, and the data has no gaps."
	}
	return found[:min(len(found), maxFindings)], nothing, err
}

// findings returns the findings in order of importance: first those that make the figures doubtful.
func (b *book) findings(a Alerts) ([]finding, error) {
	groups, err := b.data.result(querySpec{"groups", b.req.Period, nil})
	if err != nil {
		return nil, err
	}
	found := b.missingData()
	if b.calls() == 0 {
		return append(append(found, b.noCallsFinding()...), b.evidenceFinding()...), nil
	}
	waiting, err := b.waitingFinding()
	if err != nil {
		return nil, err
	}
	found = append(found, waiting...)
	found = append(found, b.weakGroupFindings(groups, a)...)
	found = append(found, b.worsenedFindings(a)...)
	found = append(found, b.wastedCoinsFinding(a)...)
	return append(found, b.evidenceFinding()...), nil
}

// missingData returns findings about data that may be missing: from spool files with a problem, and at the end of the period if the last
// delivery came before its last day. Silence on the last day itself can be the night.
func (b *book) missingData() []finding {
	var found []finding
	if n := b.evidence.count("files_with_problems"); n > 0 {
		found = append(found, finding{b.plural(n, "spool file is", "spool files are") + " missing, changed or unreadable: calls may be missing", b.evidenceSheet()})
	}
	last := b.req.Period.To
	through, ok := b.evidence.get("complete_through").(time.Time)
	if ok && through.Before(period.Instant(last, b.req.Zone)) {
		found = append(found, finding{"No delivery since " + b.formatTime(through) + ": the end of the period may be missing",
			b.evidenceSheet()})
	}
	return found
}

// dataWarnings returns the findings about missing data as sentences.
func (b *book) dataWarnings() (words []string) {
	for _, f := range b.missingData() {
		words = append(words, f.text+".")
	}
	return words
}

// noCallsFinding reports that a period has no calls, if the one before had.
func (b *book) noCallsFinding() []finding {
	before, known := b.compared.before("calls")
	if !known || b.noData() != "" {
		return nil
	}
	return []finding{{fmt.Sprintf("No calls, and there were %s in the period before: is the vendor still sending?",
		b.locale.Number(before, 0)), b.sheetOf("notes")}}
}

// waitingFinding reports how many missed callers nobody has spoken to since, and when the first of them called.
func (b *book) waitingFinding() ([]finding, error) {
	n := b.summary.count("callers_lost")
	if n == 0 {
		return nil, nil
	}
	missed, err := b.data.result(querySpec{"missed", b.req.Period, nil})
	if err != nil {
		return nil, err
	}
	words := b.plural(n, "missed caller still needs", "missed callers still need") + " a call back"
	if len(missed.rows) > 0 && missed.row(0).get("last_spoken_at") == nil {
		if first, ok := missed.row(0).get("first_missed_at").(time.Time); ok {
			words += "; longest wait: since " + b.timeInPeriod(first)
		}
	}
	return []finding{{words, b.sheetAbout("missed")}}, nil
}

// weakGroupFindings reports the two groups whose answer rate is furthest below the overall rate.
func (b *book) weakGroupFindings(groups *resultSet, a Alerts) []finding {
	overall, known := b.summary.number("answer_rate")
	if !known {
		return nil
	}
	type weak struct {
		name, rate      string
		below           float64
		missed, offered int64
	}
	var all []weak
	for i := range groups.rows {
		g := groups.row(i)
		rate, ok := g.number("answer_rate")
		if !ok || g.count("offered") < a.MinOffered || overall-rate < a.BelowPoints {
			continue
		}
		name := toText(g.get("call_group"))
		if name == "" {
			name = "Calls with no group"
		}
		all = append(all, weak{xlsx.Truncate(name, 40), b.formatValue(rate, "rate"), overall - rate, g.count("missed"), g.count("offered")})
	}
	slices.SortStableFunc(all, func(x, y weak) int { return cmp.Compare(y.below, x.below) })
	var found []finding
	for _, w := range all[:min(len(all), 2)] {
		found = append(found, finding{fmt.Sprintf("%s: %s answered, %s points below average; %s of %s missed",
			w.name, w.rate, b.locale.Number(w.below*100, 1), b.locale.Number(float64(w.missed), 0), b.plural(w.offered, "call", "calls")),
			b.sheetAbout("groups")})
	}
	return found
}

// worsenedFindings reports the two metrics that got worse most: rates by points, counts by share.
func (b *book) worsenedFindings(a Alerts) []finding {
	type change struct {
		meta          columnMeta
		ratio         float64 // of the change to its threshold
		value, before float64
	}
	var all []change
	for _, name := range []string{"answer_rate", "service_level", "missed", "connect_rate"} {
		c := b.catalog.metrics[name]
		value, known := b.summary.number(name)
		before, comparable := b.compared.before(name)
		if !known || !comparable || b.compared.figures[name].get("verdict") != "worse" {
			continue
		}
		loss, threshold := math.Abs(before-value), a.WorsePoints
		if c.format != "rate" {
			if loss < float64(a.MinOffered) {
				continue // too few calls for a share
			}
			loss, threshold = loss/max(before, 1), a.WorseShare
		}
		if threshold > 0 && loss >= threshold {
			all = append(all, change{c, loss / threshold, value, before})
		}
	}
	slices.SortStableFunc(all, func(x, y change) int { return cmp.Compare(y.ratio, x.ratio) })
	var found []finding
	for _, c := range all[:min(len(all), 2)] {
		label, verb := c.meta.label, "fell"
		if c.meta.name == "missed" {
			label = "Missed calls"
		}
		if c.value > c.before {
			verb = "rose"
		}
		words := fmt.Sprintf("%s %s from %s to %s compared with %s", label, verb,
			b.formatValue(c.before, c.meta.format), b.formatValue(c.value, c.meta.format), b.earlierPeriod())
		if usual := b.usual(c.meta); usual != "" {
			words += "; " + usual
		}
		found = append(found, finding{words, b.sheetOf("trend")})
	}
	return found
}

// wastedCoinsFinding reports the coins spent on unanswered calls.
func (b *book) wastedCoinsFinding(a Alerts) []finding {
	coins, _ := b.summary.number("coins")
	wasted, _ := b.summary.number("coins_unanswered")
	if coins <= 0 || wasted <= 0 || wasted/coins < a.WasteShare {
		return nil
	}
	return []finding{{fmt.Sprintf("%s of %s coins (%s) were spent on unanswered calls",
		b.formatValue(wasted, "coins"), b.formatValue(coins, "coins"), b.formatValue(wasted/coins, "rate")), b.sheetOf("detail")}}
}

// evidenceFinding reports evidence that makes individual calls doubtful.
func (b *book) evidenceFinding() []finding {
	var parts []string
	for _, e := range []struct{ column, one, many string }{
		{"rejected_lines", "line was rejected", "lines were rejected"},
		{"live_without_report", "live call has no report", "live calls have no report"},
		{"unknown_statuses", "call has an unrecognised status", "calls have an unrecognised status"},
		{"flagged_calls", "call contradicts itself", "calls contradict themselves"},
		{"ungrouped_calls", "call has no group", "calls have no group"},
	} {
		if n := b.evidence.count(e.column); n > 0 {
			parts = append(parts, b.plural(n, e.one, e.many))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []finding{{"Data quality: " + strings.Join(parts[:min(len(parts), 3)], ", "), b.evidenceSheet()}}
}
