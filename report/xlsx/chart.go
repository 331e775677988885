package xlsx

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// maxAxisLabels is how many labels fit under a chart. With more points, only every second, third … has one.
const maxAxisLabels = 40

// A Chart draws a block of cells: a header row, and a row for each point. It has columns, stacked if there are several series, or
// horizontal bars, and optionally a line on a second axis. A single series has no legend.
type Chart struct {
	Title, AltText          string
	TitleColour, TextColour string
	Width, Height           uint // pixels

	Sheet          string // with the block of cells
	Header         int    // row of the series' names
	First, Last    int    // rows of the points
	Categories     int    // column of the points' names
	CategoryFormat string // number format; that of the cells when empty
	Series         []Series
	ValueFormat    string
	ValueStep      float64 // distance of the axis's lines; Excel's choice if 0
	ValueTitle     string
	Horizontal     bool // bars from left to right, the first point at the top
	HasNegative    bool // the axis need not begin at 0
	Line           *Line
}

// A Series is a column of a chart's block.
type Series struct {
	Column int
	Colour string
}

// A Line is a series on a second axis, from 0, or from 0 to 100 % for fractions.
type Line struct {
	Series
	Title     string
	Format    string
	Fractions bool
	Step      float64 // distance of the axis' marks; 0 lets the reader choose
	Goal      Series  // is dashed; none if its column is 0
}

// AddChart puts a chart at a cell. All its text has an explicit colour, because some programs show text without one in white.
func (s *Sheet) AddChart(column, row int, c Chart) {
	charts := []*excelize.Chart{s.workbook.columnChart(c)}
	if c.Line != nil {
		charts = append(charts, s.workbook.lineChart(c))
	}
	s.Check(s.workbook.file.AddChart(s.Name, Cell(column, row), charts[0], charts[1:]...))
}

func (w *Workbook) columnChart(c Chart) *excelize.Chart {
	gap, overlap, zero := uint(45), 100, 0.0
	kind := excelize.ColStacked
	if len(c.Series) == 1 {
		kind = excelize.Col
	}
	if c.Horizontal {
		kind = excelize.Bar
	}
	font := w.chartFont(c)
	chart := &excelize.Chart{
		Type: kind, GapWidth: &gap, Overlap: &overlap, ShowBlanksAs: "gap", VaryColors: new(bool),
		Dimension: excelize.ChartDimension{Width: c.Width, Height: c.Height},
		Title:     w.chartTitle(c.Title, excelize.Font{Size: 12, Bold: true, Color: c.TitleColour}),
		Legend:    excelize.ChartLegend{Position: "top", Font: &font},
		XAxis:     excelize.ChartAxis{Font: font, ReverseOrder: c.Horizontal},
		YAxis: excelize.ChartAxis{
			MajorGridLines: true, MajorUnit: c.ValueStep, Font: font, Title: w.axisTitle(c, c.ValueTitle),
			NumFmt: excelize.ChartNumFmt{CustomNumFmt: c.ValueFormat},
		},
		Fill:   solidFill("FFFFFF"),
		Border: excelize.LineOptions{Type: excelize.LineNone},
		Format: excelize.GraphicOptions{AltText: c.AltText, Name: Truncate(c.Title, 60), Positioning: "oneCell"},
	}
	if len(c.Series) == 1 && c.Line == nil {
		chart.Legend.Position = "none" // the title says it
	}
	if !c.HasNegative {
		chart.YAxis.Minimum = &zero // a column that does not begin at 0 misleads
	}
	if c.CategoryFormat != "" {
		chart.XAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: c.CategoryFormat}
	}
	if points := c.Last - c.First + 1; points > maxAxisLabels {
		chart.XAxis.TickLabelSkip = (points + maxAxisLabels - 1) / maxAxisLabels
	}
	for _, series := range c.Series {
		chart.Series = append(chart.Series, c.excelizeSeries(series))
	}
	return chart
}

// lineChart returns the line over the columns.
func (w *Workbook) lineChart(c Chart) *excelize.Chart {
	zero, one := 0.0, 1.0
	font := w.chartFont(c)
	axis := excelize.ChartAxis{
		Secondary: true, Minimum: &zero, Font: font, Title: w.axisTitle(c, c.Line.Title),
		NumFmt: excelize.ChartNumFmt{CustomNumFmt: c.Line.Format},
	}
	axis.MajorUnit = c.Line.Step
	if c.Line.Fractions {
		axis.Maximum, axis.MajorUnit = &one, 0.25
		axis.NumFmt.CustomNumFmt = "0%"
	}
	line := c.excelizeSeries(c.Line.Series) // the fill colours the line, too
	line.Line = excelize.LineOptions{Type: excelize.LineSolid, Width: 2}
	line.Marker = excelize.ChartMarker{
		Symbol: "circle", Size: 6, Fill: line.Fill, Border: excelize.LineOptions{Type: excelize.LineNone},
	}
	lines := []excelize.ChartSeries{line}
	if c.Line.Goal.Column > 0 {
		goal := c.excelizeSeries(c.Line.Goal)
		goal.Line = excelize.LineOptions{Type: excelize.LineSolid, Dash: excelize.LineDashDash, Width: 1}
		goal.Marker = excelize.ChartMarker{Symbol: "none"}
		lines = append(lines, goal)
	}
	return &excelize.Chart{
		Type: excelize.Line, Series: lines, YAxis: axis, ShowBlanksAs: "gap",
		Legend: excelize.ChartLegend{Position: "top", Font: &font},
	}
}

func (c Chart) excelizeSeries(s Series) excelize.ChartSeries {
	ref := func(column, from, to int) string {
		name, _ := excelize.ColumnNumberToName(column) // the cells were written, so it is a column
		return fmt.Sprintf("%s!$%s$%d:$%s$%d", quote(c.Sheet), name, from, name, to)
	}
	name, _ := excelize.ColumnNumberToName(s.Column)
	return excelize.ChartSeries{
		Name:       fmt.Sprintf("%s!$%s$%d", quote(c.Sheet), name, c.Header),
		Categories: ref(c.Categories, c.First, c.Last),
		Values:     ref(s.Column, c.First, c.Last),
		Fill:       solidFill(s.Colour),
	}
}

func (w *Workbook) chartFont(c Chart) excelize.Font {
	return excelize.Font{Family: w.options.Font, Size: 9, Color: c.TextColour}
}

func (w *Workbook) axisTitle(c Chart, text string) excelize.ChartTitle {
	if text == "" {
		return excelize.ChartTitle{}
	}
	return w.chartTitle(text, w.chartFont(c))
}

func (w *Workbook) chartTitle(text string, font excelize.Font) excelize.ChartTitle {
	font.Family = w.options.Font
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: CleanText(text), Font: &font}}}
}
