package xlsx

import "github.com/xuri/excelize/v2"

// The ends of a data bar as excelize writes them into the extension for solid bars, and as a bar of fractions needs them.
const (
	automaticEnds = `<x14:cfvo type="autoMin"></x14:cfvo><x14:cfvo type="autoMax"></x14:cfvo>`
	fractionEnds  = `<x14:cfvo type="num"><xm:f>0</xm:f></x14:cfvo><x14:cfvo type="num"><xm:f>1</xm:f></x14:cfvo>`
)

// AddDataBars draws data bars in a range, from 0 to the largest value. Bars of fractions end at 1, so that the best of bad rates does
// not look full.
func (s *Sheet) AddDataBars(ref, colour string, fractions bool) {
	bar := excelize.ConditionalFormatOptions{
		Type: "data_bar", Criteria: "=", MinType: "num", MinValue: "0", MaxType: "max",
		BarColor: "#" + colour, BarSolid: true,
	}
	ends := automaticEnds
	if fractions {
		bar.MaxType, bar.MaxValue, ends = "num", "1", fractionEnds
	}
	s.Check(s.workbook.file.SetConditionalFormat(s.Name, ref, []excelize.ConditionalFormatOptions{bar}))
	s.workbook.patch(s.part(), automaticEnds, ends) // even if equal: each bar's patch consumes the bar's own match
}

// AddColourScale colours a range by value, from the first colour for the smallest to the second for the largest.
func (s *Sheet) AddColourScale(ref, smallest, largest string) {
	s.Check(s.workbook.file.SetConditionalFormat(s.Name, ref, []excelize.ConditionalFormatOptions{{
		Type: "2_color_scale", Criteria: "=", MinType: "min", MaxType: "max", MinColor: "#" + smallest, MaxColor: "#" + largest,
	}}))
}

// AddSparklines draws a line into each of some cells, from the range of this sheet with the same index. The ranges may be hidden.
func (s *Sheet) AddSparklines(cells, ranges []string, colour string) {
	sources := make([]string, len(ranges))
	for i, ref := range ranges {
		sources[i] = quote(s.Name) + "!" + ref
	}
	s.Check(s.workbook.file.AddSparkline(s.Name, &excelize.SparklineOptions{
		Location: cells, Range: sources, Type: "line", EmptyCells: "gap", Weight: 1.25, SeriesColor: "#" + colour,
	}))
	// excelize has no option for hidden ranges.
	s.workbook.patch(s.part(), "<x14:sparklineGroup ", `<x14:sparklineGroup displayHidden="true" `)
}
