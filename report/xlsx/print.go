package xlsx

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

const paperA4 = 9

// A PrintSetup is how a sheet is printed, on A4. Without Percent, the sheet is scaled down to the width of a page.
type PrintSetup struct {
	Landscape  bool
	OnePage    bool     // scaled to one page in height, too
	Areas      []string // ranges, each on pages of its own; the whole sheet when empty
	HeaderRows int      // rows that each page repeats
	Percent    int      // scale
	Footer     string   // left part of the footer; the sheet's name and the page number follow
	Remark     string   // in the footer, after the sheet's name
}

// SetUpPrinting sets how the sheet is printed. A sheet takes it once.
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
	s.Check(file.SetHeaderFooter(s.Name, &excelize.HeaderFooterOptions{
		OddFooter: escapeSequences(footer(p.Footer, p.Remark)), ScaleWithDoc: new(bool), // the footer keeps its size
	}))
	if len(p.Areas) > 0 {
		s.defineName("_xlnm.Print_Area", p.Areas...)
	}
	if p.HeaderRows > 0 {
		s.defineName("_xlnm.Print_Titles", fmt.Sprintf("$1:$%d", p.HeaderRows))
	}
}

// maxFooter is the length of a footer that Excel allows.
const maxFooter = 255

// footer returns the codes of a page footer, without the remark if there is no room for it. Excel reads & as the beginning of a code.
func footer(left, remark string) string {
	escape := func(s string) string { return strings.ReplaceAll(s, "&", "&&") }
	with := func(remark string) string {
		return "&L&8" + escape(" "+left) + "&C&8 &A" + escape(remark) + "&R&8 page &P of &N"
	}
	if text := with(remark); TextLen(text) <= maxFooter {
		return text
	}
	return with("")
}

// BreakPage begins a new page at a row.
func (s *Sheet) BreakPage(row int) {
	s.Check(s.workbook.file.InsertPageBreak(s.Name, Cell(1, row)))
}

// PrintArea returns a range for PrintSetup.
func PrintArea(fromColumn, fromRow, toColumn, toRow int) string {
	from, _ := excelize.CoordinatesToCellName(fromColumn, fromRow, true) // the cells were written, so they are cells
	to, _ := excelize.CoordinatesToCellName(toColumn, toRow, true)
	return from + ":" + to
}

// defineName defines a name of the sheet for some ranges.
func (s *Sheet) defineName(name string, refs ...string) {
	areas := make([]string, len(refs))
	for i, ref := range refs {
		areas[i] = quote(s.Name) + "!" + ref
	}
	s.Check(s.workbook.file.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: strings.Join(areas, ","), Scope: s.Name}))
}
