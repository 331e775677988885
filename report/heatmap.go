package report

import (
	"iter"
	"slices"

	"callsheet/internal/period"
	"callsheet/internal/sqlvalue"
)

// heatAxes are what the rows of a heat map can be: the query of its cells, that of its row totals, and the
// column both have.
var heatAxes = map[string]struct{ cells, totals, column string }{
	"day":     {"day_hours", "days", "local_day"},
	"weekday": {"hours", "weekdays", "weekday"},
}

// A heatTable is the cells of a heat map and its totals at both edges, each asked for, none added up.
type heatTable struct {
	keys        []any // days or weekdays, in order
	first, last int64 // hours
	cells       map[string]row
	byRow       map[string]row
	byHour      map[string]row
	total       row
}

// fillHeatmap writes one block per metric: hours across, days or weekdays down.
func (b *book) fillHeatmap(s Sheet) error {
	span := extendBack(b.req.Period, s.Days)
	for _, metric := range s.Metrics {
		if _, ok := b.catalog.metrics[metric]; !ok {
			return unknownMetric(metric, b.catalog)
		}
	}
	h, err := b.heatTable(s, span)
	if err != nil {
		return err
	}
	p := b.page(s.Name)
	p.heading(s, span)
	p.width(1, 17)
	p.view(false, 100)
	rows := len(h.keys) * len(s.Metrics)
	p.check(b.setUpPrinting(s.Name, printSetup{landscape: rows <= 16, onePage: rows <= 70}))
	if len(h.cells) == 0 {
		p.put(1, headerRow, b.emptyMessage(s), cellStyle{bold: true})
		return p.err
	}
	hours := int(h.last-h.first) + 1
	for i := range hours {
		p.width(i+2, 6.2)
	}
	p.width(hours+2, 9.5)
	at := headerRow
	for _, metric := range s.Metrics {
		at = p.heatBlock(s, h, p.catalog.aggregateColumn(metric), at)
	}
	p.freeze(1, headerRow+1)
	return p.err
}

func (b *book) heatTable(s Sheet, span period.Period) (heatTable, error) {
	axis := heatAxes[s.Rows]
	h := heatTable{cells: map[string]row{}, byRow: map[string]row{}, byHour: map[string]row{}}
	for _, part := range []struct {
		query string
		into  map[string]row
		keys  []string
	}{
		{axis.cells, h.cells, []string{axis.column, "local_hour"}},
		{axis.totals, h.byRow, []string{axis.column}},
		{"hours_of_day", h.byHour, []string{"local_hour"}},
	} {
		f, err := b.data.result(querySpec{part.query, span, s.Filters})
		if err != nil {
			return h, err
		}
		if _, err := f.columnIndexes(slices.Concat(part.keys, s.Metrics)); err != nil {
			return h, err
		}
		for i := range f.rows {
			r := f.row(i)
			key := ""
			for _, k := range part.keys {
				key += cellKey(r.get(k))
			}
			part.into[key] = r
		}
		if part.query == "hours_of_day" {
			h.setHourRange(f)
		}
	}
	h.keys = b.heatRows(s.Rows, span)
	var err error
	h.total, err = b.data.singleRow(totalSpec(b.req.Period, span, s.Filters))
	return h, err
}

// figures are all of a metric, in no order.
func (h *heatTable) values(metric string) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, rows := range []map[string]row{h.cells, h.byRow, h.byHour} {
			for _, r := range rows {
				if !yield(r.get(metric)) {
					return
				}
			}
		}
	}
}

// hours spans the first to the last hour with calls: a night nobody called would only make it wide.
func (h *heatTable) setHourRange(f *resultSet) {
	h.first, h.last = 24, -1
	for i := range f.rows {
		hour := f.row(i).count("local_hour")
		h.first, h.last = min(h.first, hour), max(h.last, hour)
	}
}

func (b *book) heatRows(rows string, span period.Period) []any {
	var all []any
	if rows == "weekday" {
		for _, day := range b.locale.Weekdays() {
			all = append(all, day)
		}
		return all
	}
	for day := span.From; !day.After(span.To); day = day.AddDate(0, 0, 1) {
		all = append(all, sqlvalue.Date(day))
	}
	return all
}

func cellKey(v any) string {
	if s, ok := v.(string); ok {
		return s + " " // as it is: texts that look the same may differ
	}
	return toText(v) + " "
}
