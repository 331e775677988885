package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"callsheet/report/xlsx"
)

// maxFindings is how many findings the summary lists. The query has all of them.
const maxFindings = 5

// A finding is one sentence of "Needs attention" and the sheet to open.
type finding struct{ text, sheet string }

const attentionTitle = "Needs attention"

// A finding ends before linkColumn, in which the link to its sheet begins.
const (
	linkColumn   = 11
	findingWidth = 7*gridWidth + 2*gapWidth
)

// writeFindings lists what needs attention, or that nothing does.
func (p *page) writeFindings(s Sheet, at int) int {
	at = p.summarySection(attentionTitle, at)
	found, nothing, err := p.attention(s)
	p.Check(err)
	if nothing != "" {
		p.Merge(firstColumn, at, lastColumn, at)
		p.Put(firstColumn, at, nothing, xlsx.CellStyle{VAlign: "center", Wrap: true})
		p.SetHeight(at, 16*float64(lineCount(nothing, summaryWidth)))
		at++
	}
	for _, f := range found {
		// The link has cells of its own, since LibreOffice does not wrap the text of a link.
		style := xlsx.CellStyle{Size: 10.5, VAlign: "center", Wrap: true, BottomBorder: p.theme.Rule}
		p.SetStyle(firstColumn, at, lastColumn, at, style)
		p.Merge(firstColumn, at, linkColumn-1, at)
		p.Put(firstColumn, at, "●  "+f.text, style)
		p.SetHeight(at, 16*float64(lineCount("●  "+f.text, findingWidth*11/style.Size))+3)
		if f.sheet != "" {
			link := xlsx.CellStyle{Size: style.Size, VAlign: "center", BottomBorder: style.BottomBorder, TextColour: p.theme.Blue, Underline: true}
			p.Merge(linkColumn, at, lastColumn, at)
			p.Put(linkColumn, at, "→ "+f.sheet, link)
			p.Link(linkColumn, at, f.sheet)
		}
		at++
	}
	p.SetHeight(at, 8)
	return at + 1
}

// attention returns the first maxFindings findings, or a sentence that there are none.
func (b *book) attention(s Sheet) (found []finding, nothing string, err error) {
	rows, err := b.findingRows(s)
	if err != nil {
		return nil, "", err
	}
	for _, r := range rows {
		found = append(found, wordings[toText(r.get("kind"))](b, r))
	}
	found = append(b.incompleteFinding(), found...)
	switch why := b.noData(); {
	case len(found) > 0:
	case why != "":
		nothing = "Nothing is known: " + why + "."
	case b.calls() == 0:
		nothing = "Nothing: there were no calls in this period or the period before, and " + b.gaps() + "."
	case b.compared.figures["calls"].get("usual_low") == nil:
		nothing = "Nothing: no caller waits, no group or agent is far below average, and " + b.gaps() + ". There is no usual range yet."
	default:
		nothing = "Nothing: no caller waits, all rates are within their usual range, and " + b.gaps() + "."
	}
	return found[:min(len(found), maxFindings)], nothing, nil
}

