package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"callsheet/internal/period"
	"callsheet/report/xlsx"
)

// headerRow is the header row of every table, below the three lines of the heading.
const headerRow = 4

// noteRow is the last line of the heading, with a sheet's note and the link to the first sheet.
const noteRow = 3

// fillTable writes a query's rows as a native table, and below it the total, which comes from a separate query.
func (b *book) fillTable(s Sheet) error {
	result, err := b.sheetRows(s, b.req.Period)
	if err != nil {
		return err
	}
	result = b.withWords(result)
	sparks, err := b.sparkValues(s)
	if err != nil {
		return err
	}
	if !b.hasSparks(s, sparks) {
		s.Spark = nil
	}
	totals, err := b.sheetTotals(s, b.req.Period)
	if err != nil {
		return err
	}
	p := b.newPage(s.Name)
	if s.TotalQuery != "" {
		s.Note = cmp.Or(s.Note, toText(totals.get("note")))
	}
	all := result
	result, omitted := b.applyLimit(s, all)
	s.Note = strings.TrimSpace(s.Note + " " + b.phoneNote(s, result))
	p.heading(s, b.req.Period)
	if len(result.rows) == 0 {
		return p.writeEmpty(s)
	}
	s = b.withFigures(s, all, totals)
	if s.Sections != nil {
		at, err := p.writeSections(s, result)
		if err == nil && omitted != "" {
			p.Put(1, at, omitted, p.greyStyle())
		}
		return cmp.Or(err, p.Err())
	}
	t, err := p.writeTable(s, result, headerRow)
	if err != nil {
		return err
	}
	if s.Spark != nil {
		p.addSparkColumns(s, &t)
	}
	at := t.last + 2
	if s.Total != "" {
		p.writeTotal(t, s.Total, totals)
		at++
	}
	if omitted != "" {
		p.Put(1, at, omitted, p.greyStyle())
	}
	p.finishTable(s, t)
	if err := p.linkToDetails(s, result, t); err != nil {
		return err
	}
	columns := len(s.Columns) + len(s.FillIn)
	if s.Spark != nil {
		columns++
		p.addSparklines(s, p.sparkRows(s, result, t), columns, columns+1)
	}
	p.setUpTablePrinting(columns, t.header, p.LastRow(), chartArea{})
	return p.Err()
}

// sheetTotals returns the figures of a sheet's total row, computed from the calls; none if the sheet has no total, or is empty because its
// filters conflict.
func (b *book) sheetTotals(s Sheet, covered period.Period) (row, error) {
	spec := querySpec{cmp.Or(s.TotalQuery, "total"), covered, s.Filters}
	if s.Total == "" || b.data.filtersConflict(spec) {
		return row{}, nil
	}
	return b.data.singleRow(spec)
}

// withFigures returns the sheet without the columns that are 0 or empty in every row and in the total, if they are optional or about calls of
// a direction that there is none of.
func (b *book) withFigures(s Sheet, result *resultSet, totals row) Sheet {
	keep := s.Columns[:min(len(s.Columns), keptColumns[s.Kind])]
	s.Columns = slices.DeleteFunc(slices.Clone(s.Columns), func(column string) bool {
		if slices.Contains(keep, column) || !slices.Contains(s.Optional, column) && b.hasDirection(column) || !isZero(totals.get(column)) {
			return false
		}
		index := slices.Index(result.columns, column)
		return !slices.ContainsFunc(result.rows, func(values []any) bool { return !isZero(values[index]) })
	})
	return s
}

// keptColumns is how many of the first columns a sheet of a kind always shows: its names, and what a ranked sheet ranks by.
var keptColumns = map[string]int{"table": 1, "trend": 1, "cards": 1, "ranked": 2}

// hasSparks reports whether a sheet has sparklines with these values: not if all are 0 or empty and about calls of a direction that there is
// none of.
func (b *book) hasSparks(s Sheet, values map[string]any) bool {
	return s.Spark != nil && (b.hasDirection(s.Spark.Column) || slices.ContainsFunc(slices.Collect(maps.Values(values)), func(v any) bool { return !isZero(v) }))
}

