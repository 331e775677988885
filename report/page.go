package report

import (
	"fmt"
	"slices"
	"strings"

	"callsheet/internal/period"
	"callsheet/report/xlsx"
)

// A page is a sheet being filled: the report's data, and the sheet of the workbook.
type page struct {
	*book
	*xlsx.Sheet
	headingLines []headingLine
	phoneLinks   int // links that dial a number
}

// A headingLine is a line above a sheet's content, which flows across its columns.
type headingLine struct {
	column, row int
	text        string
	style       xlsx.CellStyle
}

func (b *book) newPage(name string) *page { return &page{book: b, Sheet: b.workbook.Sheet(name)} }

// heading writes the title, the two grey lines with which every sheet but the summary begins, and the way back to the first sheet.
func (p *page) heading(s Sheet, span period.Period) {
	if first := p.writeHeading(s, span); first != "" {
		p.Link(1, noteRow, first)
	}
}

// writeHeading is heading without the link of its cell. It returns the sheet to link to, "" on the first one.
func (p *page) writeHeading(s Sheet, span period.Period) (first string) {
	p.putHeading(1, 1, s.title(), p.titleStyle())
	p.SetHeight(1, 26)
	p.putHeading(1, 2, p.scopeOf(span, s.Filters), p.greyStyle())
	if first = p.def.Sheets[0].Name; s.Name == first {
		p.writeNote(s.Note)
		return ""
	}
	p.Put(1, noteRow, "← "+first, p.linkStyle())
	p.writeNote(s.Note)
	return first
}

// writeNote writes the second grey line, beside the link to the first sheet.
func (p *page) writeNote(text string) {
	column := 2
	if p.Name == p.def.Sheets[0].Name {
		column = 1
	}
	if text != "" {
		p.putHeading(column, noteRow, text, p.greyStyle())
	}
}

func (p *page) putHeading(column, row int, text string, style xlsx.CellStyle) {
	text = xlsx.CleanText(text)
	p.Put(column, row, text, style)
	p.headingLines = append(p.headingLines, headingLine{column, row, text, style})
}

// writeEmpty writes the message of a sheet without rows.
func (p *page) writeEmpty(s Sheet) error {
	p.Put(1, headerRow, p.emptyMessage(s), xlsx.CellStyle{Bold: true})
	p.SetWidth(1, 40)
	p.setUpPrinting(xlsx.PrintSetup{Landscape: true})
	return p.Err()
}

// addDataBars draws data bars in the cells of a column.
func (p *page) addDataBars(ref string, c columnMeta) {
	p.AddDataBars(ref, p.theme.Bar, c.format == "rate")
}

// addColourScale colours a range from white to colour. The largest value has the full colour or, if reversed, the smallest.
func (p *page) addColourScale(ref, colour string, reversed bool) {
	smallest, largest := "FFFFFF", colour
	if reversed {
		smallest, largest = largest, smallest
	}
	p.AddColourScale(ref, smallest, largest)
}

// noteTruncated adds a remark if a text was truncated.
func (p *page) noteTruncated(shown any, c columnMeta) {
	if s, ok := shown.(string); ok && strings.Contains(s, xlsx.TruncationMark) {
		p.addTruncationRemark(c, p.Name)
	}
}

func (b *book) addTruncationRemark(c columnMeta, sheet string) {
	b.addRemark(fmt.Sprintf("Texts longer than Excel's 32,767 characters were cut in %q on %s; they end with%q.",
		c.label, sheet, xlsx.TruncationMark))
}

// addRemark adds a remark to Notes, once.
func (b *book) addRemark(remark string) {
	if !slices.Contains(b.remarks, remark) {
		b.remarks = append(b.remarks, remark)
	}
}
