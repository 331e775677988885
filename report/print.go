package report

import (
	"callsheet/report/xlsx"
)

const (
	// The printable area of A4 in landscape, in points.
	pageWidth, pageHeight = 770, 505
	portraitWidth         = 523
	// minScale is the least scale at which a sheet is printed: its smallest text, of 10 points, has 8 on paper.
	minScale = 0.8
	// maxPrintedColumns is how many columns of a table are printed, even if more are narrow enough.
	maxPrintedColumns = 12
	// maxPrintedWidth is the width in characters that fits on a page at minScale.
	maxPrintedWidth = pageWidth / minScale / charPoints
	// charPoints is the width of a character of column width in points: 5.58 in LibreOffice, and 5.25 in Excel, which rounds to pixels.
	charPoints = 5.65
)

// setUpPrinting sets how the sheet is printed, with the report's name in the footer.
func (p *page) setUpPrinting(setup xlsx.PrintSetup) {
	width, period := 0.93*pageWidth, " · "+p.req.Period.WordsIn(p.locale)
	if !setup.Landscape {
		width = portraitWidth
	}
	const footerPoints = charPoints * 8 / 11                                              // of a character
	room := (width/footerPoints-textWidth(p.Name+setup.Remark))/2 - textWidth(period) - 2 // left of the sheet's name in the middle
	setup.Footer = xlsx.Truncate(abbreviate(p.def.Title, max(room, 15))+period, maxFooter)
	p.SetUpPrinting(setup)
}

// maxFooter leaves room for the rest of the footer, of which Excel allows 255 characters, and for each & to be written twice.
const maxFooter = 120

// A chartArea is the range of cells that charts beside a table cover.
type chartArea struct{ first, last, bottom int }

// chartArea returns the range of cells from the top of the sheet's charts to the end of one.
func (p *page) chartArea(place chartPlace) chartArea {
	const cellWidth, cellHeight = 64, 20 // pixels of a column and a row whose size is not set
	return chartArea{place.column, place.column + int(place.width)/cellWidth, place.row + int(place.height)/cellHeight}
}

// setUpTablePrinting prints the leading columns of a table that fit on a page, and the charts beside it, on a page of their own unless
// there is room. The other columns are for the screen.
func (p *page) setUpTablePrinting(columns, headerRows, bottom int, charts chartArea) {
	right := p.printedColumns(columns)
	setup := xlsx.PrintSetup{Landscape: true, HeaderRows: headerRows}
	if rest := columns - right; rest > 0 {
		setup.Remark = " · " + p.plural(int64(rest), "more column", "more columns") + " on screen"
	}
	if charts.last > 0 {
		if right >= columns && p.widthTo(charts.last) <= maxPrintedWidth {
			right, bottom = max(right, charts.last), max(bottom, charts.bottom)
		} else {
			setup.Areas = []string{xlsx.PrintArea(charts.first, 1, charts.last, charts.bottom)}
		}
	}
	setup.Areas = append([]string{xlsx.PrintArea(1, 1, right, bottom)}, setup.Areas...)
	p.setUpPrinting(setup)
}

// setUpScaledPrinting prints the columns up to one, and returns the scale. Excel ignores the breaks between pages of a sheet that is scaled
// to the width of a page.
func (p *page) setUpScaledPrinting(right, headerRows int) (scale float64) {
	scale = min(1, pageWidth/(p.widthTo(right)*charPoints))
	p.setUpPrinting(xlsx.PrintSetup{
		Landscape: true, HeaderRows: headerRows, Percent: int(100 * scale), Areas: []string{xlsx.PrintArea(1, 1, right, p.LastRow())},
	})
	return scale
}

// printedColumns returns the last of the columns that are printed: as many of a table's as fit on a page at a readable size, and enough for
// the heading, whose lines are wrapped where that is too much.
func (p *page) printedColumns(columns int) (right int) {
	for right < min(columns, maxPrintedColumns) && (right == 0 || p.widthTo(right+1) <= maxPrintedWidth) {
		right++
	}
	need := 0.0
	for _, line := range p.headingLines {
		need = max(need, p.widthTo(line.column-1)+line.width())
	}
	for p.widthTo(right) < need && p.Width(right+1) > 0 && p.widthTo(right+1) <= maxPrintedWidth {
		right++
	}
	for _, line := range p.headingLines {
		p.wrapHeading(line, right)
	}
	return right
}

// width is that of the text in characters.
func (l headingLine) width() float64 { return textWidth(l.text) * l.style.Size / 11 }

// wrapHeading wraps a line above a sheet's content that is cut off at the end of the printed columns.
func (p *page) wrapHeading(line headingLine, right int) {
	room := p.widthTo(right) - p.widthTo(line.column-1)
	if right <= line.column || line.width() <= room {
		return
	}
	line.style.Wrap, line.style.VAlign = true, "top"
	p.Merge(line.column, line.row, right, line.row)
	p.SetStyle(line.column, line.row, right, line.row, line.style)
	p.SetHeight(line.row, line.style.Size*1.4*float64(lineCount(line.text, room*11/line.style.Size)))
}

// widthTo returns the width of the first columns in characters.
func (p *page) widthTo(column int) (width float64) {
	for i := range column {
		width += p.Width(i + 1)
	}
	return width
}
