package report

import "fmt"

// ranking writes the first rows of a query, the total asked for again, and where the rest is.
func (p *page) ranking(r *Ranking, at int) int {
	if r == nil {
		return at
	}
	f, err := p.data.frame(ask{r.Query, p.req.Period, nil})
	p.do(err)
	if p.err != nil {
		return at
	}
	at = p.summarySection(r.Title, at)
	found, err := f.find(r.Columns)
	p.do(err)
	if p.err != nil {
		return at
	}
	if len(f.rows) == 0 {
		p.put(firstColumn, at, p.nothing(Sheet{}), p.greyLook())
		return at + 1
	}
	top := r.Top
	if top == 0 {
		top = 10
	}
	shown := min(top, len(f.rows))
	p.draw(firstColumn, at, lastColumn, at, p.headLook("left"))
	p.draw(firstColumn, at+1, lastColumn, at+shown, look{below: p.theme.Rule})
	p.draw(firstColumn, at+shown+1, lastColumn, at+shown+1, look{bold: true, above: p.theme.Blue})
	p.height(at, 30)
	for i, w := range described(r.Columns, r.Labels, p.words.aggregate) {
		p.rankColumn(r, f, w, rankAt(i), found[i], at, shown)
	}
	p.height(at+shown+1, 17)
	at += shown + 2
	if rest := len(f.rows) - shown; rest > 0 {
		words := fmt.Sprintf("and %s more", p.locale.Number(float64(rest), 0))
		if sheet := p.sheetAbout(r.Query); sheet != "" {
			words += "  →  sheet " + sheet
			p.link(firstColumn, at, sheet)
		}
		p.put(firstColumn, at, words, p.greyLook())
		at++
	}
	return at
}

// rankAt is the column of the grid for a column of the ranking: names take two.
func rankAt(i int) int {
	if i == 0 {
		return gridColumns[0]
	}
	return gridColumns[i+1]
}

func (p *page) rankColumn(r *Ranking, f *frame, w word, column, at, head, shown int) {
	values := func(yield func(any) bool) {
		for _, row := range f.rows[:shown] {
			if !yield(row[at]) {
				return
			}
		}
	}
	if w.format == "" {
		w.format = firstFormat(values)
	}
	format, side := p.numberFormat(w, values), align(w.format, column-firstColumn+1)
	p.put(column, head, w.label, p.headLook(side))
	row := head
	for v := range values {
		row++
		value := p.value(v, w.format)
		if column == firstColumn {
			value = p.named(w.name, v, value)
		}
		p.cut(value, w)
		if value == nil && column == firstColumn {
			value = unnamed(w.name)
		}
		p.put(column, row, value, p.cellLook(side, format))
	}
	if r.Bar == w.name {
		p.bars(span(column, head+1, column, head+shown), w)
	}
	total := any(clean(r.Total))
	if column != firstColumn {
		total = p.value(p.summary.get(w.name), w.format)
	}
	p.put(column, head+shown+1, total, p.totalLook(side, format))
}

func (p *page) summarySection(title string, at int) int {
	p.put(firstColumn, at, clean(title), p.sectionLook())
	p.draw(firstColumn+1, at, lastColumn, at, p.sectionLook())
	p.height(at, 22)
	return at + 1
}
