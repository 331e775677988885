package report

import (
	"cmp"
	"fmt"
	"time"

	"callsheet/internal/sqlvalue"
	"callsheet/report/xlsx"
)

// A sparkRow is a row of a sheet that gets a sparkline.
type sparkRow struct {
	row int
	key any // value of the first column
}

// sparkWidth is the width of a sparkline's column in characters.
const sparkWidth = 22

// addSparkColumns adds to a table the column of the sparklines and the hidden columns of their days. As part of the table, they are
// sorted and filtered with it.
func (p *page) addSparkColumns(s Sheet, t *tableLayout) {
	c, days := p.catalog.metricColumn(s.Spark.Column), p.sparkDays(s.Spark)
	format, headers := p.excelFormat(c.format), []string{p.sparkLabel(s.Spark)}
	for _, day := range days {
		headers = append(headers, p.locale.Format(day, "Mon 2 Jan 2006"))
	}
	taken := map[string]bool{}
	for _, c := range t.columns {
		xlsx.UniqueName(c.label, taken)
	}
	column := len(t.columns) + 1
	for i, header := range headers {
		header = xlsx.UniqueName(xlsx.HeaderText(header), taken)
		t.columns, t.formats = append(t.columns, columnMeta{label: header}), append(t.formats, format)
		p.Put(column+i, t.header, header, p.filterHeaderStyle("left", column+i))
	}
	p.SetStyle(column, t.header+1, column+len(days), t.last, p.bodyStyle("right", format))
	p.SetWidth(column, sparkWidth)
}

// sparkLabel returns what sparklines are called. Days that are still to come have no figures and do not count.
func (b *book) sparkLabel(s *Spark) string {
	label := cmp.Or(s.Label, b.catalog.metricColumn(s.Column).label+", {days} days")
	return expandDays(label, b.begun(extendBack(b.req.Period, s.Days)).Days())
}

// sparkRows returns the rows of a table.
func (p *page) sparkRows(s Sheet, result *resultSet, t tableLayout) []sparkRow {
	indexes, err := result.columnIndexes(s.Columns[:1])
	p.Check(err)
	if p.Err() != nil {
		return nil
	}
	rows := make([]sparkRow, len(result.rows))
	for i, values := range result.rows {
		rows[i] = sparkRow{t.header + 1 + i, values[indexes[0]]}
	}
	return rows
}

func (b *book) sparkDays(s *Spark) (days []time.Time) {
	covered := extendBack(b.req.Period, s.Days)
	for day := covered.From; !day.After(covered.To); day = day.AddDate(0, 0, 1) {
		days = append(days, day)
	}
	return days
}

// addSparklines draws a sparkline into a column of each row, and writes the values of its days into hidden columns from firstDay on.
func (p *page) addSparklines(s Sheet, rows []sparkRow, column, firstDay int) {
	days := p.sparkDays(s.Spark)
	values, err := p.sparkValues(s)
	p.Check(err)
	if p.Err() != nil {
		return
	}
	seen := map[string]bool{}
	c := p.catalog.metricColumn(s.Spark.Column)
	var cells, ranges []string
	for _, r := range rows {
		key := cellKey(r.key)
		if seen[key] {
			p.Check(fmt.Errorf("spark: several rows have the %s %s, and would have the same line\nhint: use a query whose first column is different in each row",
				s.Columns[0], toText(r.key)))
			return
		}
		seen[key] = true
		for i, day := range days {
			v := p.cellValue(values[key+cellKey(sqlvalue.Date(day))], c.format)
			if v == nil && c.format == "count" && p.compared.hasDay(day) {
				v = int64(0) // the query has no row for a day without calls
			}
			p.Set(firstDay+i, r.row, v)
		}
		p.Set(column, r.row, " ") // LibreOffice prints the next figure, a hidden one, as ### into an empty cell at the edge of a page
		cells = append(cells, xlsx.Cell(column, r.row))
		ranges = append(ranges, xlsx.Range(firstDay, r.row, firstDay+len(days)-1, r.row))
	}
	p.HideColumns(firstDay, firstDay+len(days)-1)
	p.AddSparklines(cells, ranges, p.theme.Blue)
}

// sparkValues returns the values of the sparklines by the row's key and the day, or nothing if the sheet has no sparklines.
func (b *book) sparkValues(s Sheet) (map[string]any, error) {
	if s.Spark == nil {
		return nil, nil
	}
	result, err := b.data.result(querySpec{s.Spark.Query, extendBack(b.req.Period, s.Spark.Days), s.Filters})
	if err != nil {
		return nil, err
	}
	indexes, err := result.columnIndexes([]string{s.Columns[0], "local_day", s.Spark.Column})
	if err != nil {
		return nil, fmt.Errorf("spark: %w", err)
	}
	values := map[string]any{}
	for _, row := range result.rows {
		key := cellKey(row[indexes[0]]) + cellKey(row[indexes[1]])
		if _, duplicate := values[key]; duplicate {
			return nil, fmt.Errorf("spark: query %s has several rows for %s on one day\nhint: use one with a row for each %s and day, such as group_days or agent_days",
				s.Spark.Query, toText(row[indexes[0]]), s.Columns[0])
		}
		values[key] = row[indexes[2]]
	}
	return values, nil
}
