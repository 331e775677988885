package xlsx

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

const paperA4 = 9

// A PrintSetup is how a sheet is printed, on A4. Without Percent, the sheet is scaled to the width of a page.
type PrintSetup struct {
	Landscape  bool
	OnePage    bool   // scaled to one page in height, too
	Area       string // such as $A$1:$M$60; the whole sheet when empty
	HeaderRows int    // rows that each page repeats
	Percent    int    // scale
	Footer     string // left part of the footer; the sheet's name and the page number follow
}

// SetUpPrinting sets how the sheet is printed.
func (s *Sheet) SetUpPrinting(p PrintSetup) {
	file := s.workbook.file
	fit, orientation, size, wide, tall := p.Percent == 0, "portrait", paperA4, 1, 0
	if p.Landscape {
		orientation = "landscape"
	}
	if p.OnePage {
		tall = 1
	}
	s.Check(file.SetSheetProps(s.Name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	layout := &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &tall}
	if !fit {
		percent := uint(p.Percent)
		layout = &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, AdjustTo: &percent}
	}
	s.Check(file.SetPageLayout(s.Name, layout))
	side, ends, edge := 0.5, 0.6, 0.3 // inches
	s.Check(file.SetPageMargins(s.Name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &ends, Bottom: &ends, Header: &edge, Footer: &edge,
	}))
	s.Check(file.SetHeaderFooter(s.Name, &excelize.HeaderFooterOptions{OddFooter: footer(p.Footer)}))
	if p.Area != "" {
		s.defineName("_xlnm.Print_Area", p.Area)
	}
	if p.HeaderRows > 0 {
		s.defineName("_xlnm.Print_Titles", fmt.Sprintf("$1:$%d", p.HeaderRows))
	}
}

// footer returns the codes of a page footer. Excel reads & as the beginning of a code, and allows 255 characters in all.
func footer(left string) string {
	return "&L&8" + strings.ReplaceAll(" "+left, "&", "&&") + "&C&8 &A&R&8 page &P of &N"
}

// BreakPage begins a new page at a row.
func (s *Sheet) BreakPage(row int) {
	s.Check(s.workbook.file.InsertPageBreak(s.Name, Cell(1, row)))
}

// defineName defines a name of the sheet for a range.
func (s *Sheet) defineName(name, ref string) {
	s.Check(s.workbook.file.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: quote(s.Name) + "!" + ref, Scope: s.Name}))
}
