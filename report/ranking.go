package report

import (
	"cmp"
	"fmt"

	"callsheet/report/xlsx"
)

// writeRanking writes the first rows of a query, the total, and where to find the other rows.
func (p *page) writeRanking(r *Ranking, at int) int {
	if r == nil {
		return at
	}
	result, err := p.data.result(querySpec{r.Query, p.req.Period, nil})
	p.Check(err)
	if p.Err() != nil {
		return at
	}
	at = p.summarySection(r.Title, at)
	indexes, err := result.columnIndexes(r.Columns)
	p.Check(err)
	if p.Err() != nil {
		return at
	}
	if len(result.rows) == 0 {
		p.Put(firstColumn, at, p.emptyMessage(Sheet{}), p.greyStyle())
		return at + 1
	}
	rows := r.shown(result)
	last := at + len(rows)
	p.SetStyle(firstColumn, at, lastColumn, at, p.headerStyle("left"))
	p.SetStyle(firstColumn, at+1, lastColumn, last, xlsx.CellStyle{BottomBorder: p.theme.Rule})
	p.SetStyle(firstColumn, last+1, lastColumn, last+1, xlsx.CellStyle{Bold: true, TopBorder: p.theme.Blue})
	p.SetHeight(at, 30)
	for i, c := range describeColumns(r.Columns, r.Labels, p.catalog.metricColumn) {
		p.writeRankingColumn(r, rows, c, indexes[i], rankingColumn(i), at)
	}
	p.SetHeight(last+1, 17)
	at = last + 2
	if rest := len(result.rows) - len(rows); rest > 0 {
		text := fmt.Sprintf("and %s more", p.locale.Number(float64(rest), 0))
		if sheet := p.sheetAbout(r.Query); sheet != "" {
			text += "  →  sheet " + sheet
			p.Link(firstColumn, at, sheet)
		}
		p.Put(firstColumn, at, text, p.greyStyle())
		at++
	}
	return at
}

// shown returns the first rows of a ranking's query.
func (r *Ranking) shown(result *resultSet) [][]any {
	return result.rows[:min(cmp.Or(r.Top, 10), len(result.rows))]
}

// rankingColumn returns the sheet's column for a column of the ranking. The first, which has names, is two columns wide.
func rankingColumn(i int) int {
	if i == 0 {
		return gridColumns[0]
	}
	return gridColumns[i+1]
}

// writeRankingColumn writes the header, the values and the total of a column.
func (p *page) writeRankingColumn(r *Ranking, rows [][]any, c columnMeta, index, column, header int) {
	values := columnValues(rows, index)
	if c.format == "" {
		c.format = inferFormat(values)
	}
	format, side := p.numberFormat(c, values), align(c.format, column-firstColumn+1)
	p.Put(column, header, c.label, p.headerStyle(side))
	row := header
	for v := range values {
		row++
		shown := p.columnValue(c, v)
		if column == firstColumn {
			shown = p.rankedName(c, v)
		}
		p.noteTruncated(shown, c)
		p.Put(column, row, shown, p.bodyStyle(side, format))
	}
	if r.Bar == c.name {
		p.addDataBars(xlsx.Range(column, header+1, column, row), c)
	}
	total := any(xlsx.CleanText(r.Total))
	if column != firstColumn {
		total = p.cellValue(p.summary.get(c.name), c.format)
	}
	p.Put(column, row+1, total, p.totalStyle(side, format))
}

// rankedName returns the name in the first column of a row.
func (b *book) rankedName(c columnMeta, v any) any {
	if shown := b.displayName(c.name, v, b.cellValue(v, c.format)); shown != nil {
		return shown
	}
	return missingName(c.name)
}

func (p *page) summarySection(title string, at int) int {
	p.Put(firstColumn, at, xlsx.CleanText(title), p.sectionStyle())
	p.SetStyle(firstColumn+1, at, lastColumn, at, p.sectionStyle())
	p.SetHeight(at, 22)
	return at + 1
}