// isZero reports whether a value is 0, unknown or empty.
func isZero(v any) bool {
	n, ok := toNumber(v)
	return ok && n == 0 || toText(v) == ""
}

// hasDirection reports whether there are calls of the direction that a column is about, in the period or as far back as comparable ones go. An
// account with outgoing calls only has no use for columns about incoming ones, but one without such calls today has.
func (b *book) hasDirection(column string) bool {
	direction := b.catalog.metricColumn(column).direction
	return direction == "" || b.compared.directions[direction]
}

// hasOnlyNames reports whether a sheet has columns of figures, and none of them is shown.
func (b *book) hasOnlyNames(s Sheet, result *resultSet) bool {
	isFigure := func(column string) bool { return !slices.Contains(nameColumns, column) }
	return slices.ContainsFunc(s.Columns, isFigure) && !slices.ContainsFunc(b.withFigures(s, result, row{}).Columns, isFigure)
}

// applyLimit returns the rows that a sheet shows, and a text about those it omits.
func (b *book) applyLimit(s Sheet, result *resultSet) (shown *resultSet, omitted string) {
	if s.Limit == 0 || len(result.rows) <= s.Limit {
		return result, ""
	}
	omitted = b.omittedText(s, int64(len(result.rows)))
	return &resultSet{query: result.query, columns: result.columns, rows: result.rows[:s.Limit], absent: result.absent}, omitted
}

// omittedText returns a text about the rows beyond a sheet's limit, and adds a remark to Notes.
func (b *book) omittedText(s Sheet, rows int64) string {
	b.addRemark(fmt.Sprintf("%s shows the first %s of %s, the limit of this sheet.",
		s.Name, b.locale.Number(float64(s.Limit), 0), b.plural(rows, "row", "rows")))
	return fmt.Sprintf("and %s more, which this sheet leaves out", b.locale.Number(float64(rows-int64(s.Limit)), 0))
}

// A tableLayout is the place of a table on its sheet, and its columns.
type tableLayout struct {
	columns      []columnMeta
	queried      int      // how many of the columns are of the query; those after them are to fill in
	formats      []string // number formats of the columns
	header, last int      // rows of the header and of the last data
}

// writeTable writes a header and rows, and sets the widths of the columns.
func (p *page) writeTable(s Sheet, result *resultSet, header int) (tableLayout, error) {
	indexes, err := result.columnIndexes(s.Columns)
	if err != nil {
		return tableLayout{}, err
	}
	if len(result.rows) > excelLimits.rows {
		return tableLayout{}, fmt.Errorf("%s rows, and a sheet holds %s\nhint: set a limit, or use the kind detail, which continues in further sheets",
			p.locale.Number(float64(len(result.rows)), 0), p.locale.Number(float64(excelLimits.rows), 0))
	}
	t := tableLayout{
		columns: describeColumns(s.Columns, s.Labels, p.catalog.metricColumn), queried: len(s.Columns), header: header, last: header + len(result.rows),
	}
	body := newTableBody(p, &t, !s.draws() && len(result.rows) >= streamedRows)
	for i := range t.columns {
		p.writeColumn(s, &t, body, i, result.rows, indexes[i])
	}
	p.addFillIn(s, &t, body)
	p.setHeaderHeight(header, t.columns)
	p.Check(body.close())
	return t, p.Err()
}

// setHeaderHeight makes room for the lines of a table's headers. The columns have their widths.
func (p *page) setHeaderHeight(header int, columns []columnMeta) {
	lines := 1
	for i, c := range columns {
		lines = max(lines, headerLines(c.label, p.Width(i+1)-margin(align(c.format, i+1))))
	}
	p.SetHeight(header, headerHeight(lines))
}

