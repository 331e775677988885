package report

import (
	"fmt"
	"slices"

	"callsheet/report/xlsx"
)

// A plot is the block of cells that a chart draws: a header row, and a row for each point.
type plot struct {
	sheet          string
	header         int // row
	first, last    int // rows of the points
	categories     int // column of the points' names
	categoryFormat string
	columns        []series
	line           *series
	goal           int  // column with the goal of the line; 0 if it has none
	horizontal     bool // bars from left to right, the first at the top
	hasNegative    bool
	highest        float64 // the height of the highest column
	lineHighest    float64
}

// A series is a column of a plot.
type series struct {
	column int
	meta   columnMeta
}

// chartPlace is the cell where a chart begins, and its size in pixels.
type chartPlace struct {
	column, row   int
	width, height uint
}

func (p *page) addChart(source plot, c Chart, place chartPlace) {
	chart := xlsx.Chart{
		Title: c.Title, AltText: p.altText(c.Title, source), TitleColour: p.theme.Blue, TextColour: p.theme.Grey,
		Width: place.width, Height: place.height,
		Sheet: source.sheet, Header: source.header, First: source.first, Last: source.last,
		Categories: source.categories, CategoryFormat: source.categoryFormat,
		ValueFormat: p.valueAxisFormat(source.columns[0].meta.format), ValueTitle: c.Axis,
		Horizontal: source.horizontal, HasNegative: source.hasNegative,
	}
	chart.ValueStep = axisStep(source.columns[0].meta.format, source.highest)
	var colours []string
	for _, s := range source.columns {
		colours = append(colours, p.seriesColour(s.meta, colours, len(source.columns)))
		chart.Series = append(chart.Series, xlsx.Series{Column: s.column, Colour: colours[len(colours)-1]})
	}
	if line := source.line; line != nil {
		chart.Line = &xlsx.Line{
			Series: xlsx.Series{Column: line.column, Colour: p.theme.Blue}, Title: line.meta.label,
			Format: p.excelFormat(line.meta.format), Fractions: line.meta.format == "rate",
			Goal: xlsx.Series{Column: source.goal, Colour: p.theme.Ink},
		}
		chart.Line.Step = axisStep(line.meta.format, source.lineHighest)
	}
	p.AddChart(place.column, place.row, chart)
}

// seriesColour returns a colour that no earlier series has. Answered and missed calls have the same colours in every chart, and the
// columns behind a line are pale.
func (b *book) seriesColour(c columnMeta, taken []string, count int) string {
	colours := []string{b.theme.Answered, b.theme.Volume, b.theme.Blue, b.theme.Missed}
	switch {
	case c.name == "missed" || c.name == "abandoned" || c.name == "coins_unanswered":
		colours = append([]string{b.theme.Missed}, colours...)
	case c.name == "answered" || c.name == "answered_in" || c.name == "connected":
	case count == 1:
		colours = []string{b.theme.Volume}
	}
	for _, colour := range colours {
		if !slices.Contains(taken, colour) {
			return colour
		}
	}
	return colours[len(taken)%len(colours)]
}

// axisStep returns the distance of the marks of an axis in the unit of its figures, or 0 if the reader chooses it.
func axisStep(format string, highest float64) float64 {
	switch format {
	case "duration":
		return durationStep(highest, 60) / xlsx.SecondsPerDay
	case "short_duration":
		return durationStep(highest, 10) / xlsx.SecondsPerDay
	}
	return 0
}

// durationStep returns the distance in seconds, least or more, of the marks of an axis for figures of some height: whole minutes, quarters
// of an hour, hours or days. Excel would choose tenths of a day.
func durationStep(highest, least float64) float64 {
	const minute, hour, day, most = 60, 3600, xlsx.SecondsPerDay, 6
	for _, step := range []float64{10, 30, minute, 2 * minute, 5 * minute, 15 * minute, hour / 2, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour} {
		if step >= least && highest <= most*step {
			return step
		}
	}
	step := float64(day)
	for highest > most*step {
		step *= 2
	}
	return step
}

func (b *book) valueAxisFormat(format string) string {
	if format == "duration" {
		return "[h]:mm"
	}
	return b.excelFormat(format)
}

// altText describes a chart for readers who cannot see it, and names the cells with its figures.
func (b *book) altText(title string, source plot) string {
	text := map[bool]string{false: "Column chart", true: "Bar chart"}[source.horizontal]
	for i, s := range source.columns {
		separator := ", "
		if i == 0 {
			separator = " of "
		}
		text += separator + s.meta.label
	}
	if source.line != nil {
		text += ", with a line of " + source.line.meta.label
	}
	if source.goal > 0 {
		text += " and one of its goal"
	}
	return xlsx.CleanText(fmt.Sprintf("%s. %s. %s. The figures are on sheet %s, rows %d to %d.",
		title, text, b.scope(), source.sheet, source.first, source.last))
}
