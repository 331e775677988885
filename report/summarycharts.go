package report

// A drawn chart is one whose figures are still to be written, below the page.
type pendingChart struct {
	chart Chart
	data  *resultSet
	row   int // row of the chart's place
}

// charts makes room for the charts; chartFigures draws them once it is known where their figures stand.
func (p *page) reserveCharts(s Sheet, at int) (int, []pendingChart) {
	var all []pendingChart
	for _, c := range s.Charts {
		f, err := p.data.result(querySpec{c.Query, extendBack(p.req.Period, c.Days), nil})
		p.check(err)
		if p.err != nil {
			return at, nil
		}
		if _, err := f.columnIndexes(c.columnNames()); err != nil {
			p.check(err)
			return at, nil
		}
		if c.By == "local_hour" {
			f = p.fillHourGaps(f)
		}
		if !p.hasFigures(f, c) {
			p.put(firstColumn, at, cleanText(c.Title), p.sectionStyle())
			p.setStyle(firstColumn+1, at, lastColumn, at, p.sectionStyle())
			p.put(firstColumn, at+1, "No calls to draw.", p.greyStyle())
			at += 2
			continue
		}
		all = append(all, pendingChart{c, f, at})
		p.height(at, chartHeight*0.75+4)
		at++
	}
	return at, all
}

// drawable says whether a chart has anything but zeros to draw.
func (p *page) hasFigures(f *resultSet, c Chart) bool {
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
func (p *page) fillHourGaps(f *resultSet) *resultSet {
	full := &resultSet{query: f.query, columns: f.columns}
	for i := range f.rows {
		hour := f.row(i).count("local_hour")
		for len(full.rows) > 0 && full.row(len(full.rows)-1).count("local_hour") < hour-1 {
			quiet := make([]any, len(f.columns))
			for k, column := range f.columns {
				if p.catalog.aggregateColumn(column).format == "count" {
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
func (p *page) writeChartData(all []pendingChart, at int) {
	if len(all) == 0 {
		return
	}
	p.put(firstColumn, at, "Figures behind the charts (not printed)", p.sectionStyle())
	p.setStyle(firstColumn+1, at, lastColumn, at, p.sectionStyle())
	at++
	for _, d := range all {
		at = p.writeFigures(d, at+1) + 1
	}
}

// names are the columns of a chart's query that it needs.
func (c Chart) columnNames() []string {
	names := append([]string{c.By}, c.Columns...)
	if c.Line != "" {
		names = append(names, c.Line)
	}
	return names
}

func (p *page) writeFigures(d pendingChart, at int) int {
	names := d.chart.columnNames()
	found, err := d.data.columnIndexes(names)
	p.check(err)
	if p.err != nil {
		return at
	}
	words := describeColumns(names, nil, p.catalog.aggregateColumn)
	for i := range words {
		if words[i].format == "" {
			words[i].format = inferFormat(d.data.columnValues(found[i]))
		}
	}
	where := plot{
		sheet: p.name, header: at, first: at + 1, last: at + len(d.data.rows), categories: gridColumns[0],
		format: p.excelFormat(words[0].format), hasNegative: d.data.hasNegative(d.chart.Columns),
	}
	if words[0].format == "day" {
		where.format = axisDay(len(d.data.rows))
	}
	for i, w := range words {
		column := gridColumns[i]
		values := d.data.columnValues(found[i])
		format := p.numberFormat(w, values)
		if i == 0 {
			format = where.format // the chart shows the names of its points as their cells do
		}
		p.put(column, at, w.label, p.headerStyle(align(w.format, i+1)))
		row := at
		for v := range values {
			row++
			p.put(column, row, p.cellValue(v, w.format), cellStyle{format: format, align: align(w.format, i+1), size: 10})
		}
		switch {
		case i == 0:
		case w.name == d.chart.Line:
			where.line = &series{column, w}
		default:
			where.columns = append(where.columns, series{column, w})
		}
	}
	p.check(p.book.addChart(where, d.chart, p.name, cell(firstColumn, d.row), chartWidth, chartHeight))
	return where.last + 1
}
