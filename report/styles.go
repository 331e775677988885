package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// A look is everything about how a cell is drawn. Equal looks share one style of the workbook.
type cellStyle struct {
	format                  string // Excel's number format; General when empty
	size                    float64
	bold                    bool
	textColour              string // the theme's ink when empty
	fill                    string
	align, valign           string
	wrap                    bool
	indent                  int
	topBorder, bottomBorder string // colours of border lines
	thickTop                bool
	leftBorder, rightBorder string
}

// style is the number of the workbook's style for l.
func (b *book) styleID(l cellStyle) (int, error) {
	if id, ok := b.styles[l]; ok {
		return id, nil
	}
	if l.size == 0 {
		l.size = 11
	}
	if l.textColour == "" {
		l.textColour = b.theme.Ink
	}
	s := &excelize.Style{
		Font: &excelize.Font{Family: b.theme.Font, Size: l.size, Bold: l.bold, Color: l.textColour},
		Alignment: &excelize.Alignment{
			Horizontal: l.align, Vertical: l.valign, WrapText: l.wrap, Indent: l.indent,
		},
	}
	if l.format != "" && l.format != "General" {
		s.CustomNumFmt = &l.format
	}
	if l.fill != "" {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{l.fill}}
	}
	topStyle := 1
	if l.thickTop {
		topStyle = 5
	}
	for _, line := range []struct {
		side, colour string
		style        int
	}{{"top", l.topBorder, topStyle}, {"bottom", l.bottomBorder, 1}, {"left", l.leftBorder, 1}, {"right", l.rightBorder, 1}} {
		if line.colour != "" {
			s.Border = append(s.Border, excelize.Border{Type: line.side, Color: line.colour, Style: line.style})
		}
	}
	id, err := b.file.NewStyle(s)
	if err != nil {
		return 0, fmt.Errorf("style: %w", err)
	}
	b.styles[l] = id
	return id, nil
}

// The looks that more than one kind of sheet has.

func (b *book) titleStyle() cellStyle {
	return cellStyle{size: 18, bold: true, textColour: b.theme.Blue}
}

func (b *book) greyStyle() cellStyle { return cellStyle{size: 10, textColour: b.theme.Grey} }

func (b *book) sectionStyle() cellStyle {
	return cellStyle{size: 12, bold: true, textColour: b.theme.Blue, bottomBorder: b.theme.Blue, valign: "bottom"}
}

// headLook is a column's header.
func (b *book) headerStyle(align string) cellStyle {
	return cellStyle{
		bold: true, textColour: b.theme.Blue, bottomBorder: b.theme.Blue, align: align,
		valign: "bottom", wrap: true, size: 10.5,
	}
}

// filterLook is a header with a filter button, which Excel draws over its right end.
func (b *book) filterHeaderStyle(align string) cellStyle {
	l := b.headerStyle(align)
	if align == "right" {
		l.indent = 2
	}
	return l
}

// cellLook is a figure or text in a table.
func (b *book) bodyStyle(align, format string) cellStyle {
	return cellStyle{format: format, align: align, bottomBorder: b.theme.Rule, valign: "center"}
}

// totalLook is a cell of a total row.
func (b *book) totalStyle(align, format string) cellStyle {
	return cellStyle{format: format, align: align, bold: true, topBorder: b.theme.Blue, valign: "center"}
}

// spaced keeps a figure away from text in the next column.
func (l cellStyle) padded() cellStyle {
	if l.align == "right" {
		l.indent = 1
	}
	return l
}

// align sets text and the first column, which names the row, left, and figures right.
func align(format string, column int) string {
	if isText(format) || column == 1 {
		return "left"
	}
	return "right"
}
