package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"callsheet/internal/sqlvalue"
	"callsheet/report/xlsx"
)

// Sections split the rows of a table by the values of a column. Each section is a native table of its own, with filters of its own.
type Sections struct {
	By    string   `yaml:"by"`    // a column of the query
	Order []string `yaml:"order"` // its values; others come last, in the order of the rows
}

// A section is the rows with one value.
type section struct {
	value any
	rows  [][]any
}

// split returns the sections that have rows, in order.
func (s *Sections) split(result *resultSet) ([]section, error) {
	index, err := result.columnIndexes([]string{s.By})
	if err != nil {
		return nil, err
	}
	var all []section
	for _, value := range s.Order {
		all = append(all, section{value: value})
	}
	for _, values := range result.rows {
		value := values[index[0]]
		at := slices.IndexFunc(all, func(of section) bool { return toText(of.value) == toText(value) })
		if at < 0 {
			all = append(all, section{value: value})
			at = len(all) - 1
		}
		all[at].rows = append(all[at].rows, values)
	}
	return slices.DeleteFunc(all, func(of section) bool { return len(of.rows) == 0 }), nil
}

// writeSections writes a table for each section, under a heading that says how many rows it has. It returns the row below.
func (p *page) writeSections(s Sheet, result *resultSet) (below int, err error) {
	sections, err := s.Sections.split(result)
	if err != nil {
		return 0, err
	}
	at, columns := headerRow, len(s.Columns)+len(s.FillIn)
	widths := make([]float64, columns)
	var tables []tableLayout
	for _, of := range sections {
		rows := *result
		rows.rows = of.rows
		at = p.section(p.sectionTitle(s, of, &rows), at, columns)
		t, err := p.writeTable(s, &rows, at)
		if err != nil {
			return 0, err
		}
		tables = append(tables, t)
		at = t.last + 2
		for i, c := range t.columns {
			side := align(c.format, i+1)
			widths[i] = max(widths[i], p.Width(i+1), min(headerScale*textWidth(c.label)+margin(side), maxHeader))
		}
	}
	for i, width := range widths {
		p.SetWidth(i+1, width)
	}
	for _, t := range tables { // when all rows are written, because the markup of data bars follows streamed ones
		p.makeTable(s, t)
		p.setHeaderHeight(t.header, t.columns)
	}
	p.Freeze(1, headerRow-1)
	p.HideGridLines()
	p.printSections(tables, columns)
	return at, p.Err()
}

// maxHeader is the width in characters up to which a header has one line.
const maxHeader = 18

// printSections begins each section on a new page, unless all of them fit on one: so no heading ends a page.
func (p *page) printSections(tables []tableLayout, columns int) {
	const rowHeight, fillRate = 15, 0.9 // programs differ in the height of rows
	scale := p.setUpScaledPrinting(p.printedColumns(columns), headerRow-1)
	if rowHeight*float64(p.LastRow()+2*len(tables)) <= fillRate*pageHeight/scale {
		return
	}
	for _, t := range tables[1:] {
		p.BreakPage(t.header - 1)
	}
}

// sectionTitle returns the value in words, the day if all rows are of one, and how many rows there are.
func (p *page) sectionTitle(s Sheet, of section, result *resultSet) string {
	c := p.catalog.metricColumn(s.Sections.By)
	title := cmp.Or(p.valueInWords(c, of.value), toText(missingName(c.name)))
	if day, ok := onlyDay(result); ok && c.format != "day" {
		title += ", " + p.locale.Format(day, "Monday 2 January")
	}
	return fmt.Sprintf("%s (%s)", xlsx.CleanText(title), p.locale.Number(float64(len(of.rows)), 0))
}

// valueInWords returns a value as the cells of its column show it; "" if it is unknown.
func (p *page) valueInWords(c columnMeta, v any) string {
	switch v := v.(type) {
	case sqlvalue.Date:
		return p.locale.Format(sqlvalue.Wall(v), "Monday 2 January 2006")
	case int64, float64:
		if c.format == "weekday" {
			return toText(p.cellValue(v, c.format))
		}
		return p.formatValue(v, cmp.Or(c.format, guessFormat(v)))
	}
	return toText(c.inWords(v))
}

// onlyDay returns the local_day of all rows; ok is false if there are several or the query has none.
func onlyDay(result *resultSet) (day time.Time, ok bool) {
	index := slices.Index(result.columns, "local_day")
	if index < 0 {
		return day, false
	}
	first, isDay := result.rows[0][index].(sqlvalue.Date)
	return time.Time(first), isDay && !slices.ContainsFunc(result.rows, func(values []any) bool { return values[index] != result.rows[0][index] })
}
