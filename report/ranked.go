package report

import (
	"cmp"
	"slices"
)

// defaultRankedRows is the default number of rows of a ranked sheet.
const defaultRankedRows = 20

// fillRanked writes the rows of a query in descending order of their second column, as a table and as a bar chart beside it.
func (b *book) fillRanked(s Sheet) error {
	if s.Limit == 0 {
		s.Limit = defaultRankedRows
	}
	result, err := b.sheetRows(s, b.req.Period)
	if err != nil {
		return err
	}
	if result, err = rankBy(result, s.Columns[1]); err != nil {
		return err
	}
	enough := *result
	enough.rows = slices.DeleteFunc(slices.Clone(result.rows), func(values []any) bool { return !hasMinimum(result, values, s.Min) })
	few := len(result.rows) - len(enough.rows)
	result = &enough
	p := b.newPage(s.Name)
	p.heading(s, b.req.Period)
	if len(result.rows) == 0 {
		if few > 0 {
			s.Empty = b.notRanked(s.Columns[0], s.Min, few) + "."
		}
		return p.writeEmpty(s)
	}
	totals, err := b.sheetTotals(s, b.req.Period)
	if err != nil {
		return err
	}
	s = b.withFigures(s, result, totals)
	result, omitted := b.applyLimit(s, result)
	t, err := p.writeTable(s, result, headerRow)
	if err != nil {
		return err
	}
	at := t.last + 2
	if s.Total != "" {
		p.writeTotal(t, s.Total, totals)
		at++
	}
	if omitted != "" {
		p.Put(1, at, omitted, p.greyStyle())
		at++
	}
	if few > 0 {
		p.Put(1, at, "Besides, "+b.notRanked(s.Columns[0], s.Min, few)+".", p.greyStyle())
	}
	p.finishTable(s, t)
	by := t.columns[1]
	p.SetWidth(len(t.columns)+1, 3)
	place := chartPlace{len(t.columns) + 2, headerRow, 640, uint(90 + 24*len(result.rows))}
	p.addChart(plot{
		sheet: s.Name, header: t.header, first: t.header + 1, last: t.last, categories: 1, columns: []series{{2, by}},
		horizontal: true, hasNegative: result.hasNegative(s.Columns[1:2]), highest: result.highest(s.Columns[1:2]),
	}, Chart{Title: by.label}, place)
	p.setUpTablePrinting(len(t.columns), t.header, p.LastRow(), p.chartArea(place))
	return p.Err()
}

// rankBy returns the rows in which the value of a column is known and not 0, in descending order of it.
func rankBy(result *resultSet, column string) (*resultSet, error) {
	indexes, err := result.columnIndexes([]string{column})
	if err != nil {
		return nil, err
	}
	value := func(values []any) float64 {
		n, _ := toNumber(values[indexes[0]])
		return n
	}
	rows := slices.DeleteFunc(slices.Clone(result.rows), func(values []any) bool { return value(values) == 0 })
	slices.SortStableFunc(rows, func(x, y []any) int { return cmp.Compare(value(y), value(x)) })
	return &resultSet{query: result.query, columns: result.columns, rows: rows, absent: result.absent}, nil
}
