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
	f, err := b.sheetRows(s, b.req.Period)
	if err != nil {
		return err
	}
	if _, err := b.sparkFigures(s); err != nil {
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
	if s.Spark != nil {
		p.sparkColumns(s, &g)
	}
	at := g.last + 2
	if s.Total != "" {
		totals, err := b.data.singleRow(totalSpec(b.req.Period, b.req.Period, s.Filters))
		if err != nil {
			return err
		}
		p.writeTotal(g, s.Total, totals)
		at++
	}
	if left != "" {
		p.put(1, at, left, p.greyStyle())
	}
	p.finishTable(s, g)
	if s.Spark != nil {
		p.sparkLines(s, p.sparkRows(s, f, g), len(s.Columns)+1, len(s.Columns)+2)
	}
	return p.err
}

// empty says that a sheet has no rows.
func (p *page) writeEmpty(s Sheet) error {
	p.put(1, headerRow, p.emptyMessage(s), cellStyle{bold: true})
	p.width(1, 40)
	p.check(p.setUpPrinting(s.Name, printSetup{landscape: true}))
	return p.err
}

// limited are the rows that a sheet shows, and in words how many it leaves out.
func (b *book) applyLimit(s Sheet, f *resultSet) (shown *resultSet, left string) {
	if s.Limit == 0 || len(f.rows) <= s.Limit {
		return f, ""
	}
	left = b.omittedText(s, int64(len(f.rows)))
	return &resultSet{query: f.query, columns: f.columns, rows: f.rows[:s.Limit]}, left
}

// leftOut says what a limit leaves out, and sees that Notes does, too.
func (b *book) omittedText(s Sheet, rows int64) string {
	b.addRemark(fmt.Sprintf("%s shows the first %s of %s rows, as the report's definition limits it.",
		s.Name, b.locale.Number(float64(s.Limit), 0), b.locale.Number(float64(rows), 0)))
	return fmt.Sprintf("and %s more, which this sheet leaves out", b.locale.Number(float64(rows-int64(s.Limit)), 0))
}

// A grid is where a table stands on its page.
type tableLayout struct {
	columns      []columnMeta
	formats      []string // Excel's number format of each column
	header, last int      // rows of the header and of the last data row
}

// grid writes header and rows, and sets widths from what they show.
func (p *page) writeTable(s Sheet, f *resultSet, head int) (tableLayout, error) {
	at, err := f.columnIndexes(s.Columns)
	if err != nil {
		return tableLayout{}, err
	}
	if len(f.rows) > excelLimits.rows {
		return tableLayout{}, fmt.Errorf("%s rows, and a sheet holds %s\nhint: limit it, or make it of kind detail, which goes on in the next sheet",
			p.locale.Number(float64(len(f.rows)), 0), p.locale.Number(float64(excelLimits.rows), 0))
	}
	g := tableLayout{columns: describeColumns(s.Columns, s.Labels, p.catalog.aggregateColumn), header: head, last: head + len(f.rows)}
	for i := range g.columns {
		p.writeColumn(&g, i, f, at[i])
	}
	p.height(head, 31)
	return g, p.err
}

// column writes one column of a grid.
func (p *page) writeColumn(g *tableLayout, i int, f *resultSet, at int) {
	w := &g.columns[i]
	values := func(yield func(any) bool) {
		for _, row := range f.rows {
			if !yield(row[at]) {
				return
			}
		}
	}
	if w.format == "" {
		w.format = inferFormat(values)
	}
	format := p.numberFormat(*w, values)
	g.formats = append(g.formats, format)
	side := align(w.format, i+1)
	p.put(i+1, g.header, w.label, p.filterHeaderStyle(side))
	content, row := 0.0, g.header
	for v := range values {
		row++
		shown := p.cellValue(v, w.format)
		if isText(w.format) && (i == 0 || slices.Contains(nameColumns, w.name)) {
			shown = p.displayName(w.name, v, shown)
		}
		if shown == nil && i == 0 && isText(w.format) {
			shown = missingName(w.name)
		}
		p.checkTruncated(shown, *w)
		content = max(content, p.displayWidth(shown, *w, format))
		p.set(i+1, row, shown)
	}
	p.setStyle(i+1, g.header+1, i+1, g.last, p.bodyStyle(side, format).padded())
	for n, row := range f.rows {
		value, _ := toNumber(row[at])
		if signed := p.negativeFormat(value, format); signed != format {
			p.setStyle(i+1, g.header+1+n, i+1, g.header+1+n, p.bodyStyle(side, signed).padded())
		}
	}
	p.width(i+1, columnWidth(w.label, content))
}

// firstFormat guesses the format of a column no catalog describes by its first known value.
func inferFormat(values func(yield func(any) bool)) string {
	for v := range values {
		if v != nil {
			return guessFormat(v)
		}
	}
	return ""
}

// unnamed is what the rows of a table are called that have no name: calls without a group are a group, too.
func missingName(column string) any {
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
func (p *page) writeTotal(g tableLayout, label string, totals row) {
	at := g.last + 2
	p.height(at-1, 6)
	p.height(at, 18)
	for i, w := range g.columns {
		v := any(cleanText(label))
		if i > 0 {
			v = p.cellValue(totals.get(w.name), w.format)
		}
		figure, _ := toNumber(v)
		p.put(i+1, at, v, p.totalStyle(align(w.format, i+1), p.negativeFormat(figure, g.formats[i])).padded())
	}
}

// finish makes the table native, adds data bars, and sets the sheet up for screen and paper.
func (p *page) finishTable(s Sheet, g tableLayout) {
	p.table(s, span(1, g.header, len(g.columns), g.last))
	for i, w := range g.columns {
		for _, bar := range s.Bars {
			if bar == w.name {
				p.dataBars(span(i+1, g.header+1, i+1, g.last), w)
			}
		}
	}
	p.freeze(1, g.header)
	p.view(false, 100)
	p.check(p.setUpPrinting(p.name, printSetup{landscape: true, headerRows: g.header}))
}
