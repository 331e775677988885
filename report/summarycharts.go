package report

// A drawn chart is one whose figures are still to be written, below the page.
type drawn struct {
	chart Chart
	data  *frame
	at    int // row of the chart's place
}

// charts makes room for the charts; chartFigures draws them once it is known where their figures stand.
func (p *page) charts(s Sheet, at int) (int, []drawn) {
	var all []drawn
	for _, c := range s.Charts {
		f, err := p.data.frame(ask{c.Query, window(p.req.Period, c.Days), nil})
		p.do(err)
		if p.err != nil {
			return at, nil
		}
		if _, err := f.find(c.names()); err != nil {
			p.do(err)
			return at, nil
		}
		if c.By == "local_hour" {
			f = p.everyHour(f)
		}
		if !p.drawable(f, c) {
			p.put(firstColumn, at, clean(c.Title), p.sectionLook())
			p.draw(firstColumn+1, at, lastColumn, at, p.sectionLook())
			p.put(firstColumn, at+1, "No calls to draw.", p.greyLook())
			at += 2
			continue
		}
		all = append(all, drawn{c, f, at})
		p.height(at, chartHeight*0.75+4)
		at++
	}
	return at, all
}

// drawable says whether a chart has anything but zeros to draw.
func (p *page) drawable(f *frame, c Chart) bool {
	for i := range f.rows {
		for _, column := range c.Columns {
			if n, ok := f.row(i).number(column); ok && n != 0 {
				return true
			}
		}
	}
	return false
}

// everyHour puts the hours nobody called in between those somebody did: left out, the columns around the gap
// would stand side by side. No row means no call, so what is counted is 0 there, and known.
func (p *page) everyHour(f *frame) *frame {
	full := &frame{query: f.query, columns: f.columns}
	for i := range f.rows {
		hour := f.row(i).count("local_hour")
		for len(full.rows) > 0 && full.row(len(full.rows)-1).count("local_hour") < hour-1 {
			quiet := make([]any, len(f.columns))
			for k, column := range f.columns {
				if p.words.aggregate(column).format == "count" {
					quiet[k] = int64(0)
				}
				if column == "local_hour" {
					quiet[k] = full.row(len(full.rows)-1).count("local_hour") + 1
				}
			}
			full.rows = append(full.rows, quiet)
		}
		full.rows = append(full.rows, f.rows[i])
	}
	return full
}

// chartFigures writes what the charts draw below the printed page: a preview that shows no charts shows
// these, and a reader can see the figure behind a column.
func (p *page) chartFigures(all []drawn, at int) {
	if len(all) == 0 {
		return
	}
	p.put(firstColumn, at, "Figures behind the charts (not printed)", p.sectionLook())
	p.draw(firstColumn+1, at, lastColumn, at, p.sectionLook())
	at++
	for _, d := range all {
		at = p.figures(d, at+1) + 1
	}
}

// names are the columns of a chart's query that it needs.
func (c Chart) names() []string {
	names := append([]string{c.By}, c.Columns...)
	if c.Line != "" {
		names = append(names, c.Line)
	}
	return names
}

func (p *page) figures(d drawn, at int) int {
	names := d.chart.names()
	found, err := d.data.find(names)
	p.do(err)
	if p.err != nil {
		return at
	}
	words := described(names, nil, p.words.aggregate)
	for i := range words {
		if words[i].format == "" {
			words[i].format = firstFormat(d.data.column(found[i]))
		}
	}
	where := plot{
		sheet: p.name, head: at, from: at + 1, to: at + len(d.data.rows), categories: gridColumns[0],
		format: p.format(words[0].format), negative: d.data.negative(d.chart.Columns),
	}
	if words[0].format == "day" {
		where.format = axisDay(len(d.data.rows))
	}
	for i, w := range words {
		column := gridColumns[i]
		values := d.data.column(found[i])
		format := p.numberFormat(w, values)
		if i == 0 {
			format = where.format // the chart shows the names of its points as their cells do
		}
		p.put(column, at, w.label, p.headLook(align(w.format, i+1)))
		row := at
		for v := range values {
			row++
			p.put(column, row, p.value(v, w.format), look{format: format, align: align(w.format, i+1), size: 10})
		}
		switch {
		case i == 0:
		case w.name == d.chart.Line:
			where.line = &series{column, w}
		default:
			where.columns = append(where.columns, series{column, w})
		}
	}
	p.do(p.book.draw(where, d.chart, p.name, cell(firstColumn, d.at), chartWidth, chartHeight))
	return where.to + 1
}
