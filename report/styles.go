package report

import "callsheet/report/xlsx"

// The styles that several kinds of sheets share.

func (b *book) titleStyle() xlsx.CellStyle {
	return xlsx.CellStyle{Size: 18, Bold: true, TextColour: b.theme.Blue}
}

func (b *book) greyStyle() xlsx.CellStyle { return xlsx.CellStyle{Size: 10, TextColour: b.theme.Grey} }

// linkStyle is for cells that lead to another sheet.
func (b *book) linkStyle() xlsx.CellStyle {
	return xlsx.CellStyle{Size: 10, TextColour: b.theme.Blue, Underline: true, VAlign: "center"}
}

func (b *book) sectionStyle() xlsx.CellStyle {
	return xlsx.CellStyle{Size: 12, Bold: true, TextColour: b.theme.Blue, BottomBorder: b.theme.Blue, VAlign: "bottom"}
}

// headerStyle is for the header of a column.
func (b *book) headerStyle(align string) xlsx.CellStyle {
	return xlsx.CellStyle{
		Bold: true, TextColour: b.theme.Blue, BottomBorder: b.theme.Blue, Align: align,
		VAlign: "bottom", Wrap: true, Size: 10.5,
	}
}

// filterHeaderStyle is for a header with a filter button, which covers the lower right end of the cell.
func (b *book) filterHeaderStyle(align string, column int) xlsx.CellStyle {
	style := padded(b.headerStyle(align), column)
	style.VAlign = "top"
	return style
}

// bodyStyle is for a value in a table.
func (b *book) bodyStyle(align, format string) xlsx.CellStyle {
	return xlsx.CellStyle{NumberFormat: format, Align: align, BottomBorder: b.theme.Rule, VAlign: "center"}
}

// totalStyle is for a cell of a total row.
func (b *book) totalStyle(align, format string) xlsx.CellStyle {
	return xlsx.CellStyle{NumberFormat: format, Align: align, Bold: true, TopBorder: b.theme.Blue, VAlign: "center"}
}

// padded keeps left-aligned text away from a right-aligned figure in the column before. Indents are for the left only: LibreOffice
// ignores most others.
func padded(style xlsx.CellStyle, column int) xlsx.CellStyle {
	if style.Align == "left" && column > 1 {
		style.Indent = 1
	}
	return style
}

// shrinking makes a figure smaller that is too wide for a column whose width does not depend on its figures, rather than ###.
func shrinking(style xlsx.CellStyle) xlsx.CellStyle {
	style.Shrink = style.Align == "right" || style.NumberFormat != "" && style.NumberFormat != numberFormats["text"]
	return style
}

// align returns "left" for text, times and the first column, which names the row, and "right" for figures.
func align(format string, column int) string {
	if isText(format) || format == "day" || format == "time" || column == 1 {
		return "left"
	}
	return "right"
}
