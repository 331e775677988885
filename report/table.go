package report

import (
	"fmt"
	"slices"
)

// Every table begins below its title, the line that says what it is about, and a note.
const headerRow = 4

// fillTable writes a query's rows as a native table, and under it, outside the table, the total: asked for
// again, never added up.
func (b *book) fillTable(s Sheet) error {
	f, err := b.rows(s, b.req.Period)
	if err != nil {
		return err
	}
	if _, err := b.sparkFigures(s); err != nil {
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
	if s.Spark != nil {
		p.sparkColumns(s, &g)
	}
	at := g.end + 2
	if s.Total != "" {
		totals, err := b.data.one(totalOf(b.req.Period, b.req.Period, s.Filters))
		if err != nil {
			return err
		}
		p.total(g, s.Total, totals)
		at++
	}
	if left != "" {
		p.put(1, at, left, p.greyLook())
	}
	p.finish(s, g)
	if s.Spark != nil {
		p.sparkLines(s, p.sparkRows(s, f, g), len(s.Columns)+1, len(s.Columns)+2)
	}
	return p.err
}

// empty says that a sheet has no rows.
func (p *page) empty(s Sheet) error {
	p.put(1, headerRow, p.nothing(s), look{bold: true})
	p.width(1, 40)
	p.do(p.printing(s.Name, printing{landscape: true}))
	return p.err
}

// limited are the rows that a sheet shows, and in words how many it leaves out.
func (b *book) limited(s Sheet, f *frame) (shown *frame, left string) {
	if s.Limit == 0 || len(f.rows) <= s.Limit {
		return f, ""
	}
	left = b.leftOut(s, int64(len(f.rows)))
	return &frame{query: f.query, columns: f.columns, rows: f.rows[:s.Limit]}, left
}

// leftOut says what a limit leaves out, and sees that Notes does, too.
func (b *book) leftOut(s Sheet, rows int64) string {
	b.note(fmt.Sprintf("%s shows the first %s of %s rows, as the report's definition limits it.",
		s.Name, b.locale.Number(float64(s.Limit), 0), b.locale.Number(float64(rows), 0)))
	return fmt.Sprintf("and %s more, which this sheet leaves out", b.locale.Number(float64(rows-int64(s.Limit)), 0))
}

// A grid is where a table stands on its page.
type grid struct {
	words     []word
	formats   []string // Excel's number format of each column
	head, end int      // rows of the header and of the last data row
}

// grid writes header and rows, and sets widths from what they show.
func (p *page) grid(s Sheet, f *frame, head int) (grid, error) {
	at, err := f.find(s.Columns)
	if err != nil {
		return grid{}, err
	}
	if len(f.rows) > excelLimits.rows {
		return grid{}, fmt.Errorf("%s rows, and a sheet holds %s\nhint: limit it, or make it of kind detail, which goes on in the next sheet",
			p.locale.Number(float64(len(f.rows)), 0), p.locale.Number(float64(excelLimits.rows), 0))
	}
	g := grid{words: described(s.Columns, s.Labels, p.words.aggregate), head: head, end: head + len(f.rows)}
	for i := range g.words {
		p.column(&g, i, f, at[i])
	}
	p.height(head, 31)
	return g, p.err
}

// column writes one column of a grid.
func (p *page) column(g *grid, i int, f *frame, at int) {
	w := &g.words[i]
	values := func(yield func(any) bool) {
		for _, row := range f.rows {
			if !yield(row[at]) {
				return
			}
		}
	}
	if w.format == "" {
		w.format = firstFormat(values)
	}
	format := p.numberFormat(*w, values)
	g.formats = append(g.formats, format)
	side := align(w.format, i+1)
	p.put(i+1, g.head, w.label, p.filterLook(side))
	content, row := 0.0, g.head
	for v := range values {
		row++
		shown := p.value(v, w.format)
		if isText(w.format) && (i == 0 || slices.Contains(nameColumns, w.name)) {
			shown = p.named(w.name, v, shown)
		}
		if shown == nil && i == 0 && isText(w.format) {
			shown = unnamed(w.name)
		}
		p.cut(shown, *w)
		content = max(content, p.shownWidth(shown, *w, format))
		p.set(i+1, row, shown)
	}
	p.draw(i+1, g.head+1, i+1, g.end, p.cellLook(side, format).spaced())
	for n, row := range f.rows {
		value, _ := number(row[at])
		if signed := p.signedFormat(value, format); signed != format {
			p.draw(i+1, g.head+1+n, i+1, g.head+1+n, p.cellLook(side, signed).spaced())
		}
	}
	p.width(i+1, columnWidth(w.label, content))
}

// firstFormat guesses the format of a column no catalog describes by its first known value.
func firstFormat(values func(yield func(any) bool)) string {
	for v := range values {
		if v != nil {
			return guess(v)
		}
	}
	return ""
}

// unnamed is what the rows of a table are called that have no name: calls without a group are a group, too.
func unnamed(column string) any {
	switch column {
	case "call_group":
		return "(no group)"
	case "agent":
		return "(no agent)"
	case "campaign_id":
		return "(no campaign)"
	case "virtual_number":
		return "(no number)"
	}
	return nil
}

// total writes the total row, one empty row below the table so that sorting and filtering leave it alone.
func (p *page) total(g grid, label string, totals row) {
	at := g.end + 2
	p.height(at-1, 6)
	p.height(at, 18)
	for i, w := range g.words {
		v := any(clean(label))
		if i > 0 {
			v = p.value(totals.get(w.name), w.format)
		}
		figure, _ := number(v)
		p.put(i+1, at, v, p.totalLook(align(w.format, i+1), p.signedFormat(figure, g.formats[i])).spaced())
	}
}

// finish makes the table native, adds data bars, and sets the sheet up for screen and paper.
func (p *page) finish(s Sheet, g grid) {
	p.table(s, span(1, g.head, len(g.words), g.end))
	for i, w := range g.words {
		for _, bar := range s.Bars {
			if bar == w.name {
				p.bars(span(i+1, g.head+1, i+1, g.end), w)
			}
		}
	}
	p.freeze(1, g.head)
	p.view(false, 100)
	p.do(p.printing(p.name, printing{landscape: true, headerRows: g.head}))
}
