package report

import (
	"callsheet/internal/sqlvalue"
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"
)

// A sparkRow is a row whose figures of each day stand in the cells from one column on.
type sparkRow struct {
	row int
	key any // of the row, as the first column of the spark's query has it
}

// sparkColumns adds to a table the column of its lines and, hidden, those of the days that they draw: they are the table's, so that
// they are sorted and filtered with it.
func (p *page) sparkColumns(s Sheet, g *tableLayout) {
	w, days := p.catalog.aggregateColumn(s.Spark.Column), p.sparkDays(s.Spark)
	label, format := s.Spark.Label, p.excelFormat(w.format)
	if label == "" {
		label = w.label + ", {days} days"
	}
	heads := []string{expandDays(label, len(days))}
	for _, day := range days {
		heads = append(heads, day.Format("Mon 2 Jan 2006"))
	}
	taken := map[string]bool{}
	for _, word := range g.columns {
		uniqueName(word.label, taken)
	}
	column := len(g.columns) + 1
	for i, head := range heads {
		head = uniqueName(headerText(head), taken)
		g.columns, g.formats = append(g.columns, columnMeta{label: head}), append(g.formats, format)
		p.put(column+i, g.header, head, p.filterHeaderStyle("left"))
	}
	p.setStyle(column, g.header+1, column+len(days), g.last, p.bodyStyle("right", format))
	p.width(column, sparkWidth)
}

// sparkRows are those of a table.
func (p *page) sparkRows(s Sheet, f *resultSet, g tableLayout) []sparkRow {
	at, err := f.columnIndexes(s.Columns[:1])
	p.check(err)
	if p.err != nil {
		return nil
	}
	rows := make([]sparkRow, len(f.rows))
	for i, values := range f.rows {
		rows[i] = sparkRow{g.header + 1 + i, values[at[0]]}
	}
	return rows
}

// sparkWidth is that of a line, in characters.
const sparkWidth = 22

// sparkDays are the days of a line.
func (b *book) sparkDays(s *Spark) (days []time.Time) {
	span := extendBack(b.req.Period, s.Days)
	for day := span.From; !day.After(span.To); day = day.AddDate(0, 0, 1) {
		days = append(days, day)
	}
	return days
}

// sparkLines draws a line into a column for each row, and puts the figures of its days into the hidden columns from another on.
func (p *page) sparkLines(s Sheet, rows []sparkRow, column, from int) {
	days := p.sparkDays(s.Spark)
	figures, err := p.sparkFigures(s)
	p.check(err)
	if p.err != nil {
		return
	}
	drawn := map[string]bool{}
	w := p.catalog.aggregateColumn(s.Spark.Column)
	var places, sources []string
	for _, r := range rows {
		if drawn[cellKey(r.key)] {
			p.check(fmt.Errorf("spark: several rows have the %s %s, and would have the same line\nhint: take a query whose first column tells its rows apart", s.Columns[0], toText(r.key)))
			return
		}
		drawn[cellKey(r.key)] = true
		for i, day := range days {
			v := p.cellValue(figures[cellKey(r.key)+cellKey(sqlvalue.Date(day))], w.format)
			if v == nil && w.format == "count" {
				v = int64(0) // no call that day, and that is known
			}
			p.set(from+i, r.row, v)
		}
		places = append(places, cell(column, r.row))
		sources = append(sources, quoted(p.name)+"!"+span(from, r.row, from+len(days)-1, r.row))
	}
	p.hideColumns(from, from+len(days)-1)
	p.check(p.file.AddSparkline(p.name, &excelize.SparklineOptions{
		Location: places, Range: sources, Type: "line", EmptyCells: "gap", Weight: 1.25, SeriesColor: "#" + p.theme.Blue,
	}))
	// Nobody sees the columns that a line draws, and excelize has no word for that.
	p.patch(p.part(), "<x14:sparklineGroup ", `<x14:sparklineGroup displayHidden="true" `)
}

// sparkFigures are those of the lines, by the row's key and day; none where a sheet has no lines.
func (b *book) sparkFigures(s Sheet) (map[string]any, error) {
	if s.Spark == nil {
		return nil, nil
	}
	f, err := b.data.result(querySpec{s.Spark.Query, extendBack(b.req.Period, s.Spark.Days), s.Filters})
	if err != nil {
		return nil, err
	}
	at, err := f.columnIndexes([]string{s.Columns[0], "local_day", s.Spark.Column})
	if err != nil {
		return nil, fmt.Errorf("spark: %w", err)
	}
	figures := map[string]any{}
	for _, values := range f.rows {
		key := cellKey(values[at[0]]) + cellKey(values[at[1]])
		if _, twice := figures[key]; twice {
			return nil, fmt.Errorf("spark: query %s has several rows for %s of one day\nhint: take one with a row for each %s and day, such as group_days or agent_days",
				s.Spark.Query, toText(values[at[0]]), s.Columns[0])
		}
		figures[key] = values[at[2]]
	}
	return figures, nil
}

// hide keeps columns in the file and out of sight.
func (p *page) hideColumns(from, to int) {
	first, err := excelize.ColumnNumberToName(from)
	p.check(err)
	last, err := excelize.ColumnNumberToName(to)
	p.check(err)
	p.check(p.file.SetColVisible(p.name, first+":"+last, false))
}