// findingRows returns the rows of the query findings that a summary shows, most important first. What makes all figures doubtful is
// always among them.
func (b *book) findingRows(s Sheet) (rows []row, err error) {
	result, err := b.data.result(b.findings)
	if err != nil {
		return nil, err
	}
	for i := range result.rows {
		r := result.row(i)
		kind := toText(r.get("kind"))
		since, _ := r.get("since").(time.Time)
		switch {
		case wordings[kind] == nil: // of a user's query
		case kind == "data_ends" && !b.lacksDays(since):
		case kind == "change" && s.Findings != nil && !b.shows(s, toText(r.get("subject"))): // of another subject
		case s.Findings == nil || slices.Contains(s.Findings, kind) || !slices.Contains(findingKinds, kind):
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// headline says in one sentence what happened, what is worse, and who waits, or that there were no calls.
func (b *book) headline(s Sheet) (string, error) {
	rows, err := b.findingRows(s)
	if err != nil {
		return "", err
	}
	words := b.mainFigure(s) + weakGroups(rows)
	if b.calls() == 0 { // only now, so that a build without calls finds columns that were not asked for
		return b.emptyMessage(Sheet{}), nil
	}
	if !s.isAbout("callers_lost") {
		for _, r := range rows {
			if n := r.count("concern"); r.get("kind") == "waiting" {
				words += "; " + b.plural(n, "caller still waits", "callers still wait")
			}
		}
	}
	return words + ".", nil
}

// isAbout reports whether a metric is what a summary is about: its first tile has it.
func (s Sheet) isAbout(metric string) bool { return len(s.Tiles) > 0 && s.Tiles[0].Metric == metric }

// weakGroups names the groups among the findings that are below the same as the first of them: "; below goal: Support and Billing". It
// ranks them no further, since the findings are ordered by the calls they concern.
func weakGroups(rows []row) string {
	var names []string
	below := ""
	for _, r := range rows {
		if r.get("kind") != "group" || below != "" && below != toText(r.get("below")) {
			continue
		}
		below = toText(r.get("below"))
		names = append(names, cmp.Or(xlsx.Truncate(toText(r.get("subject")), 40), "calls with no group"))
	}
	if len(names) == 0 {
		return ""
	}
	return "; below " + below + ": " + strings.Join(names, " and ")
}

// missedCallers says how many of the missed callers still wait: "7 of 21 missed callers still wait (usually 7–14)".
func (b *book) missedCallers() string {
	waiting, of := b.totals.count("callers_lost"), b.totals.count("missed_customers")
	usual := ""
	if words := b.usual(b.catalog.metrics["callers_lost"]); words != "" {
		usual = " (" + words + ")"
	}
	callers, wait := b.plural(of, "missed caller", "missed callers"), " still "+singular(waiting, "waits", "wait")
	switch {
	case of == 0:
		return "No caller to call back"
	case waiting == 0:
		return "None of " + callers + " still waits" + usual
	case of == 1:
		return "The only missed caller" + wait + usual
	case waiting == of:
		return "All " + callers + wait + usual
	}
	return b.locale.Number(float64(waiting), 0) + " of " + callers + wait + usual
}

// missedOfOffered says how many calls were missed: "23 of 146 offered calls were missed".
func (b *book) missedOfOffered() string {
	missed := b.totals.count("missed")
	return b.locale.Number(float64(missed), 0) + " of " + b.plural(b.totals.count("offered"), "offered call was", "offered calls were") + " missed"
}

// mainFigure returns what the summary is about, and a rate with its usual range: coins, missed callers, else how many calls were offered, or
// outgoing if there are no others.
func (b *book) mainFigure(s Sheet) string {
	offered, outgoing, calls := b.totals.count("offered"), b.totals.count("outgoing"), b.plural(b.calls(), "call", "calls")
	words, rate, done := calls, "", ""
	if s.isAbout("callers_lost") {
		missed := b.missedCallers() + "; " + b.missedOfOffered() // built without calls as well: see headline
		if offered > 0 {
			return missed
		}
	}
	switch coins, _ := b.totals.number("coins"); {
	case s.isAbout("coins") && coins > 0:
		words, rate, done = b.formatValue(coins, "coins")+" coins for "+calls, "coins_unanswered_share", "of them on unanswered calls"
	case offered > 0:
		words, rate, done = b.plural(offered, "call", "calls")+" offered", "answer_rate", "answered"
	case outgoing > 0:
		words, rate, done = b.plural(outgoing, "outgoing call", "outgoing calls"), "connect_rate", "connected"
	}
	if value := b.formatValue(b.totals.get(rate), "rate"); value != "" {
		words += ", " + value + " " + done
		if usual := b.usual(b.catalog.metrics[rate]); usual != "" {
			words += " (" + usual + ")"
		}
	}
	return words
}
