package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

const paperA4 = 9

// A print set-up: on which paper, and what is repeated on each page of it.
type printSetup struct {
	landscape  bool
	onePage    bool   // everything on one page; otherwise as wide as a page and as long as it takes
	area       string // such as $A$1:$M$60; the whole sheet when empty
	headerRows int    // the last of the rows repeated on each page
	percent    int    // of its size, with page breaks of its own; fitted to the page when 0
}

// printing sets a sheet up for paper. On a streamed sheet it must come before the first row.
func (b *book) setUpPrinting(sheet string, p printSetup) error {
	fit, orientation, size, wide, tall := p.percent == 0, "portrait", paperA4, 1, 0
	if p.landscape {
		orientation = "landscape"
	}
	if p.onePage {
		tall = 1
	}
	if err := b.file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	layout := &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &tall}
	if !fit {
		percent := uint(p.percent)
		layout = &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, AdjustTo: &percent}
	}
	if err := b.file.SetPageLayout(sheet, layout); err != nil {
		return err
	}
	side, ends, edge := 0.5, 0.6, 0.3
	if err := b.file.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &ends, Bottom: &ends, Header: &edge, Footer: &edge,
	}); err != nil {
		return err
	}
	if err := b.file.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: b.pageFooter()}); err != nil {
		return err
	}
	if p.area != "" {
		if err := b.define(sheet, "_xlnm.Print_Area", p.area); err != nil {
			return err
		}
	}
	if p.headerRows > 0 {
		return b.define(sheet, "_xlnm.Print_Titles", fmt.Sprintf("$1:$%d", p.headerRows))
	}
	return nil
}

// pageFooter names the report at the left and counts pages at the right. Excel allows 255 characters, and
// reads & as a command.
func (b *book) pageFooter() string {
	name := truncate(b.def.Title+" · "+b.req.Period.Words(), 120)
	return "&L&8" + strings.ReplaceAll(" "+name, "&", "&&") + "&C&8 &A&R&8 page &P of &N"
}

func (b *book) define(sheet, name, ref string) error {
	return b.file.SetDefinedName(&excelize.DefinedName{
		Name: name, RefersTo: quoted(sheet) + "!" + ref, Scope: sheet,
	})
}

// quoted is a sheet's name as references write it.
func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }
