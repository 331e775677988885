package report

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"
)

// mostLabels fit under a chart; of more points only every second, third … is labelled.
const maxAxisLabels = 40

// A plot is where a chart's figures stand: a block of cells with a header row.
type plot struct {
	sheet       string
	header      int    // row of the series' names
	first, last int    // rows of the points
	categories  int    // column
	format      string // of the categories
	columns     []series
	line        *series
	horizontal  bool // bars from left to right, the first at the top
	hasNegative bool // a figure is below 0
}

// A series is a column of a plot.
type series struct {
	column int
	meta   columnMeta
}

// draw puts a chart at a cell. All text has a colour of its own: without one, some readers draw it white.
func (b *book) addChart(at plot, c Chart, sheet, corner string, width, height uint) error {
	gap, overlap, zero := uint(45), 100, 0.0
	kind := excelize.ColStacked
	if len(at.columns) == 1 {
		kind = excelize.Col
	}
	if at.horizontal {
		kind = excelize.Bar
	}
	title := expandDays(c.Title, at.last-at.first+1)
	chart := &excelize.Chart{
		Type: kind, GapWidth: &gap, Overlap: &overlap, ShowBlanksAs: "gap", VaryColors: new(bool),
		Dimension: excelize.ChartDimension{Width: width, Height: height},
		Title:     excelize.ChartTitle{Paragraph: b.chartText(title, 12, b.theme.Blue, true)},
		Legend:    excelize.ChartLegend{Position: "top", Font: b.chartFont(9)},
		XAxis:     excelize.ChartAxis{Font: *b.chartFont(9), ReverseOrder: at.horizontal},
		YAxis: excelize.ChartAxis{
			MajorGridLines: true, Font: *b.chartFont(9), Title: b.axisTitle(c.Axis),
			Minimum: &zero, // a column that does not begin at 0 lies
			NumFmt:  excelize.ChartNumFmt{CustomNumFmt: b.valueAxisFormat(at.columns)},
		},
		Fill:   excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFFFFF"}},
		Border: excelize.LineOptions{Type: excelize.LineNone},
		Format: excelize.GraphicOptions{
			AltText: b.altText(title, at), Name: truncate(title, 60), Positioning: "oneCell",
		},
	}
	if at.hasNegative {
		chart.YAxis.Minimum = nil
	}
	if at.format != "" {
		chart.XAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: at.format}
	}
	if points := at.last - at.first + 1; points > maxAxisLabels {
		chart.XAxis.TickLabelSkip = (points + maxAxisLabels - 1) / maxAxisLabels
	}
	var fills []string
	for _, s := range at.columns {
		fills = append(fills, b.seriesColour(s.meta, fills, len(at.columns)))
		chart.Series = append(chart.Series, at.series(s, solidFill(fills[len(fills)-1])))
	}
	if at.line == nil {
		return b.file.AddChart(sheet, corner, chart)
	}
	return b.file.AddChart(sheet, corner, chart, b.lineChart(at))
}

// lineChart is the line over the columns, on an axis of its own at the right.
func (b *book) lineChart(at plot) *excelize.Chart {
	none, all := 0.0, 1.0
	axis := excelize.ChartAxis{
		Secondary: true, Minimum: &none, Font: *b.chartFont(9), Title: b.axisTitle(at.line.meta.label),
		NumFmt: excelize.ChartNumFmt{CustomNumFmt: b.excelFormat(at.line.meta.format)},
	}
	if at.line.meta.format == "rate" {
		axis.Maximum, axis.MajorUnit = &all, 0.25
		axis.NumFmt.CustomNumFmt = "0%"
	}
	colour := solidFill(b.theme.Blue)
	line := at.series(*at.line, colour) // the fill colours the line, too
	line.Line = excelize.LineOptions{Type: excelize.LineSolid, Width: 2}
	line.Marker = excelize.ChartMarker{
		Symbol: "circle", Size: 6, Fill: colour, Border: excelize.LineOptions{Type: excelize.LineNone},
	}
	return &excelize.Chart{
		Type: excelize.Line, Series: []excelize.ChartSeries{line}, YAxis: axis, ShowBlanksAs: "gap",
		Legend: excelize.ChartLegend{Position: "top", Font: b.chartFont(9)},
	}
}

func (at plot) series(s series, fill excelize.Fill) excelize.ChartSeries {
	ref := func(column, from, to int) string {
		name, _ := excelize.ColumnNumberToName(column) // its error was met when the cells were written
		return fmt.Sprintf("%s!$%s$%d:$%s$%d", quoted(at.sheet), name, from, name, to)
	}
	name, _ := excelize.ColumnNumberToName(s.column)
	return excelize.ChartSeries{
		Name:       fmt.Sprintf("%s!$%s$%d", quoted(at.sheet), name, at.header),
		Categories: ref(at.categories, at.first, at.last),
		Values:     ref(s.column, at.first, at.last),
		Fill:       fill,
	}
}

// seriesFill is a series' colour, other than those of the series before it: answered and missed have theirs everywhere, what
// stands behind a line is pale.
func (b *book) seriesColour(w columnMeta, taken []string, of int) string {
	colours := []string{b.theme.Answered, b.theme.Volume, b.theme.Blue, b.theme.Missed}
	switch {
	case w.name == "missed" || w.name == "abandoned" || w.name == "coins_unanswered":
		colours = append([]string{b.theme.Missed}, colours...)
	case w.name == "answered" || w.name == "answered_in" || w.name == "connected":
	case of == 1:
		colours = []string{b.theme.Volume}
	}
	for _, colour := range colours {
		if !slices.Contains(taken, colour) {
			return colour
		}
	}
	return colours[len(taken)%len(colours)]
}

func solidFill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func (b *book) valueAxisFormat(columns []series) string {
	format := b.excelFormat(columns[0].meta.format)
	if columns[0].meta.format == "duration" {
		return "[h]:mm"
	}
	return format
}

func (b *book) chartFont(size float64) *excelize.Font {
	return &excelize.Font{Family: b.theme.Font, Size: size, Color: b.theme.Grey}
}

func (b *book) chartText(s string, size float64, colour string, bold bool) []excelize.RichTextRun {
	return []excelize.RichTextRun{{
		Text: cleanText(s), Font: &excelize.Font{Family: b.theme.Font, Size: size, Bold: bold, Color: colour},
	}}
}

func (b *book) axisTitle(s string) excelize.ChartTitle {
	if s == "" {
		return excelize.ChartTitle{}
	}
	return excelize.ChartTitle{Paragraph: b.chartText(s, 9, b.theme.Grey, false)}
}

// altText tells a reader who cannot see the chart what it shows and where its figures are.
func (b *book) altText(title string, at plot) string {
	text := map[bool]string{false: "Column chart", true: "Bar chart"}[at.horizontal]
	for i, s := range at.columns {
		joint := ", "
		if i == 0 {
			joint = " of "
		}
		text += joint + s.meta.label
	}
	if at.line != nil {
		text += ", with a line of " + at.line.meta.label
	}
	return cleanText(fmt.Sprintf("%s. %s. %s. The figures are on sheet %s, rows %d to %d.",
		title, text, b.scope(), at.sheet, at.first, at.last))
}
