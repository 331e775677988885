package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// mostFindings are told; the rest is on the sheets.
const maxFindings = 5

// A finding is one sentence of "Needs attention" and the sheet to open.
type finding struct{ text, sheet string }

// attention says what to look at, and says so when there is nothing.
func (p *page) writeFindings(given *Alerts, at int) int {
	p.height(at, 8)
	at = p.summarySection("Needs attention", at+1)
	alerts := defaultAlerts()
	if given != nil {
		alerts = *given
	}
	found, err := p.findings(alerts)
	p.check(err)
	if len(found) == 0 {
		words := "Nothing: no group is far below the whole, nothing got much worse, and the evidence is clean."
		if p.calls() == 0 {
			words = "Nothing: there were no calls, none in the period before either, and the evidence is clean."
		}
		p.put(firstColumn, at, words, cellStyle{})
		return at + 1
	}
	for _, f := range found[:min(len(found), maxFindings)] {
		words := "●  " + f.text
		if f.sheet != "" {
			words += "  →  sheet " + f.sheet
			p.link(firstColumn, at, f.sheet)
		}
		p.put(firstColumn, at, words, cellStyle{size: 10.5, valign: "center"})
		p.height(at, 17)
		at++
	}
	return at
}

// findings are in the order of what they mean for the page: first what makes its figures doubtful.
func (b *book) findings(a Alerts) ([]finding, error) {
	groups, err := b.data.result(querySpec{"groups", b.req.Period, nil})
	if err != nil {
		return nil, err
	}
	found := b.missingData()
	if b.calls() == 0 {
		return append(append(found, b.noCallsFinding()...), b.evidenceFinding()...), nil
	}
	waiting, err := b.unrecoveredFinding()
	if err != nil {
		return nil, err
	}
	found = append(found, waiting...)
	found = append(found, b.weakGroupFindings(groups, a)...)
	found = append(found, b.worsenedFindings(a)...)
	found = append(found, b.wastedCoinsFinding(a)...)
	return append(found, b.evidenceFinding()...), nil
}

// missingData tells what data may be missing: of spool files with a problem, and where the data stop before the last day of the
// period, its end. Later than that, silence can be the night.
func (b *book) missingData() []finding {
	var found []finding
	if n := b.evidence.count("files_with_problems"); n > 0 {
		found = append(found, finding{b.plural(n, "spool file is", "spool files are") + " gone, changed or not readable: calls may be missing", b.evidenceSheet()})
	}
	last := b.req.Period.To
	through, ok := b.evidence.get("complete_through").(time.Time)
	if ok && through.Before(time.Date(last.Year(), last.Month(), last.Day(), 0, 0, 0, 0, b.req.Zone)) {
		found = append(found, finding{"Nothing has arrived since " + b.formatTime(through) + ": the end of the period may be missing",
			b.evidenceSheet()})
	}
	return found
}

// missing is that in words alone.
func (b *book) dataWarnings() (words []string) {
	for _, f := range b.missingData() {
		words = append(words, f.text+".")
	}
	return words
}

// emptiness tells whether no calls is unusual.
func (b *book) noCallsFinding() []finding {
	before := b.summary.count("before_calls")
	if before == 0 {
		return nil
	}
	return []finding{{fmt.Sprintf("No call at all, and there were %s in the period before: is the vendor still sending?",
		b.locale.Number(float64(before), 0)), b.sheetOf("notes")}}
}

// waitingCallers tells how many missed callers nobody has called back, and since when the first of them waits.
func (b *book) unrecoveredFinding() ([]finding, error) {
	n := b.summary.count("unrecovered")
	if n == 0 {
		return nil, nil
	}
	missed, err := b.data.result(querySpec{"missed", b.req.Period, nil})
	if err != nil {
		return nil, err
	}
	words := b.plural(n, "missed caller was", "missed callers were") + " neither called back nor answered later"
	if len(missed.rows) > 0 {
		if first, ok := missed.row(0).get("first_missed_at").(time.Time); ok {
			words += "; the first called on " + b.formatTime(first)
		}
	}
	return []finding{{words, b.sheetAbout("missed")}}, nil
}

