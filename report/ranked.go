package report

import (
	"cmp"
	"slices"
)

// topRanked is how many rows a ranking shows unless its definition says otherwise.
const topRanked = 20

// fillRanked writes the rows of a query by their second column, the greatest first, with a bar for each beside the table.
func (b *book) fillRanked(s Sheet) error {
	if s.Limit == 0 {
		s.Limit = topRanked
	}
	f, err := b.rows(s, b.req.Period)
	if err != nil {
		return err
	}
	if f, err = rankedBy(f, s.Columns[1]); err != nil {
		return err
	}
	p := b.page(s.Name)
	p.heading(s, b.req.Period)
	if len(f.rows) == 0 {
		return p.empty(s)
	}
	f, left := b.limited(s, f)
	g, err := p.grid(s, f, headerRow)
	if err != nil {
		return err
	}
	if left != "" {
		p.put(1, g.end+2, left, p.greyLook())
	}
	p.finish(s, g)
	by := g.words[1]
	p.width(len(g.words)+1, 3)
	p.do(b.draw(plot{
		sheet: s.Name, head: g.head, from: g.head + 1, to: g.end, categories: 1, columns: []series{{2, by}}, lying: true,
		negative: f.negative(s.Columns[1:2]),
	}, Chart{Title: by.label}, s.Name, cell(len(g.words)+2, headerRow), 640, uint(90+24*len(f.rows))))
	return p.err
}

// rankedBy are the rows in which a figure is known and not 0, the greatest first.
func rankedBy(f *frame, column string) (*frame, error) {
	at, err := f.find([]string{column})
	if err != nil {
		return nil, err
	}
	figure := func(values []any) float64 {
		n, _ := number(values[at[0]])
		return n
	}
	rows := slices.DeleteFunc(slices.Clone(f.rows), func(values []any) bool { return figure(values) == 0 })
	slices.SortStableFunc(rows, func(x, y []any) int { return cmp.Compare(figure(y), figure(x)) })
	return &frame{query: f.query, columns: f.columns, rows: rows}, nil
}
