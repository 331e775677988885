package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"callsheet/internal/locale"
	"callsheet/internal/sqlvalue"
	"callsheet/report/xlsx"
)

// completenessSpec is a query about the vendors' own lists. Days that have not begun need none.
func (b *book) completenessSpec(query string) querySpec {
	spec := querySpec{query, b.req.Period, nil}
	if !b.req.Now.IsZero() {
		spec.filters = map[string]string{"now": b.req.Now.Format(time.RFC3339)}
	}
	return spec
}

// loadCompleteness reads how the period compares with the vendors' lists, unless no source has vendor_api.
func (b *book) loadCompleteness() (err error) {
	if b.settings.get("has_vendor_api") == true {
		b.complete, err = b.data.singleRow(b.completenessSpec("completeness"))
	}
	return err
}

// checked says in one sentence without a full stop how the period compares with the vendors' lists. It is empty if no source has
// vendor_api.
func (b *book) checked() string {
	switch verdict := b.complete.get("verdict"); verdict {
	case nil:
		return ""
	case "unchecked":
		return "Not checked against the vendor's list"
	default:
		return "Checked against the vendor's list on " + b.formatTime(b.complete.get("fetched_at").(time.Time)) + ": " + b.differences()
	}
}

// differences lists what a check found, and which days it leaves out.
func (b *book) differences() string {
	parts := b.faults()
	switch {
	case len(parts) > 0:
	case b.complete.get("verdict") == "complete":
		parts = append(parts, "complete")
	default:
		parts = append(parts, "nothing missing")
	}
	if n := b.complete.count("recovered"); n > 0 {
		parts = append(parts, b.plural(n, "call recovered", "calls recovered"))
	}
	text := strings.Join(parts, ", ")
	if days := toDays(b.complete.get("unchecked_days")); len(days) > 0 {
		text += "; " + daysInWords(b.locale, days) + " not checked"
	}
	return text
}

// faults lists what is wrong on which days.
func (b *book) faults() (parts []string) {
	for _, fault := range []struct{ column, one, many, days string }{
		{"missing", "call missing", "calls missing", "missing_days"},
		{"unknown_to_vendor", "call that the vendor does not list", "calls that the vendor does not list", "unknown_days"},
		{"differing", "call differs", "calls differ", "differing_days"},
		{"unreadable", "unreadable row of the list", "unreadable rows of the list", "unreadable_days"},
	} {
		if n := b.complete.count(fault.column); n > 0 {
			parts = append(parts, b.plural(n, fault.one, fault.many)+" on "+daysInWords(b.locale, toDays(b.complete.get(fault.days))))
		}
	}
	return parts
}

// incompleteFinding says what the vendor's list shows to be wrong.
func (b *book) incompleteFinding() []finding {
	if b.complete.get("verdict") != "incomplete" {
		return nil
	}
	return []finding{{"By the vendor's list: " + strings.Join(b.faults(), ", "), b.evidenceSheet()}}
}

// gaps says that no part of the data is known to be missing. The vendor's list proves that none is; without one, only a delivery from after
// the period would.
func (b *book) gaps() string {
	through, _ := b.evidence.get("complete_through").(time.Time)
	switch verdict := b.complete.get("verdict"); {
	case verdict == "complete":
	case verdict != nil || through.IsZero():
		return "no gap in the data is known"
	case through.Before(b.req.Period.End(b.req.Zone)):
		return "no gap in the data is known until " + b.formatTime(through)
	}
	return "the data has no gaps"
}

// allDays is the longest period of which the sheet on data quality shows every day, and not only those with a difference; maxDayLines is
// how many lines it shows.
const (
	allDays     = 14
	maxDayLines = 40
)

// writeChecked writes how each day compares with the vendors' lists, if a source has vendor_api. Days in a row that were not checked share
// a line.
func (p *page) writeChecked(at int) int {
	if p.checked() == "" {
		return at
	}
	result, err := p.data.result(p.completenessSpec("completeness_days"))
	if p.Check(err); err != nil {
		return at
	}
	title := "Compared with the vendor's own list of calls"
	if len(p.req.Filters) > 0 {
		title += ", whatever the filter"
	}
	at = p.section(title, at, len(evidenceWidths))
	var rows []row
	sources, complete := map[string]bool{}, map[any]bool{} // days of which no source has a line
	for i := range result.rows {
		r := result.row(i)
		complete[r.get("day")] = true
		sources[toText(r.get("source"))] = true
		if r.get("verdict") != "complete" || p.req.Period.Days() <= allDays {
			rows = append(rows, r)
		}
	}
	lines := 0
	for i := 0; i < len(rows); lines++ {
		end := i + 1
		for end < len(rows) && rows[i].get("verdict") == "unchecked" && follows(rows[end-1], rows[end]) {
			end++
		}
		if lines < maxDayLines {
			p.writeCheckedDays(at, rows[i:end], len(sources) > 1)
			at++
		}
		i = end
	}
	if more := lines - maxDayLines; more > 0 {
		p.writeEvidenceLine(at, "and "+p.plural(int64(more), "more line", "more lines"), nil, "callsheet query completeness_days has all of them")
		at++
	}
	for _, r := range rows {
		delete(complete, r.get("day"))
	}
	if len(complete) > 0 {
		p.writeEvidenceLine(at, "Other days", int64(len(complete)), "days on which the calls here are those of the vendor's list")
		at++
	}
	return at + 1
}

