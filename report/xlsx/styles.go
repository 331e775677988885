package xlsx

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A CellStyle is how a cell looks. Cells with equal styles share one style of the workbook.
type CellStyle struct {
	NumberFormat  string  // General when empty
	Size          float64 // of the font; 11 when 0
	Bold          bool
	Underline     bool
	TextColour    string // that of Options when empty
	Fill          string // a colour; none when empty
	Hatch         string // a colour of thin diagonal lines, which some programs draw as a plain fill; none when empty
	Align, VAlign string
	Wrap          bool
	Shrink        bool // smaller letters if the text does not fit
	Indent        int
	TopBorder     string // colours; no line when empty
	BottomBorder  string
	LeftBorder    string
	ThickTop      bool // the top border is thick
}

// Excel's numbers for the styles of a border.
const (
	thinBorder  = 1
	thickBorder = 5
)

// styleID returns the workbook's number for a style.
func (s *Sheet) styleID(style CellStyle) int {
	w := s.workbook
	if id, ok := w.styles[style]; ok {
		return id
	}
	id, err := w.file.NewStyle(w.excelizeStyle(style))
	if err != nil {
		s.Check(fmt.Errorf("style: %w", err))
		return 0
	}
	w.styles[style] = id
	return id
}

func (w *Workbook) excelizeStyle(s CellStyle) *excelize.Style {
	if s.Size == 0 {
		s.Size = 11
	}
	if s.TextColour == "" {
		s.TextColour = w.options.TextColour
	}
	s.Shrink = s.Shrink || strings.Contains(s.NumberFormat, "mmm") // names of months are longer in some languages
	style := &excelize.Style{
		Font:      &excelize.Font{Family: w.options.Font, Size: s.Size, Bold: s.Bold, Color: s.TextColour},
		Alignment: &excelize.Alignment{Horizontal: s.Align, Vertical: s.VAlign, WrapText: s.Wrap, ShrinkToFit: s.Shrink, Indent: s.Indent},
	}
	if s.NumberFormat != "" && s.NumberFormat != "General" {
		style.CustomNumFmt = &s.NumberFormat
	}
	if s.Fill != "" {
		style.Fill = solidFill(s.Fill)
	}
	if s.Hatch != "" {
		const thinDiagonals = 14
		style.Fill = excelize.Fill{Type: "pattern", Pattern: thinDiagonals, Color: []string{s.Hatch}}
	}
	if s.Underline {
		style.Font.Underline = "single"
	}
	top := thinBorder
	if s.ThickTop {
		top = thickBorder
	}
	for _, border := range []excelize.Border{
		{Type: "top", Color: s.TopBorder, Style: top}, {Type: "bottom", Color: s.BottomBorder, Style: thinBorder},
		{Type: "left", Color: s.LeftBorder, Style: thinBorder},
	} {
		if border.Color != "" {
			style.Border = append(style.Border, border)
		}
	}
	return style
}

func solidFill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}
