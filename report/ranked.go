package report

import (
	"cmp"
	"slices"
)

// topRanked is how many rows a ranking shows unless its definition says otherwise.
const defaultRankedRows = 20

// fillRanked writes the rows of a query by their second column, the greatest first, with a bar for each beside the table.
func (b *book) fillRanked(s Sheet) error {
	if s.Limit == 0 {
		s.Limit = defaultRankedRows
	}
	f, err := b.sheetRows(s, b.req.Period)
	if err != nil {
		return err
	}
	if f, err = rankBy(f, s.Columns[1]); err != nil {
		return err
	}
	p := b.page(s.Name)
	p.heading(s, b.req.Period)
	if len(f.rows) == 0 {
		return p.writeEmpty(s)
	}
	f, left := b.applyLimit(s, f)
	g, err := p.writeTable(s, f, headerRow)
	if err != nil {
		return err
	}
	if left != "" {
		p.put(1, g.last+2, left, p.greyStyle())
	}
	p.finishTable(s, g)
	by := g.columns[1]
	p.width(len(g.columns)+1, 3)
	p.check(b.addChart(plot{
		sheet: s.Name, header: g.header, first: g.header + 1, last: g.last, categories: 1, columns: []series{{2, by}}, horizontal: true,
		hasNegative: f.hasNegative(s.Columns[1:2]),
	}, Chart{Title: by.label}, s.Name, cell(len(g.columns)+2, headerRow), 640, uint(90+24*len(f.rows))))
	return p.err
}

// rankedBy are the rows in which a figure is known and not 0, the greatest first.
func rankBy(f *resultSet, column string) (*resultSet, error) {
	at, err := f.columnIndexes([]string{column})
	if err != nil {
		return nil, err
	}
	figure := func(values []any) float64 {
		n, _ := toNumber(values[at[0]])
		return n
	}
	rows := slices.DeleteFunc(slices.Clone(f.rows), func(values []any) bool { return figure(values) == 0 })
	slices.SortStableFunc(rows, func(x, y []any) int { return cmp.Compare(figure(y), figure(x)) })
	return &resultSet{query: f.query, columns: f.columns, rows: rows}, nil
}
