package report

import (
	"callsheet/internal/period"
	"slices"
	"strings"
	"time"
)

// filterNames is the order in which filters are told.
var filterNames = []string{"group", "agent", "number", "direction", "campaign", "source", "hours"}

// scope is what the workbook is about: the period in words, the filters, the zone.
func (b *book) scope() string { return b.scopeOf(b.req.Period, nil) }

// scopeOf is what a sheet is about, which may reach back further and have filters of its own.
func (b *book) scopeOf(span period.Period, filters map[string]string) string {
	words := span.Words()
	if span != b.req.Period {
		words = b.plural(int64(span.Days()), "day", "days") + " up to " + span.To.Format("Monday 2 January 2006")
	}
	return words + "  ·  " + b.filterText(filters) + "  ·  times in " + b.req.Zone.String()
}

// filters are those of the request and of a sheet in words.
func (b *book) filterText(own map[string]string) string {
	var told []string
	for _, name := range filterNames {
		for _, filters := range []map[string]string{b.req.Filters, own} {
			if value, ok := filters[name]; ok && !slices.Contains(told, name+" "+cleanText(value)) {
				told = append(told, name+" "+cleanText(value))
			}
		}
	}
	if len(told) == 0 {
		return "all calls"
	}
	return "only " + strings.Join(told, ", ")
}

// honesty is how far the figures can be trusted, in one line, zeros included.
func (b *book) dataQuality() string {
	parts := []string{
		b.plural(b.evidence.count("reports_received"), "delivery", "deliveries"),
		b.plural(b.evidence.count("duplicates_removed"), "duplicate removed", "duplicates removed"),
		b.plural(b.evidence.count("live_without_report"), "live call without a report", "live calls without a report"),
		b.plural(b.evidence.count("rejected_lines"), "line rejected", "lines rejected"),
	}
	if n := b.evidence.count("files_with_problems"); n > 0 {
		parts = append(parts, b.plural(n, "spool file with a problem", "spool files with a problem"))
	}
	return b.completeThrough() + "  ·  " + strings.Join(parts, ", ")
}

func (b *book) completeThrough() string {
	through := "No delivery has ever arrived"
	if t, ok := b.evidence.get("complete_through").(time.Time); ok {
		through = "Data complete through " + b.formatTime(t)
	}
	if !b.req.AsOf.IsZero() {
		through = "As it was known at " + b.formatTime(b.req.AsOf) + "  ·  " + through
	}
	return through
}

// moment is an instant for people.
func (b *book) formatTime(t time.Time) string { return b.locale.DateTime(t.In(b.req.Zone)) }

// compared is the period the changes are against.
func (b *book) comparison() string {
	before := b.req.Period.Before()
	words := before.Words()
	if before.Days() == 1 {
		words += " (the same weekday before)"
	}
	return words
}

// nothing is what an empty sheet says.
func (b *book) emptyMessage(s Sheet) string {
	if s.Empty != "" {
		return cleanText(s.Empty)
	}
	words := "No calls in this period"
	if len(b.req.Filters)+len(s.Filters) > 0 {
		words += " with this filter"
	}
	return words + "."
}

// A change is the difference of a figure to the period before, in sign, number and word.
type change struct {
	text   string
	colour string
}

// change compares a metric with the period before. Its word follows the direction the catalog calls good.
func (b *book) change(w columnMeta) change {
	now, known := b.summary.number(w.name)
	before, compared := b.summary.number("before_" + w.name)
	grey := b.theme.Grey
	switch {
	case !known:
		return change{"nothing to measure", grey}
	case b.summary.count("before_calls") == 0 || !compared:
		return change{"nothing to compare with", grey}
	case now == before:
		return change{"= unchanged, neutral", grey}
	}
	arrow, more := "▼ ", now > before
	if more {
		arrow = "▲ "
	}
	verdict, colour := "neutral", grey
	if w.good == "higher" || w.good == "lower" {
		verdict, colour = "worse", b.theme.Bad
		if more == (w.good == "higher") {
			verdict, colour = "better", b.theme.Good
		}
	}
	return change{arrow + b.difference(w, now, before) + ", " + verdict, colour}
}

// difference is how far apart two figures are, without its sign: rates in points, others also as a share.
func (b *book) difference(w columnMeta, now, before float64) string {
	apart := now - before
	if apart < 0 {
		apart = -apart
	}
	if w.format == "rate" {
		return b.locale.Number(apart*100, 1) + " points"
	}
	text := b.formatValue(apart, w.format)
	if before > 0 {
		text += " (" + b.formatValue(apart/before, "rate") + ")"
	}
	return text
}
