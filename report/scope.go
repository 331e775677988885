package report

import (
	"slices"
	"strings"
	"time"

	"callsheet/internal/period"
	"callsheet/queries"
	"callsheet/report/xlsx"
)

// scope describes what the workbook covers: the period, the filters and the time zone.
func (b *book) scope() string { return b.scopeOf(b.req.Period, nil) }

// scopeOf describes what a sheet covers, which may begin earlier and have more filters.
func (b *book) scopeOf(span period.Period, filters map[string]string) string {
	words := span.Words()
	if span != b.req.Period {
		words = b.plural(int64(span.Days()), "day", "days") + " up to " + span.To.Format("Monday 2 January 2006")
	}
	return words + "  ·  " + b.filterText(filters) + "  ·  times in " + b.req.Zone.String()
}

// filterText describes the filters of the request and of a sheet.
func (b *book) filterText(sheet map[string]string) string {
	var texts []string
	for _, name := range queries.Filters {
		for _, filters := range []map[string]string{b.req.Filters, sheet} {
			text := name + " " + xlsx.CleanText(filters[name])
			if _, ok := filters[name]; ok && !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	if len(texts) == 0 {
		return "all calls"
	}
	return "only " + strings.Join(texts, ", ")
}

// dataQuality describes in one line how far the figures can be trusted, zeros included.
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

// completeThrough describes up to when deliveries have arrived.
func (b *book) completeThrough() string {
	through := "No delivery has arrived yet"
	if t, ok := b.evidence.get("last_delivery_at").(time.Time); ok {
		through = "Last delivery received " + b.formatTime(t)
	} else if t, ok := b.evidence.get("complete_through").(time.Time); ok {
		through = "Imported calls up to " + b.formatTime(t)
	}
	if !b.req.AsOf.IsZero() {
		through = "As of " + b.formatTime(b.req.AsOf) + "  ·  " + through
	}
	return through
}

// timeInPeriod returns an instant without the day if the period has only one.
func (b *book) timeInPeriod(t time.Time) string {
	if b.req.Period.Days() == 1 {
		return t.In(b.req.Zone).Format("15:04")
	}
	return b.formatTime(t)
}

// formatTime returns an instant in the zone and the style of the report.
func (b *book) formatTime(t time.Time) string { return b.locale.DateTime(t.In(b.req.Zone)) }

// emptyMessage returns the message of a sheet without rows.
func (b *book) emptyMessage(s Sheet) string {
	if why := b.noData(); why != "" {
		return strings.ToUpper(why[:1]) + why[1:] + "."
	}
	if s.Empty != "" {
		return xlsx.CleanText(s.Empty)
	}
	words := "No calls in this period"
	if len(b.req.Filters)+len(s.Filters) > 0 {
		words += " with this filter"
	}
	return words + "."
}
