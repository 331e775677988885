package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"callsheet/internal/period"
	"callsheet/internal/sqlvalue"
)

// fillTrend writes the days as a table, with charts beside it.
func (b *book) fillTrend(s Sheet) error {
	covered := extendBack(b.req.Period, s.Days)
	result, err := b.sheetRows(s, covered)
	if err != nil {
		return err
	}
	if !slices.Contains(result.columns, "local_day") && len(s.Charts) > 0 {
		return fmt.Errorf("query %s has no column local_day, and the charts of a trend sheet are by day\nhint: return local_day, or leave out charts", s.Query)
	}
	p := b.newPage(s.Name)
	p.heading(s, covered)
	if len(result.rows) == 0 {
		return p.writeEmpty(s)
	}
	totals, err := b.sheetTotals(s, covered)
	if err != nil {
		return err
	}
	s = b.withFigures(s, result, totals)
	t, err := p.writeTable(s, result, headerRow)
	if err != nil {
		return err
	}
	if s.Total != "" {
		p.writeTotal(t, expandDays(s.Total, b.days(result, covered)), totals)
	}
	p.finishTable(s, t)
	p.SetWidth(len(t.columns)+1, 3)
	at, charts := headerRow, chartArea{}
	goals := 0
	for _, c := range s.Charts {
		c.Columns = slices.DeleteFunc(slices.Clone(c.Columns), func(column string) bool { return !slices.Contains(s.Columns, column) })
		if len(c.Columns) == 0 || !hasFigures(result, c) {
			continue
		}
		if !slices.Contains(s.Columns, c.Line) {
			c.Line = ""
		}
		source := b.trendPlot(s, c, t)
		drawn := b.compared.withoutDaysBefore(result)
		source.first += len(result.rows) - len(drawn.rows)
		c.Title = expandDays(c.Title, b.days(drawn, covered))
		if source.first == source.last && t.columns[0].format == "day" {
			continue // as on the summary
		}
		source.hasNegative, source.highest = result.hasNegative(c.Columns), result.highest(c.Columns)
		source.lineHighest = result.highest([]string{c.Line})
		place := chartPlace{len(t.columns) + 2, at, 720, 240}
		charts = p.chartArea(place)
		if goal, ok := p.lineGoal(source, s.Filters); ok {
			goals++
			source.goal = charts.last + 1 + goals // beside the charts, not printed
			p.writeGoalColumn(source, goal)
		}
		p.addChart(source, c, place)
		at += 13
	}
	p.setUpTablePrinting(len(t.columns), t.header, p.LastRow(), charts)
	return p.Err()
}

// trendPlot returns the plot of a chart that draws columns of the sheet's own table.
func (b *book) trendPlot(s Sheet, c Chart, t tableLayout) plot {
	find := func(name string) series {
		i := slices.IndexFunc(t.columns, func(c columnMeta) bool { return c.name == name })
		return series{i + 1, b.catalog.metricColumn(name)}
	}
	source := plot{sheet: s.Name, header: t.header, first: t.header + 1, last: t.last, categories: 1, categoryFormat: t.formats[0]}
	if t.columns[0].format == "day" {
		source.categoryFormat = axisDayFormat(t.last - t.header)
	}
	for _, column := range c.Columns {
		source.columns = append(source.columns, find(column))
	}
	if c.Line != "" {
		line := find(c.Line)
		source.line = &line
	}
	return source
}

// days returns the number of days that rows are of, without those still to come: by their local_day, else those of the period.
func (b *book) days(result *resultSet, covered period.Period) int {
	covered = b.begun(covered)
	index := slices.Index(result.columns, "local_day")
	if index < 0 {
		return covered.Days()
	}
	different := map[string]bool{}
	for _, values := range result.rows {
		if !sqlvalue.Wall(values[index]).After(covered.To) {
			different[cellKey(values[index])] = true
		}
	}
	return len(different)
}

// expandDays replaces {days} in a title by a number of days: "Last 14 days", "Last day".
func expandDays(title string, n int) string {
	if n == 1 {
		title = strings.NewReplacer("Last {days} days", "Last day", "All {days} days", "1 day", "{days} days", "1 day").Replace(title)
	}
	return strings.ReplaceAll(title, "{days}", strconv.Itoa(n))
}
