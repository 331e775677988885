package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// Solid bars come in an extension, in which excelize leaves the ends of a bar to Excel.
const (
	openEnds = `<x14:cfvo type="autoMin"></x14:cfvo><x14:cfvo type="autoMax"></x14:cfvo>`
	rateEnds = `<x14:cfvo type="num"><xm:f>0</xm:f></x14:cfvo><x14:cfvo type="num"><xm:f>1</xm:f></x14:cfvo>`
)

// bars draws data bars in a range, in one quiet colour: from 0 to the largest value, or to 100 % for a rate, so
// that the best of bad rates does not look full.
func (p *page) dataBars(ref string, w columnMeta) {
	bar := excelize.ConditionalFormatOptions{
		Type: "data_bar", Criteria: "=", MinType: "num", MinValue: "0", MaxType: "max",
		BarColor: "#" + p.theme.Bar, BarSolid: true,
	}
	ends := openEnds
	if w.format == "rate" {
		bar.MaxType, bar.MaxValue, ends = "num", "1", rateEnds
	}
	p.check(p.file.SetConditionalFormat(p.name, ref, []excelize.ConditionalFormatOptions{bar}))
	p.patch(p.part(), openEnds, ends) // one for each bar, so that each finds its own
}

// part is the part of the file that the sheet goes to.
func (p *page) part() string {
	for id, name := range p.file.GetSheetMap() {
		if name == p.name {
			return sheetPart(id)
		}
	}
	return ""
}

func sheetPart(id int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", id) }

// heat colours a range from white to the fullest colour; reversed, the smallest value is the fullest.
func (p *page) colourScale(ref, colour string, reversed bool) {
	low, high := "#FFFFFF", "#"+colour
	if reversed {
		low, high = high, low
	}
	p.check(p.file.SetConditionalFormat(p.name, ref, []excelize.ConditionalFormatOptions{{
		Type: "2_color_scale", Criteria: "=", MinType: "min", MaxType: "max", MinColor: low, MaxColor: high,
	}}))
}
