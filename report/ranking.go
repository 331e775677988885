package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

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
	rows, remark := p.rankedRows(r, result)
	last := at + len(rows)
	p.SetStyle(firstColumn, at, lastColumn, at, p.headerStyle("left"))
	p.SetStyle(firstColumn, at+1, lastColumn, last, xlsx.CellStyle{BottomBorder: p.theme.Rule})
	p.SetStyle(firstColumn, last+1, lastColumn, last+1, xlsx.CellStyle{Bold: true, TopBorder: p.theme.Blue})
	columns, lines := describeColumns(r.Columns, r.Labels, p.catalog.metricColumn), 2
	for _, c := range columns[1:] {
		lines = max(lines, headerLines(c.label, gridWidth-margin("right")))
	}
	p.SetHeight(at, 15*float64(lines))
	for i, c := range columns {
		p.writeRankingColumn(r, rows, c, indexes[i], rankingColumn(i), at)
	}
	links, err := p.linksToTable(r.Columns[0], func(s Sheet) bool { return s.Query == r.Query })
	p.Check(err)
	p.linkRows(links, slices.Collect(columnValues(rows, indexes[0])), firstColumn, last-len(rows)+1, p.nameStyle())
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
	if remark != "" {
		p.Put(firstColumn, at, remark, p.greyStyle())
		at++
	}
	return at
}

// rankedRows returns the first rows of a ranking, and a remark on their order. A rate of few calls says little, so rows below the minimum
// come after the others.
func (b *book) rankedRows(r *Ranking, result *resultSet) (rows [][]any, remark string) {
	rows = slices.Clone(result.rows)
	if by := slices.Index(result.columns, r.By); by >= 0 {
		known := func(values []any) bool { _, ok := toNumber(values[by]); return ok && hasMinimum(result, values, r.Min) }
		few := slices.DeleteFunc(slices.Clone(rows), known)
		rows = slices.DeleteFunc(rows, func(values []any) bool { return !known(values) })
		if len(rows) > 0 {
			remark = b.orderRemark(r, len(few))
		}
		lowestFirst := b.catalog.metricColumn(r.By).good == "higher"
		slices.SortStableFunc(rows, func(x, y []any) int {
			first, _ := toNumber(x[by])
			second, _ := toNumber(y[by])
			if lowestFirst {
				first, second = second, first
			}
			return cmp.Compare(second, first)
		})
		rows = append(rows, few...)
	}
	return rows[:min(cmp.Or(r.Top, 10), len(rows))], remark
}

// orderRemark says by what the rows are ordered, and how many are not ranked.
func (b *book) orderRemark(r *Ranking, few int) string {
	c := b.catalog.metricColumn(r.By)
	high, low := "Highest ", "Lowest "
	if c.format == "count" {
		high, low = "Most ", "Fewest "
	}
	if c.good == "higher" {
		high = low
	}
	order := high + lowerFirst(c.label) + " first"
	if few > 0 {
		order += "; " + b.notRanked(r.Columns[0], r.Min, few) + ", at the end"
	}
	return order + "."
}

// notRanked says how many rows have too few of something to be ranked.
func (b *book) notRanked(column string, least map[string]int64, few int) string {
	nouns := map[string][2]string{"agent": {"agent", "agents"}, "call_group": {"group", "groups"}, "virtual_number": {"number", "numbers"}}
	noun, ok := nouns[column]
	if !ok {
		noun = [2]string{"row", "rows"}
	}
	var limits []string
	for _, name := range slices.Sorted(maps.Keys(least)) {
		limits = append(limits, fmt.Sprintf("%s below %s", lowerFirst(b.catalog.metricColumn(name).label), b.locale.Number(float64(least[name]), 0)))
	}
	text := b.plural(int64(few), noun[0], noun[1]) + " not ranked"
	if len(limits) > 0 {
		text += " (" + strings.Join(limits, ", ") + ")"
	}
	return text
}

// lowerFirst returns a label for the middle of a sentence.
func lowerFirst(label string) string {
	if start := []rune(label); len(start) < 2 || !unicode.IsLower(start[1]) {
		return label // an abbreviation
	}
	return withFirst(label, unicode.ToLower)
}

// hasMinimum reports whether a row has enough of each column to be ranked.
func hasMinimum(result *resultSet, values []any, least map[string]int64) bool {
	for column, minimum := range least {
		if n, _ := toNumber(values[slices.Index(result.columns, column)]); n < float64(minimum) {
			return false
		}
	}
	return true
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
		shown, style := p.columnValue(c, v), shrinking(p.bodyStyle(side, format))
		if column == firstColumn {
			shown = p.rankedName(c, v)
			if name, ok := shown.(string); ok {
				shown, style = abbreviate(name, 1.8*rankedNameWidth), p.nameStyle()
				p.SetHeight(row, 15*float64(min(2, lineCount(name, rankedNameWidth))))
			}
			p.Merge(column, row, column+1, row)
		}
		p.noteTruncated(shown, c)
		p.Put(column, row, shown, style)
	}
	if r.Bar == c.name {
		p.addDataBars(xlsx.Range(column, header+1, column, row), c)
	}
	total := any(xlsx.CleanText(r.Total))
	if column != firstColumn {
		total = p.totalValue(p.totals, c)
	}
	p.Put(column, row+1, total, shrinking(p.totalStyle(side, format)))
}

// rankedNameWidth is the room for a name in characters. A name has two lines at most, which break between words.
const rankedNameWidth = 2*gridWidth - 1

func (b *book) nameStyle() xlsx.CellStyle {
	style := b.bodyStyle("left", numberFormats["text"])
	style.Wrap = true
	return style
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
