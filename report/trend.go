package report

import (
	"strconv"
	"strings"
)

// fillTrend writes the days as a table, and charts beside it: what a preview without charts shows still
// tells the trend.
func (b *book) fillTrend(s Sheet) error {
	window := window(b.req.Period, s.Days)
	f, err := b.rows(s, window)
	if err != nil {
		return err
	}
	p := b.page(s.Name)
	p.heading(s, window)
	if len(f.rows) == 0 {
		p.put(1, headerRow, b.nothing(s), look{bold: true})
		return p.err
	}
	g, err := p.grid(s, f, headerRow)
	if err != nil {
		return err
	}
	if s.Total != "" {
		totals, err := b.data.one(totalOf(b.req.Period, window, s.Filters))
		if err != nil {
			return err
		}
		p.total(g, daysIn(s.Total, len(f.rows)), totals)
	}
	p.finish(s, g)
	p.width(len(g.words)+1, 3)
	at := headerRow
	for _, c := range s.Charts {
		if p.err != nil {
			return p.err
		}
		if !p.drawable(f, c) {
			continue
		}
		where := b.trendPlot(s, c, g)
		where.negative = f.negative(c.Columns)
		p.do(b.draw(where, c, s.Name, cell(len(g.words)+2, at), 720, 300))
		at += 16
	}
	return p.err
}

// trendPlot points a chart at the columns of the sheet's own table.
func (b *book) trendPlot(s Sheet, c Chart, g grid) plot {
	find := func(name string) int {
		for i, w := range g.words {
			if w.name == name {
				return i + 1
			}
		}
		return 1
	}
	at := plot{sheet: s.Name, head: g.head, from: g.head + 1, to: g.end, categories: 1, format: g.formats[0]}
	if g.words[0].format == "day" {
		at.format = axisDay(g.end - g.head)
	}
	for _, column := range c.Columns {
		at.columns = append(at.columns, series{find(column), b.words.aggregate(column)})
	}
	if c.Line != "" {
		at.line = &series{find(c.Line), b.words.aggregate(c.Line)}
	}
	return at
}

// daysIn puts a number of days into a title that asks for it.
func daysIn(title string, n int) string {
	return strings.ReplaceAll(title, "{days}", strconv.Itoa(n))
}
