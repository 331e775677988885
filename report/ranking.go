package report

import "fmt"

// ranking writes the first rows of a query, the total asked for again, and where the rest is.
func (p *page) writeRanking(r *Ranking, at int) int {
	if r == nil {
		return at
	}
	f, err := p.data.result(querySpec{r.Query, p.req.Period, nil})
	p.check(err)
	if p.err != nil {
		return at
	}
	at = p.summarySection(r.Title, at)
	found, err := f.columnIndexes(r.Columns)
	p.check(err)
	if p.err != nil {
		return at
	}
	if len(f.rows) == 0 {
		p.put(firstColumn, at, p.emptyMessage(Sheet{}), p.greyStyle())
		return at + 1
	}
	top := r.Top
	if top == 0 {
		top = 10
	}
	shown := min(top, len(f.rows))
	p.setStyle(firstColumn, at, lastColumn, at, p.headerStyle("left"))
	p.setStyle(firstColumn, at+1, lastColumn, at+shown, cellStyle{bottomBorder: p.theme.Rule})
	p.setStyle(firstColumn, at+shown+1, lastColumn, at+shown+1, cellStyle{bold: true, topBorder: p.theme.Blue})
	p.height(at, 30)
	for i, w := range describeColumns(r.Columns, r.Labels, p.catalog.aggregateColumn) {
		p.writeRankingColumn(r, f, w, rankingColumn(i), found[i], at, shown)
	}
	p.height(at+shown+1, 17)
	at += shown + 2
	if rest := len(f.rows) - shown; rest > 0 {
		words := fmt.Sprintf("and %s more", p.locale.Number(float64(rest), 0))
		if sheet := p.sheetAbout(r.Query); sheet != "" {
			words += "  →  sheet " + sheet
			p.link(firstColumn, at, sheet)
		}
		p.put(firstColumn, at, words, p.greyStyle())
		at++
	}
	return at
}

// rankAt is the column of the grid for a column of the ranking: names take two.
func rankingColumn(i int) int {
	if i == 0 {
		return gridColumns[0]
	}
	return gridColumns[i+1]
}

func (p *page) writeRankingColumn(r *Ranking, f *resultSet, w columnMeta, column, at, head, shown int) {
	values := func(yield func(any) bool) {
		for _, row := range f.rows[:shown] {
			if !yield(row[at]) {
				return
			}
		}
	}
	if w.format == "" {
		w.format = inferFormat(values)
	}
	format, side := p.numberFormat(w, values), align(w.format, column-firstColumn+1)
	p.put(column, head, w.label, p.headerStyle(side))
	row := head
	for v := range values {
		row++
		value := p.cellValue(v, w.format)
		if column == firstColumn {
			value = p.displayName(w.name, v, value)
		}
		p.checkTruncated(value, w)
		if value == nil && column == firstColumn {
			value = missingName(w.name)
		}
		p.put(column, row, value, p.bodyStyle(side, format))
	}
	if r.Bar == w.name {
		p.dataBars(span(column, head+1, column, head+shown), w)
	}
	total := any(cleanText(r.Total))
	if column != firstColumn {
		total = p.cellValue(p.summary.get(w.name), w.format)
	}
	p.put(column, head+shown+1, total, p.totalStyle(side, format))
}

func (p *page) summarySection(title string, at int) int {
	p.put(firstColumn, at, cleanText(title), p.sectionStyle())
	p.setStyle(firstColumn+1, at, lastColumn, at, p.sectionStyle())
	p.height(at, 22)
	return at + 1
}
