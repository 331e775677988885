package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// A look is everything about how a cell is drawn. Equal looks share one style of the workbook.
type look struct {
	format           string // Excel's number format; General when empty
	size             float64
	bold             bool
	colour           string // the theme's ink when empty
	fill             string
	align, valign    string
	wrap             bool
	indent           int
	above, below     string // colours of border lines
	thickTop         bool
	leftRule, rtRule string
}

// style is the number of the workbook's style for l.
func (b *book) style(l look) (int, error) {
	if id, ok := b.styles[l]; ok {
		return id, nil
	}
	if l.size == 0 {
		l.size = 11
	}
	if l.colour == "" {
		l.colour = b.theme.Ink
	}
	s := &excelize.Style{
		Font: &excelize.Font{Family: b.theme.Font, Size: l.size, Bold: l.bold, Color: l.colour},
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
	}{{"top", l.above, topStyle}, {"bottom", l.below, 1}, {"left", l.leftRule, 1}, {"right", l.rtRule, 1}} {
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

func (b *book) titleLook() look { return look{size: 18, bold: true, colour: b.theme.Blue} }

func (b *book) greyLook() look { return look{size: 10, colour: b.theme.Grey} }

func (b *book) sectionLook() look {
	return look{size: 12, bold: true, colour: b.theme.Blue, below: b.theme.Blue, valign: "bottom"}
}

// headLook is a column's header.
func (b *book) headLook(align string) look {
	return look{
		bold: true, colour: b.theme.Blue, below: b.theme.Blue, align: align,
		valign: "bottom", wrap: true, size: 10.5,
	}
}

// filterLook is a header with a filter button, which Excel draws over its right end.
func (b *book) filterLook(align string) look {
	l := b.headLook(align)
	if align == "right" {
		l.indent = 2
	}
	return l
}

// cellLook is a figure or text in a table.
func (b *book) cellLook(align, format string) look {
	return look{format: format, align: align, below: b.theme.Rule, valign: "center"}
}

// totalLook is a cell of a total row.
func (b *book) totalLook(align, format string) look {
	return look{format: format, align: align, bold: true, above: b.theme.Blue, valign: "center"}
}

// spaced keeps a figure away from text in the next column.
func (l look) spaced() look {
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
