package report

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"callsheet/internal/period"
	"callsheet/queries"
	"callsheet/report/xlsx"
)

// scope describes what the workbook covers: the period, the filters and the time zone.
func (b *book) scope() string { return b.scopeOf(b.req.Period, nil) }

// scopeOf describes what a sheet covers, which may begin earlier and have more filters.
func (b *book) scopeOf(span period.Period, filters map[string]string) string {
	words := span.WordsIn(b.locale)
	if span != b.req.Period {
		span = b.begun(span)
		words = b.plural(int64(span.Days()), "day", "days") + " up to " + b.locale.Format(span.To, "Monday 2 January 2006")
	}
	return words + "  ·  " + b.filterText(filters) + "  ·  times in " + b.req.Zone.String()
}

// begun returns a period without the days that are still to come, unless all of them are.
func (b *book) begun(p period.Period) period.Period {
	if b.req.Now.IsZero() {
		return p
	}
	year, month, day := b.req.Now.In(b.req.Zone).Date()
	if today := time.Date(year, month, day, 0, 0, 0, 0, time.UTC); today.Before(p.To) && !today.Before(p.From) {
		p.To = today
	}
	return p
}

// filterText describes the filters of the request and of a sheet.
func (b *book) filterText(sheet map[string]string) string {
	return cmp.Or(FilterWords(b.req.Filters, sheet), "all calls")
}

// FilterWords describes filters: "only group Sales, incoming calls, business hours"; it is empty if there are none. If a filter has
// several values, all of them hold.
func FilterWords(all ...map[string]string) string {
	var texts []string
	for _, name := range queries.Filters {
		for _, filters := range all {
			value, ok := filters[name]
			if text := filterWords(name, xlsx.CleanText(value)); ok && !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return "only " + strings.Join(texts, ", ")
}

func filterWords(name, value string) string {
	switch {
	case name == "direction" && value == "unknown":
		return "calls of unknown direction"
	case name == "direction":
		return value + " calls"
	case name == "hours" && value == "business":
		return "business hours"
	case name == "hours" && value == "closed":
		return "outside business hours"
	}
	return name + " " + value
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

// description is the data quality and the comparison with the vendors' lists, for the properties of the file.
func (b *book) description() string {
	if checked := b.checked(); checked != "" {
		return b.dataQuality() + "  ·  " + checked
	}
	return b.dataQuality()
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

// timeInPeriod returns an instant, without the day if it is the only one of the period.
func (b *book) timeInPeriod(t time.Time) string {
	if t = t.In(b.req.Zone); b.req.Period.Days() == 1 && b.req.Period.String() == t.Format(time.DateOnly) {
		return b.withZone(b.locale.Format(t, "15:04"))
	}
	return b.formatTime(t)
}

// formatTime returns an instant in the zone and the style of the report.
func (b *book) formatTime(t time.Time) string { return b.withZone(b.locale.DateTime(t.In(b.req.Zone))) }

// withZone appends the zone to a time in a message. In the workbook, each sheet names it once.
func (b *book) withZone(text string) string {
	if b.inMessage {
		text += " " + b.req.Zone.String()
	}
	return text
}

// emptyMessage returns the message of a sheet without rows.
func (b *book) emptyMessage(s Sheet) string {
	if why := b.noData(); why != "" {
		return withFirst(why, unicode.ToUpper) + "."
	}
	if why := b.onlyMasked(s); why != "" {
		return why
	}
	switch covered := extendBack(b.req.Period, s.Days); {
	case s.Empty != "":
		return xlsx.CleanText(s.Empty)
	case b.calls() > 0 || covered != b.req.Period:
		return "Nothing to show for this period." // a query need not have a row for each call
	case len(b.req.Filters)+len(s.Filters) > 0:
		return "No calls in this period with this filter."
	}
	return "No calls in this period."
}

// listsCallers reports whether a query has a row for each missed caller with a number.
func listsCallers(query string) bool { return query == "missed" || query == "to_call_back" }

// onlyMasked returns the message of a sheet of missed callers that is empty because all their numbers are masked or too short, or "".
func (b *book) onlyMasked(s Sheet) string {
	if !listsCallers(s.Query) || len(s.Filters) > 0 { // the total is that of the report
		return ""
	}
	n := b.totals.count("missed_masked")
	if n == 0 {
		return ""
	}
	return "Nobody to list: " + b.plural(n, "missed call came from a number that is", "missed calls came from numbers that are") + " masked or too short."
}
