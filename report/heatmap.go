package report

import (
	"iter"
	"slices"

	"callsheet/internal/period"
	"callsheet/internal/sqlvalue"
)

// heatAxes are the possible rows of a heat map: the query for the cells, the query for the row totals, and the key column of both.
var heatAxes = map[string]struct{ cells, totals, column string }{
	"day":     {"day_hours", "days", "local_day"},
	"weekday": {"hours", "weekdays", "weekday"},
}

// A heatTable holds the cells of a heat map and its totals. All of them come from queries; none is added up.
type heatTable struct {
	keys        []any // days or weekdays, in order
	first, last int64 // hours
	cells       map[string]row
	byRow       map[string]row
	byHour      map[string]row
	total       row
	open        map[string]bool // whether the business is open in any part of a cell's hours; empty if that is not known
	known       map[string]bool // cells of which there can be figures: of a day in the period, with data
}

// fillHeatmap writes a block for each metric, with a column for each hour and a row for each day or weekday.
func (b *book) fillHeatmap(s Sheet) error {
	covered := extendBack(b.req.Period, s.Days)
	for _, metric := range s.Metrics {
		if _, ok := b.catalog.metrics[metric]; !ok {
			return unknownMetric(metric, b.catalog)
		}
	}
	h, err := b.heatTable(s, covered)
	if err != nil {
		return err
	}
	p := b.newPage(s.Name)
	p.heading(s, covered)
	p.SetWidth(1, 17)
	p.HideGridLines()
	if len(h.cells) == 0 {
		return p.writeEmpty(s)
	}
	// Without incoming calls there would be a map of zeros and one without figures. A rate of 0 % is a figure.
	s.Metrics = slices.DeleteFunc(slices.Clone(s.Metrics), func(metric string) bool {
		n, known := h.total.number(metric)
		return !known || n == 0 && !b.catalog.metrics[metric].isAverage()
	})
	if len(s.Metrics) == 0 {
		s.Empty = "No figures in this period."
		return p.writeEmpty(s)
	}
	hours := int(h.last-h.first) + 1
	p.setHeatWidths(s, h, hours)
	at, room := headerRow, 0.0
	for _, metric := range s.Metrics {
		height := heatRowHeight * float64(len(h.keys)+4)
		if at > headerRow && height > room {
			p.BreakPage(at)
			room = pageHeight / minScale
		} else if at == headerRow {
			room = pageHeight/minScale - headingHeight
		}
		room -= height
		at = p.writeHeatBlock(s, h, p.catalog.metricColumn(metric), at)
	}
	p.Freeze(1, headerRow+1)
	p.setUpScaledPrinting(hours+2, 0)
	return p.Err()
}

// heatRowHeight is the height in points of a row of a heat map.
const heatRowHeight = 19

// setHeatWidths makes the columns of the hours as wide as the longest of their figures, and alike.
func (p *page) setHeatWidths(s Sheet, h heatTable, hours int) {
	cell, total := 5.2, 9.5
	for _, metric := range s.Metrics {
		c := p.catalog.metricColumn(metric)
		format := p.numberFormat(c, h.values(metric))
		for v := range h.values(metric) {
			cell = max(cell, p.displayWidth(p.cellValue(v, c.format), c, narrowFormat(c, format))*10/11+cellPadding)
		}
		total = max(total, boldWidth*p.displayWidth(p.cellValue(h.total.get(metric), c.format), c, format)+cellPadding)
	}
	for i := range hours {
		p.SetWidth(i+2, cell)
	}
	p.SetWidth(hours+2, total)
}

func (b *book) heatTable(s Sheet, covered period.Period) (heatTable, error) {
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
		result, err := b.data.result(querySpec{part.query, covered, s.Filters})
		if err != nil {
			return h, err
		}
		if _, err := result.columnIndexes(slices.Concat(part.keys, s.Metrics)); err != nil {
			return h, err
		}
		for i := range result.rows {
			r := result.row(i)
			key := ""
			for _, column := range part.keys {
				key += cellKey(r.get(column))
			}
			part.into[key] = r
		}
		if part.query == "hours_of_day" {
			h.setHourRange(result)
		}
	}
	h.keys, h.known = b.heatKeys(s.Rows, covered), b.knownHours(s.Rows, covered)
	hours, err := b.data.result(querySpec{"open_hours", covered, nil})
	if err != nil {
		return h, err
	}
	h.open = map[string]bool{}
	for i := range hours.rows {
		r := hours.row(i)
		cell := cellKey(r.get(axis.column)) + cellKey(r.get("local_hour"))
		h.open[cell] = h.open[cell] || r.get("is_open") == true
	}
	h.total, err = b.data.singleRow(querySpec{"total", covered, s.Filters})
	return h, err
}

// isClosed reports whether the business is closed in a cell's hours.
func (h *heatTable) isClosed(cell string) bool {
	open, known := h.open[cell]
	return known && !open
}

// hasClosed reports whether the business is closed in any cell's hours.
func (h *heatTable) hasClosed() bool {
	for _, key := range h.keys {
		for hour := h.first; hour <= h.last; hour++ {
			if h.isClosed(cellKey(key) + cellKey(hour)) {
				return true
			}
		}
	}
	return false
}

// values returns all values of a metric, in no order.
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

// setHourRange sets the first and the last hour with calls. Hours before and after would only make the sheet wide.
func (h *heatTable) setHourRange(hoursOfDay *resultSet) {
	h.first, h.last = 24, -1
	for i := range hoursOfDay.rows {
		hour := hoursOfDay.row(i).count("local_hour")
		h.first, h.last = min(h.first, hour), max(h.last, hour)
	}
}

// heatKeys returns the days of a period, or the weekdays in the locale's order.
func (b *book) heatKeys(rows string, covered period.Period) []any {
	var keys []any
	if rows == "weekday" {
		for _, day := range b.locale.Weekdays() {
			keys = append(keys, day)
		}
		return keys
	}
	for day := covered.From; !day.After(covered.To); day = day.AddDate(0, 0, 1) {
		keys = append(keys, sqlvalue.Date(day))
	}
	return keys
}

// knownHours returns the hours of the days or weekdays of a period of which there can be figures: that are not before the first delivery,
// nor still to come. A weekday that is not in the period has none.
func (b *book) knownHours(rows string, covered period.Period) map[string]bool {
	known := map[string]bool{}
	for day := covered.From; !day.After(covered.To); day = day.AddDate(0, 0, 1) {
		var key any = sqlvalue.Date(day)
		if rows == "weekday" {
			key = int64(day.Weekday()+6)%7 + 1
		}
		for hour := range int64(24) {
			if b.compared.hasHour(day, hour) {
				known[cellKey(key)+cellKey(hour)] = true
			}
		}
	}
	return known
}

// knownRow reports whether there can be figures of a day or weekday.
func (h *heatTable) knownRow(key any) bool {
	for hour := range int64(24) {
		if h.known[cellKey(key)+cellKey(hour)] {
			return true
		}
	}
	return false
}

// knownHour reports whether there can be figures of an hour.
func (h *heatTable) knownHour(hour int64) bool {
	return slices.ContainsFunc(h.keys, func(key any) bool { return h.known[cellKey(key)+cellKey(hour)] })
}

// cellKey returns a map key for a value. Keys of several values can be concatenated.
func cellKey(v any) string {
	if s, ok := v.(string); ok {
		return s + " " // not toText, which makes different texts equal
	}
	return toText(v) + " "
}