// follows reports whether a row is of the day after another, with the same source and verdict.
func follows(before, after row) bool {
	day, _ := before.get("day").(sqlvalue.Date)
	next, _ := after.get("day").(sqlvalue.Date)
	return before.get("source") == after.get("source") && before.get("verdict") == after.get("verdict") &&
		time.Time(next).Equal(time.Time(day).AddDate(0, 0, 1))
}

// writeCheckedDays writes the line of a day, or of days that were not checked.
func (p *page) writeCheckedDays(at int, rows []row, named bool) {
	var days []time.Time
	for _, r := range rows {
		days = append(days, time.Time(r.get("day").(sqlvalue.Date)))
	}
	label, r := daysInWords(p.locale, days), rows[0]
	if named {
		label += ", " + xlsx.CleanText(toText(r.get("source")))
	}
	if r.get("verdict") == "unchecked" {
		p.writeEvidenceLine(at, label, nil, "not checked: no list was fetched after the day ended, or an empty one weeks later")
		return
	}
	coins := func(column string) string { return p.formatValue(r.get(column), "coins") }
	meaning := fmt.Sprintf("calls on the list of %s; %s here: %s", p.formatTime(r.get("fetched_at").(time.Time)),
		p.locale.Number(float64(r.count("our_calls")), 0), p.dayDifferences(r))
	if listed, ours := coins("vendor_coins"), coins("our_coins"); listed != "" && ours != "" {
		if meaning += "; " + listed + " coins"; listed != ours {
			meaning += " on the list, " + ours + " here"
		}
	}
	p.writeEvidenceLine(at, label, r.get("vendor_calls"), meaning)
}

func (p *page) dayDifferences(r row) string {
	var parts []string
	for _, part := range []struct{ column, words string }{
		{"missing", "missing"}, {"unknown_to_vendor", "not on the list"}, {"differing", "different"}, {"unreadable", "unreadable"}, {"recovered", "recovered"},
	} {
		if n := r.count(part.column); n > 0 {
			parts = append(parts, p.locale.Number(float64(n), 0)+" "+part.words)
		}
	}
	if r.get("verdict") == "complete" {
		parts = append([]string{"complete"}, parts...)
	}
	return strings.Join(parts, ", ")
}

func toDays(value any) (days []time.Time) {
	list, _ := value.([]any)
	for _, day := range list {
		if day, ok := day.(sqlvalue.Date); ok {
			days = append(days, time.Time(day))
		}
	}
	return days
}

// maxSpans is how many spans of days a sentence names.
const maxSpans = 3

// daysInWords returns days, which are in order, as spans: "5 Oct", "5–7 Oct and 9 Oct", or "40 days" if there are many spans.
func daysInWords(l locale.Locale, days []time.Time) string {
	var spans []string
	for i := 0; i < len(days); {
		end := i
		for end+1 < len(days) && days[end+1].Equal(days[end].AddDate(0, 0, 1)) {
			end++
		}
		from, to := days[i], days[end]
		switch {
		case i == end:
			spans = append(spans, l.Format(to, "2 Jan"))
		case from.Month() != to.Month() || from.Year() != to.Year():
			spans = append(spans, l.Format(from, "2 Jan")+" – "+l.Format(to, "2 Jan"))
		case l.MonthFirst:
			spans = append(spans, l.Format(from, "2 Jan")+"–"+to.Format("2"))
		default:
			spans = append(spans, from.Format("2")+"–"+l.Format(to, "2 Jan"))
		}
		i = end + 1
	}
	switch {
	case len(spans) > maxSpans:
		return fmt.Sprintf("%d days", len(days))
	case len(spans) > 1:
		last := len(spans) - 1
		spans = append(slices.Clone(spans[:last-1]), spans[last-1]+" and "+spans[last])
	}
	return strings.Join(spans, ", ")
}
