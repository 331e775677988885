package report

import "callsheet/report/xlsx"

const (
	cardWidth     = 17 // characters of a column
	headingHeight = 56 // points
)

// A cardLayout is what all cards of a sheet share.
type cardLayout struct {
	columns []columnMeta // the first names the card
	indexes []int        // in the query's row
	formats []string     // number formats
	totals  row
	heights []float64 // in points of a card's rows: its name, the labels, the values, the overall values, and a gap
}

// fillCards writes a scorecard for each row of a query. The first column names the card.
func (b *book) fillCards(s Sheet) error {
	result, err := b.sheetRows(s, b.req.Period)
	if err != nil {
		return err
	}
	totals, err := b.data.singleRow(querySpec{"total", b.req.Period, s.Filters})
	if err != nil {
		return err
	}
	sparks, err := b.sparkValues(s)
	if err != nil {
		return err
	}
	if !b.hasSparks(s, sparks) {
		s.Spark = nil
	}
	p := b.newPage(s.Name)
	p.heading(s, b.req.Period)
	if len(result.rows) == 0 {
		return p.writeEmpty(s)
	}
	s = b.withFigures(s, result, totals)
	result, omitted := b.applyLimit(s, result)
	layout, err := p.cardLayout(s, result, totals)
	if err != nil {
		return err
	}
	var rows []sparkRow
	at := headerRow
	for _, values := range result.rows {
		p.writeCard(s, layout, values, at)
		rows = append(rows, sparkRow{at + 2, values[layout.indexes[0]]})
		at += len(layout.heights)
	}
	if omitted != "" {
		p.Put(1, at, omitted, p.greyStyle())
	}
	columns := len(layout.columns)
	if s.Spark != nil {
		p.SetWidth(columns, sparkWidth)
		p.addSparklines(s, rows, columns, columns+2)
	}
	p.Freeze(0, headerRow-1)
	p.HideGridLines()
	p.setUpCardPrinting(layout, len(result.rows))
	return p.Err()
}

func (p *page) cardLayout(s Sheet, result *resultSet, totals row) (cardLayout, error) {
	indexes, err := result.columnIndexes(s.Columns)
	if err != nil {
		return cardLayout{}, err
	}
	l := cardLayout{columns: describeColumns(s.Columns, s.Labels, p.catalog.metricColumn), indexes: indexes, totals: totals}
	for i := range l.columns {
		c, values := &l.columns[i], columnValues(result.rows, indexes[i])
		if c.format == "" {
			c.format = inferFormat(values)
		}
		l.formats = append(l.formats, p.numberFormat(*c, values))
		p.SetWidth(i+1, cardWidth)
	}
	lines := 1
	for _, c := range l.columns[1:] {
		lines = max(lines, headerLines(c.label, cardWidth-margin("left")))
	}
	l.heights = []float64{22, 2 + 13*float64(lines), 24, 15, 9}
	return l, nil
}

// setUpCardPrinting breaks pages between cards.
func (p *page) setUpCardPrinting(l cardLayout, cards int) {
	scale := p.setUpScaledPrinting(p.printedColumns(len(l.columns)), headerRow-1)
	height := 0.0
	for _, row := range l.heights {
		height += row
	}
	perPage := max(1, int((pageHeight/scale-headingHeight)/height))
	for card := perPage; card < cards; card += perPage {
		p.BreakPage(headerRow + card*len(l.heights))
	}
}

// writeCard writes one card: its values from the first column on, and the sparkline in the last.
func (p *page) writeCard(s Sheet, l cardLayout, values []any, at int) {
	box := xlsx.CellStyle{Fill: p.theme.Pale, VAlign: "center"}
	name, label, value, overall := box, box, box, box
	name.Align = "left"
	name.TopBorder, name.ThickTop, name.Bold, name.Size, name.TextColour, name.Indent = p.theme.Blue, true, true, 13, p.theme.Blue, 1
	label.Size, label.TextColour, label.Align, label.Indent = 10, p.theme.Grey, "left", 1
	label.Wrap, label.VAlign = true, "bottom"
	value.Size, value.Bold, value.Align, value.Indent = 13, true, "left", 1
	overall.Size, overall.TextColour, overall.Align, overall.Indent = 10, p.theme.Grey, "left", 1
	first := l.columns[0]
	title := p.displayName(first.name, values[l.indexes[0]], p.columnValue(first, values[l.indexes[0]]))
	p.noteTruncated(title, first)
	if title == nil {
		title = missingName(first.name)
	}
	last := len(l.columns)
	p.SetStyle(1, at, last, at, name)
	p.Put(1, at, title, name)
	for i, height := range l.heights {
		p.SetHeight(at+i, height)
	}
	p.SetStyle(last, at+1, last, at+3, box)
	for i, c := range l.columns[1:] {
		value.NumberFormat, overall.NumberFormat = l.formats[i+1], l.formats[i+1]
		p.Put(i+1, at+1, c.label, label)
		p.Put(i+1, at+2, p.columnValue(c, values[l.indexes[i+1]]), shrinking(value))
		var comparison any
		if s.Total != "" {
			if text := p.formatValue(l.totals.get(c.name), c.format); text != "" && c.isAverage() {
				comparison = xlsx.CleanText(s.Total) + " " + text
			}
		}
		p.Put(i+1, at+3, comparison, overall)
	}
	if s.Spark != nil {
		p.Put(last, at+1, xlsx.CleanText(p.sparkLabel(s.Spark)), label)
	}
}
