package report

// A card is five rows high: whose it is, what its figures are called, the figures, those of all for comparison, and a gap.
var cardHeights = []float64{22, 15, 24, 15, 9}

const (
	cardWidth = 17 // characters of a figure
	// What A4 on its side has room for, in points, without its margins.
	pageWidth, pageHeight = 770, 505
	headingHeight         = 56
)

// fillCards writes a scorecard for each row of a query: its first column is whose it is, the others are its figures.
func (b *book) fillCards(s Sheet) error {
	f, err := b.sheetRows(s, b.req.Period)
	if err != nil {
		return err
	}
	totals, err := b.data.singleRow(totalSpec(b.req.Period, b.req.Period, s.Filters))
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
	found, err := f.columnIndexes(s.Columns)
	if err != nil {
		return err
	}
	words := describeColumns(s.Columns, s.Labels, p.catalog.aggregateColumn)
	formats := make([]string, len(words))
	for i := range words {
		values := f.columnValues(found[i])
		if words[i].format == "" {
			words[i].format = inferFormat(values)
		}
		formats[i] = p.numberFormat(words[i], values)
		p.width(i+1, cardWidth)
	}
	var rows []sparkRow
	at := headerRow
	for _, values := range f.rows {
		p.writeCard(s, words, formats, values, found, totals, at)
		rows = append(rows, sparkRow{at + 2, values[found[0]]})
		at += len(cardHeights)
	}
	if left != "" {
		p.put(1, at, left, p.greyStyle())
	}
	if s.Spark != nil {
		p.width(len(words), sparkWidth)
		p.sparkLines(s, rows, len(words), len(words)+2)
	}
	p.freeze(0, headerRow-1)
	p.view(false, 100)
	p.setUpCardPrinting(len(words), len(f.rows), s.Spark != nil)
	return p.err
}

// cardPages prints whole cards.
func (p *page) setUpCardPrinting(columns, cards int, spark bool) {
	width := float64(columns) * columnPoints(cardWidth)
	if spark {
		width += columnPoints(sparkWidth) - columnPoints(cardWidth)
	}
	percent := min(100, int(95*pageWidth/width)) // letters differ a little from one program to another
	height := 0.0
	for _, row := range cardHeights {
		height += row
	}
	fit := max(1, int((100*pageHeight/float64(percent)-headingHeight)/height))
	p.check(p.setUpPrinting(p.name, printSetup{landscape: true, headerRows: headerRow - 1, percent: percent}))
	for card := fit; card < cards; card += fit {
		p.check(p.file.InsertPageBreak(p.name, cell(1, headerRow+card*len(cardHeights))))
	}
}

// points is the width of a column of so many characters: seven pixels each and five of padding, of three quarters of a point.
func columnPoints(characters float64) float64 { return (characters*7 + 5) * 0.75 }

// card writes one: figures stand from the first column on, the line of its days behind them.
func (p *page) writeCard(s Sheet, words []columnMeta, formats []string, values []any, found []int, totals row, at int) {
	pale := cellStyle{fill: p.theme.Pale, valign: "center"}
	head, label, figure, whole := pale, pale, pale, pale
	head.align = "left"
	head.topBorder, head.thickTop, head.bold, head.size, head.textColour, head.indent = p.theme.Blue, true, true, 13, p.theme.Blue, 1
	label.size, label.textColour, label.align, label.indent = 9.5, p.theme.Grey, "left", 1
	figure.size, figure.bold, figure.align, figure.indent = 13, true, "left", 1
	whole.size, whole.textColour, whole.align, whole.indent = 9.5, p.theme.Grey, "left", 1
	name := p.displayName(words[0].name, values[found[0]], p.cellValue(values[found[0]], words[0].format))
	p.checkTruncated(name, words[0])
	if name == nil {
		name = missingName(words[0].name)
	}
	last := len(words)
	p.setStyle(1, at, last, at, head)
	p.put(1, at, name, head)
	for i, height := range cardHeights {
		p.height(at+i, height)
	}
	p.setStyle(last, at+1, last, at+3, pale)
	for i, w := range words[1:] {
		figure.format, whole.format = formats[i+1], formats[i+1]
		p.put(i+1, at+1, w.label, label)
		p.put(i+1, at+2, p.cellValue(values[found[i+1]], w.format), figure)
		var all any
		if s.Total != "" {
			if text := p.formatValue(totals.get(w.name), w.format); text != "" && w.isAverage() {
				all = cleanText(s.Total) + " " + text
			}
		}
		p.put(i+1, at+3, all, whole)
	}
	if s.Spark != nil {
		p.put(last, at+1, expandDays(p.catalog.aggregateColumn(s.Spark.Column).label+", {days} days", len(p.sparkDays(s.Spark))), label)
	}
}