// writeColumn writes one column of a table.
func (p *page) writeColumn(s Sheet, t *tableLayout, body *tableBody, i int, rows [][]any, index int) {
	c, values := &t.columns[i], columnValues(rows, index)
	if c.format == "" {
		c.format = inferFormat(values)
	}
	format := p.numberFormat(*c, values)
	t.formats = append(t.formats, format)
	side := align(c.format, i+1)
	p.Put(i+1, t.header, c.label, p.filterHeaderStyle(side, i+1))
	style := padded(p.bodyStyle(side, format), i+1)
	body.addColumn(style)
	content, row := 0.0, -1
	for v := range values {
		row++
		shown := p.columnValue(*c, v)
		if isText(c.format) && (i == 0 || slices.Contains(nameColumns, c.name)) {
			shown = p.displayName(c.name, v, shown)
		}
		if shown == nil && isText(c.format) && namesRow(s.Columns, i) {
			shown = missingName(c.name)
		}
		p.noteTruncated(shown, *c)
		content = max(content, p.displayWidth(shown, *c, format))
		body.set(i, row, shown)
		n, _ := toNumber(v)
		if negative := p.negativeFormat(n, format); negative != format {
			body.setStyle(i, row, padded(p.bodyStyle(side, negative), i+1))
		}
	}
	if c.name == phoneColumn {
		p.linkPhones(t, body, i, values)
	}
	p.SetWidth(i+1, columnWidth(c.label, content, side))
}

// namesRow reports whether a column is part of what a row is called: the first, and those that follow names, as an agent after the group.
func namesRow(columns []string, i int) bool {
	return i == 0 || slices.Contains(nameColumns, columns[i]) && !slices.ContainsFunc(columns[:i], func(column string) bool {
		return !slices.Contains(nameColumns, column)
	})
}

// missingName returns what a row without a name is called, such as that of the calls without a group.
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

// totalValue returns the total of a column for its cell. What is counted by agent, such as phones that rang, has none: a call is there once
// for each of them.
func (b *book) totalValue(totals row, c columnMeta) any {
	if slices.Contains(countedByAgent, c.name) {
		return noTotal
	}
	return b.cellValue(totals.get(c.name), c.format)
}

const noTotal = "no total"

var countedByAgent = []string{"rang", "agent_answer_rate", "busy_seconds", "busy_share"}

// writeTotal writes the total row. An empty row separates it from the table, so that sorting and filtering do not move it.
func (p *page) writeTotal(t tableLayout, label string, totals row) {
	at := t.last + 2
	p.SetHeight(at-1, 6)
	p.SetHeight(at, 18)
	for i, c := range t.columns {
		var v any
		switch {
		case i == 0:
			v = xlsx.CleanText(label)
		case i < t.queried:
			v = p.totalValue(totals, c)
		}
		n, _ := toNumber(v)
		side, format := align(c.format, i+1), p.negativeFormat(n, t.formats[i])
		p.Put(i+1, at, v, padded(p.totalStyle(side, format), i+1))
		content := p.displayWidth(v, c, format)
		if i == 0 {
			content = boldWidth * textWidth(toText(v))
		}
		if v != nil {
			p.SetWidth(i+1, max(p.Width(i+1), columnWidth("", content, side)))
		}
	}
}

// finishTable makes the table native, adds data bars, and sets the sheet up for the screen.
func (p *page) finishTable(s Sheet, t tableLayout) {
	p.makeTable(s, t)
	p.Freeze(1, t.header)
	p.HideGridLines()
}

// makeTable makes the table native and adds data bars.
func (p *page) makeTable(s Sheet, t tableLayout) {
	p.AddTable(s.Name, xlsx.Range(1, t.header, len(t.columns), t.last))
	var texts []string
	for i, c := range t.columns {
		values := xlsx.Range(i+1, t.header+1, i+1, t.last)
		if slices.Contains(s.Bars, c.name) {
			p.addDataBars(values, c)
		}
		if isText(c.format) {
			texts = append(texts, values)
		}
	}
	if len(texts) > 0 {
		p.AllowDigitsAsText(strings.Join(texts, " ")) // validators refuse many entries on a sheet
	}
}
