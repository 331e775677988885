package report

import "github.com/xuri/excelize/v2"

// bars draws data bars in a range: lengths from 0 to the largest value, in one quiet colour.
func (p *page) bars(ref string) {
	p.do(p.file.SetConditionalFormat(p.name, ref, []excelize.ConditionalFormatOptions{{
		Type: "data_bar", Criteria: "=", MinType: "num", MinValue: "0", MaxType: "max",
		BarColor: "#" + p.theme.Bar, BarSolid: true,
	}}))
}

// heat colours a range from white to the fullest colour; reversed, the smallest value is the fullest.
func (p *page) heat(ref, colour string, reversed bool) {
	low, high := "#FFFFFF", "#"+colour
	if reversed {
		low, high = high, low
	}
	p.do(p.file.SetConditionalFormat(p.name, ref, []excelize.ConditionalFormatOptions{{
		Type: "2_color_scale", Criteria: "=", MinType: "min", MaxType: "max", MinColor: low, MaxColor: high,
	}}))
}
