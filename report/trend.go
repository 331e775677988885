package report

import (
	"strconv"
	"strings"
)

// fillTrend writes the days as a table, and charts beside it: what a preview without charts shows still
// tells the trend.
func (b *book) fillTrend(s Sheet) error {
	window := extendBack(b.req.Period, s.Days)
	f, err := b.sheetRows(s, window)
	if err != nil {
		return err
	}
	p := b.page(s.Name)
	p.heading(s, window)
	if len(f.rows) == 0 {
		p.put(1, headerRow, b.emptyMessage(s), cellStyle{bold: true})
		return p.err
	}
	g, err := p.writeTable(s, f, headerRow)
	if err != nil {
		return err
	}
	if s.Total != "" {
		totals, err := b.data.singleRow(totalSpec(b.req.Period, window, s.Filters))
		if err != nil {
			return err
		}
		p.writeTotal(g, expandDays(s.Total, len(f.rows)), totals)
	}
	p.finishTable(s, g)
	p.width(len(g.columns)+1, 3)
	at := headerRow
	for _, c := range s.Charts {
		if p.err != nil {
			return p.err
		}
		if !p.hasFigures(f, c) {
			continue
		}
		where := b.trendPlot(s, c, g)
		where.hasNegative = f.hasNegative(c.Columns)
		p.check(b.addChart(where, c, s.Name, cell(len(g.columns)+2, at), 720, 300))
		at += 16
	}
	return p.err
}

// trendPlot points a chart at the columns of the sheet's own table.
func (b *book) trendPlot(s Sheet, c Chart, g tableLayout) plot {
	find := func(name string) int {
		for i, w := range g.columns {
			if w.name == name {
				return i + 1
			}
		}
		return 1
	}
	at := plot{sheet: s.Name, header: g.header, first: g.header + 1, last: g.last, categories: 1, format: g.formats[0]}
	if g.columns[0].format == "day" {
		at.format = axisDay(g.last - g.header)
	}
	for _, column := range c.Columns {
		at.columns = append(at.columns, series{find(column), b.catalog.aggregateColumn(column)})
	}
	if c.Line != "" {
		at.line = &series{find(c.Line), b.catalog.aggregateColumn(c.Line)}
	}
	return at
}

// daysIn puts a number of days into a title that asks for it.
func expandDays(title string, n int) string {
	return strings.ReplaceAll(title, "{days}", strconv.Itoa(n))
}
