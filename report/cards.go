package report

// A card is five rows high: whose it is, what its figures are called, the figures, those of all for comparison, and a gap.
const cardRows = 5

// fillCards writes a scorecard for each row of a query: its first column is whose it is, the others are its figures.
func (b *book) fillCards(s Sheet) error {
	f, err := b.data.frame(s.Query, b.req.Period, s.Filters)
	if err != nil {
		return err
	}
	totals, err := b.data.one("summary", b.req.Period, s.Filters)
	if err != nil {
		return err
	}
	p := b.page(s.Name)
	p.heading(s, b.req.Period)
	if len(f.rows) == 0 {
		return p.empty(s)
	}
	f, left := b.limited(s, f)
	found, err := f.find(s.Columns)
	if err != nil {
		return err
	}
	words := described(s.Columns, s.Labels, p.words.aggregate)
	formats := make([]string, len(words))
	for i := range words {
		formats[i] = p.numberFormat(words[i], func(yield func(any) bool) {
			for _, values := range f.rows {
				if !yield(values[found[i]]) {
					return
				}
			}
		})
		p.width(i+1, cardWidth)
	}
	var rows []sparkRow
	at := headerRow
	for _, values := range f.rows {
		p.card(s, words, formats, values, found, totals, at)
		rows = append(rows, sparkRow{at + 2, values[found[0]]})
		at += cardRows
	}
	if left != "" {
		p.put(1, at, left, p.greyLook())
	}
	if s.Spark != nil {
		p.width(len(words), sparkWidth)
		p.sparkLines(s, rows, len(words), len(words)+2)
	}
	p.freeze(0, headerRow-1)
	p.view(false, 100)
	p.do(b.printing(s.Name, printing{landscape: true, headerRows: headerRow - 1}))
	return p.err
}

// cardWidth is that of a figure, in characters.
const cardWidth = 15

// card writes one: figures stand from the first column on, the line of its days behind them.
func (p *page) card(s Sheet, words []word, formats []string, values []any, found []int, totals row, at int) {
	pale := look{fill: p.theme.Pale, valign: "center"}
	head, label, figure, whole := pale, pale, pale, pale
	head.above, head.thickTop, head.bold, head.size, head.colour, head.indent = p.theme.Blue, true, true, 13, p.theme.Blue, 1
	label.size, label.colour, label.align, label.indent = 9.5, p.theme.Grey, "left", 1
	figure.size, figure.bold, figure.align, figure.indent = 13, true, "left", 1
	whole.size, whole.colour, whole.align, whole.indent = 9.5, p.theme.Grey, "left", 1
	name := p.value(values[found[0]], words[0].format)
	if name == nil {
		name = unnamed(words[0].name)
	}
	last := len(words)
	p.draw(1, at, last, at, head)
	p.put(1, at, name, head)
	p.height(at, 22)
	p.height(at+2, 24)
	p.height(at+4, 9)
	p.draw(last, at+1, last, at+3, pale)
	for i, w := range words[1:] {
		figure.format, whole.format = formats[i+1], formats[i+1]
		p.put(i+1, at+1, w.label, label)
		p.put(i+1, at+2, p.value(values[found[i+1]], w.format), figure)
		var all any
		if s.Total != "" {
			if said := p.say(totals.get(w.name), w.format); said != "" && w.format != "count" {
				all = clean(s.Total) + " " + said
			}
		}
		p.put(i+1, at+3, all, whole)
	}
	if s.Spark != nil {
		p.put(last, at+1, daysIn(p.words.aggregate(s.Spark.Column).label+", {days} days", len(p.sparkDays(s.Spark))), label)
	}
}