// weakGroups are the two groups whose answer rate is furthest below the whole's.
func (b *book) weakGroupFindings(groups *resultSet, a Alerts) []finding {
	whole, known := b.summary.number("answer_rate")
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
		if !ok || g.count("offered") < a.MinOffered || whole-rate < a.BelowPoints {
			continue
		}
		name := toText(g.get("call_group"))
		if name == "" {
			name = "Calls with no group"
		}
		all = append(all, weak{truncate(name, 40), b.formatValue(rate, "rate"), whole - rate, g.count("missed"), g.count("offered")})
	}
	slices.SortStableFunc(all, func(x, y weak) int { return cmp.Compare(y.below, x.below) })
	var found []finding
	for _, w := range all[:min(len(all), 2)] {
		found = append(found, finding{fmt.Sprintf("%s: %s answered, %s points below the whole; %s of %s missed",
			w.name, w.rate, b.locale.Number(w.below*100, 1), b.locale.Number(float64(w.missed), 0), b.plural(w.offered, "call", "calls")),
			b.sheetAbout("groups")})
	}
	return found
}

// worsened are the two figures of the catalog that got worse most: rates by points, misses by share.
func (b *book) worsenedFindings(a Alerts) []finding {
	type worse struct {
		w        columnMeta
		times    float64 // the threshold
		now, was float64
	}
	var all []worse
	for _, name := range []string{"answer_rate", "service_level", "missed", "connect_rate"} {
		w := b.catalog.metrics[name]
		now, known := b.summary.number(name)
		was, compared := b.summary.number("before_" + name)
		if !known || !compared || b.summary.count("before_calls") == 0 {
			continue
		}
		loss, threshold := was-now, a.WorsePoints
		if w.good == "lower" {
			loss = now - was
		}
		if w.format != "rate" {
			if loss < float64(a.MinOffered) {
				continue // a share of a handful of calls says nothing
			}
			loss, threshold = loss/max(was, 1), a.WorseShare
		}
		if threshold > 0 && loss >= threshold {
			all = append(all, worse{w, loss / threshold, now, was})
		}
	}
	slices.SortStableFunc(all, func(x, y worse) int { return cmp.Compare(y.times, x.times) })
	var found []finding
	for _, w := range all[:min(len(all), 2)] {
		found = append(found, finding{fmt.Sprintf("%s is %s and was %s on %s: %s worse", w.w.label,
			b.formatValue(w.now, w.w.format), b.formatValue(w.was, w.w.format), b.req.Period.Before().Words(),
			b.difference(w.w, w.now, w.was)), b.sheetOf("trend")})
	}
	return found
}

// waste tells what was spent on calls nobody answered.
func (b *book) wastedCoinsFinding(a Alerts) []finding {
	coins, _ := b.summary.number("coins")
	wasted, _ := b.summary.number("coins_unanswered")
	if coins <= 0 || wasted <= 0 || wasted/coins < a.WasteShare {
		return nil
	}
	return []finding{{fmt.Sprintf("%s of %s coins (%s) went to calls that were not answered",
		b.formatValue(wasted, "coins"), b.formatValue(coins, "coins"), b.formatValue(wasted/coins, "rate")), b.sheetOf("detail")}}
}

// unclean tells of evidence that makes single calls doubtful.
func (b *book) evidenceFinding() []finding {
	var parts []string
	for _, e := range []struct{ column, one, many string }{
		{"rejected_lines", "line was rejected", "lines were rejected"},
		{"live_without_report", "live call has no report", "live calls have no report"},
		{"unknown_statuses", "call has an unknown status", "calls have an unknown status"},
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
	return []finding{{"Evidence: " + strings.Join(parts[:min(len(parts), 3)], ", "), b.evidenceSheet()}}
}
