package report

import (
	"callsheet/internal/period"
	"callsheet/report/xlsx"
)

// A pendingChart is a chart whose data is still to be written, below the printed page.
type pendingChart struct {
	chart Chart
	data  *resultSet
	row   int // of the chart
}

// reserveCharts leaves room for the charts. writeChartData draws them when the place of their data is known.
func (p *page) reserveCharts(s Sheet, at int) (int, []pendingChart) {
	var pending []pendingChart
	for _, c := range s.Charts {
		covered := extendBack(p.req.Period, c.Days)
		result, err := p.data.result(querySpec{c.Query, covered, nil})
		p.Check(err)
		if p.Err() != nil {
			return at, nil
		}
		if _, err := result.columnIndexes(c.columnNames()); err != nil {
			p.Check(err)
			return at, nil
		}
		switch c.By {
		case "local_hour":
			result = p.fillHourGaps(result, covered)
		case "local_day":
			if result = p.compared.withoutDaysBefore(result); len(result.rows) == 1 {
				continue // LibreOffice shows another date under a single column, and the tiles have the figures
			}
		}
		if !hasFigures(result, c) {
			p.Put(firstColumn, at, xlsx.CleanText(expandDays(c.Title, p.begun(covered).Days())), p.sectionStyle())
			p.SetStyle(firstColumn+1, at, lastColumn, at, p.sectionStyle())
			p.Put(firstColumn, at+1, "Nothing to draw.", p.greyStyle())
			at += 2
			continue
		}
		c.Title = expandDays(c.Title, p.days(result, covered))
		pending = append(pending, pendingChart{c, result, at})
		p.SetHeight(at, chartHeight*0.75+4)
		at++
	}
	return at, pending
}

// hasFigures reports whether any value of a chart's columns is known and not 0.
func hasFigures(result *resultSet, c Chart) bool {
	for i := range result.rows {
		for _, column := range c.Columns {
			if n, ok := result.row(i).number(column); ok && n != 0 {
				return true
			}
		}
	}
	return false
}

// fillHourGaps adds a row for each hour without calls between hours with calls, so that the chart shows the gap. The counts of such a
// row are 0 if there can be figures of that hour.
func (p *page) fillHourGaps(result *resultSet, covered period.Period) *resultSet {
	full := &resultSet{query: result.query, columns: result.columns, absent: result.absent}
	for i := range result.rows {
		hour := result.row(i).count("local_hour")
		for len(full.rows) > 0 && full.row(len(full.rows)-1).count("local_hour") < hour-1 {
			gap := full.row(len(full.rows)-1).count("local_hour") + 1
			empty := make([]any, len(result.columns))
			for k, column := range result.columns {
				if p.catalog.metricColumn(column).format == "count" && p.compared.hasHourOfDay(covered, gap) {
					empty[k] = int64(0)
				}
				if column == "local_hour" {
					empty[k] = gap
				}
			}
			full.rows = append(full.rows, empty)
		}
		full.rows = append(full.rows, result.rows[i])
	}
	return full
}

// columnNames returns the columns that a chart needs of its query.
func (c Chart) columnNames() []string {
	names := append([]string{c.By}, c.Columns...)
	if c.Line != "" {
		names = append(names, c.Line)
	}
	return names
}

// writeChartData writes the data of the charts below the printed page, for readers who want the figure behind a column and for previews
// without charts, and adds the charts.
func (p *page) writeChartData(pending []pendingChart, at int) {
	if len(pending) == 0 {
		return
	}
	p.Put(firstColumn, at, "Figures behind the charts (not printed)", p.sectionStyle())
	p.SetStyle(firstColumn+1, at, lastColumn, at, p.sectionStyle())
	at++
	for _, c := range pending {
		at = p.writeChart(c, at+1) + 1
	}
}

// writeChart writes the data of one chart from row at on, adds the chart, and returns the row after the data.
func (p *page) writeChart(pending pendingChart, at int) int {
	names, data := pending.chart.columnNames(), pending.data
	indexes, err := data.columnIndexes(names)
	p.Check(err)
	if p.Err() != nil {
		return at
	}
	columns := describeColumns(names, nil, p.catalog.metricColumn)
	for i := range columns {
		if columns[i].format == "" {
			columns[i].format = inferFormat(columnValues(data.rows, indexes[i]))
		}
	}
	source := plot{
		sheet: p.Name, header: at, first: at + 1, last: at + len(data.rows), categories: gridColumns[0],
		categoryFormat: p.excelFormat(columns[0].format), hasNegative: data.hasNegative(pending.chart.Columns), highest: data.highest(pending.chart.Columns),
		lineHighest: data.highest([]string{pending.chart.Line}),
	}
	if columns[0].format == "day" {
		source.categoryFormat = axisDayFormat(len(data.rows))
	}
	for i, c := range columns {
		column, values := gridColumns[i], columnValues(data.rows, indexes[i])
		format := p.numberFormat(c, values)
		if i == 0 {
			format = source.categoryFormat // the chart shows the categories as their cells do
		}
		p.Put(column, at, c.label, p.headerStyle(align(c.format, i+1)))
		row := at
		for v := range values {
			row++
			p.Put(column, row, p.cellValue(v, c.format), shrinking(xlsx.CellStyle{NumberFormat: format, Align: align(c.format, i+1), Size: 10}))
		}
		switch {
		case i == 0:
		case c.name == pending.chart.Line:
			source.line = &series{column, c}
		default:
			source.columns = append(source.columns, series{column, c})
		}
	}
	goal, ok := p.lineGoal(source, nil)
	if ok {
		differ, err := p.goalsDiffer(source.line.meta.name, pending.chart.By, goal)
		p.Check(err)
		ok = !differ
	}
	if ok && len(columns) < len(gridColumns) {
		source.goal = gridColumns[len(columns)]
		p.writeGoalColumn(source, goal)
	}
	p.addChart(source, pending.chart, chartPlace{firstColumn, pending.row, chartWidth, chartHeight})
	return source.last + 1
}
