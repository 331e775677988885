package report

import (
	"cmp"
	"slices"

	"callsheet/report/xlsx"
)

// The summary is laid out on a grid of three blocks with three columns each, and narrow columns between the blocks. A tile is one block
// wide; charts and the ranking span all blocks.
const (
	maxTiles    = 9
	rankColumns = 8
	gridWidth   = 10.4 // characters of a column
	gapWidth    = 1.2
	firstColumn = 2
	lastColumn  = 12

	summaryWidth = 9*gridWidth + 2*gapWidth // from firstColumn to lastColumn
	// chartWidth is the width of the grid in pixels, at 7 for a character and 5 for the padding of a column.
	chartWidth  = 9*78 + 2*13
	chartHeight = 178
	// summaryZoom is the scale on screen in percent, at which a screen of 1366 × 768 shows the tiles and the first findings.
	summaryZoom = 85
)

// gridColumns are the columns of the blocks.
var gridColumns = []int{2, 3, 4, 6, 7, 8, 10, 11, 12}

// fillSummary lays out the first page: how the period went, what needs attention, and the figures behind it.
func (b *book) fillSummary(s Sheet) error {
	p := b.newPage(s.Name)
	p.SetWidth(1, 1.2)
	for column := firstColumn; column <= lastColumn+1; column++ {
		p.SetWidth(column, gapWidth)
	}
	for _, column := range gridColumns {
		p.SetWidth(column, gridWidth)
	}
	at := p.writeBanner(s)
	p.addLogo()
	at = p.writeTiles(s.Tiles, at)
	at = p.writeFindings(s, at)
	at, charts := p.reserveCharts(s, at)
	at = p.writeRanking(s.Ranking, at)
	at = p.writeFooter(s, at)
	p.HideGridLines()
	p.Zoom(summaryZoom)
	p.setUpPrinting(xlsx.PrintSetup{OnePage: true, Areas: []string{xlsx.PrintArea(1, 1, lastColumn+1, at)}})
	p.writeChartData(charts, at+2)
	return p.Err()
}

// writeBanner writes the title, the headline, the scope, the data quality and the period compared with.
func (p *page) writeBanner(s Sheet) int {
	p.writeTitle(xlsx.CleanText(cmp.Or(s.Title, p.def.Title)))
	headline, err := p.headline(s)
	p.Check(err)
	style := xlsx.CellStyle{Size: 12, Bold: true, VAlign: "center", Wrap: true}
	p.Merge(firstColumn, 2, lastColumn, 2)
	p.Put(firstColumn, 2, headline, style)
	p.SetHeight(2, 18*float64(lineCount(headline, summaryWidth*10/style.Size)))
	lines := []string{p.scope(), p.dataQuality()}
	if checked := p.checked(); checked != "" {
		lines = append(lines, checked)
	}
	lines = append(lines, p.comparison())
	if s.Note != "" {
		lines = append(lines, xlsx.CleanText(s.Note))
	}
	for i, line := range lines {
		p.Put(firstColumn, 3+i, line, p.greyStyle())
	}
	at := 3 + len(lines)
	p.SetHeight(at, 8)
	return at + 1
}

// writeTitle writes the title, which wraps before the logo.
func (p *page) writeTitle(title string) {
	style := xlsx.CellStyle{Size: 22, Bold: true, TextColour: p.theme.Blue, VAlign: "center", Wrap: true}
	right, width := lastColumn, summaryWidth
	if p.def.Logo != "" {
		right, width = gridColumns[5], 6*gridWidth+gapWidth
	}
	p.Merge(firstColumn, 1, right, 1)
	p.Put(firstColumn, 1, title, style)
	p.SetHeight(1, 4+30*float64(lineCount(title, width*11/style.Size/boldWidth)))
}

// writeFooter says what the rates on the tiles are shares of, and where the figures come from.
func (p *page) writeFooter(s Sheet, at int) int {
	p.SetHeight(at, 8)
	at++
	if hasServiceLevel(s.Tiles) {
		p.Put(firstColumn, at, p.denominators(), xlsx.CellStyle{Size: 9, TextColour: p.theme.Grey})
		at++
	}
	text := "Created by callsheet"
	if p.req.Version != "" {
		text += " " + p.req.Version
	}
	text += " from data received up to " + p.formatTime(p.dataTime()) + "."
	if sheet := p.sheetOf("notes"); sheet != "" {
		text = "Definitions of all figures: sheet " + sheet + ".  " + text
		p.Link(firstColumn, at, sheet)
	}
	p.Put(firstColumn, at, text, xlsx.CellStyle{Size: 9, TextColour: p.theme.Grey})
	return at
}

// sheetOf returns the name of the first sheet of a kind, or "".
func (b *book) sheetOf(kind string) string {
	for _, s := range b.def.Sheets {
		if s.Kind == kind {
			return s.Name
		}
	}
	return ""
}

// shows reports whether a metric is on the tiles of a summary or on another sheet of the report.
func (b *book) shows(s Sheet, metric string) bool {
	return slices.ContainsFunc(s.Tiles, func(t Tile) bool { return t.Metric == metric }) ||
		slices.ContainsFunc(b.def.allSheets(), func(s Sheet) bool {
			s = b.inForm(s)
			return slices.Contains(s.Columns, metric) || slices.Contains(s.Metrics, metric)
		})
}

// sheetWith returns the name of the first sheet with a metric in its rows, else in its heat map or timetable, or "". Missed callers are rows themselves.
func (b *book) sheetWith(metric string) string {
	if metric == "callers_lost" || metric == "missed_episodes" {
		if sheet := cmp.Or(b.sheetAbout("to_call_back"), b.sheetAbout("missed")); sheet != "" {
			return sheet
		}
	}
	for _, s := range b.def.Sheets {
		if s.Kind != "summary" && slices.Contains(s.Columns, metric) {
			return s.Name
		}
	}
	for _, s := range b.def.Sheets {
		if slices.Contains(s.Metrics, metric) {
			return s.Name
		}
	}
	return ""
}

// evidenceSheet returns the name of the sheet with the evidence, or "".
func (b *book) evidenceSheet() string { return cmp.Or(b.sheetOf("evidence"), b.sheetOf("notes")) }

// sheetAbout returns the name of the sheet with the rows of a query, preferably a table, or "".
func (b *book) sheetAbout(query string) string {
	about := ""
	for _, s := range b.def.Sheets {
		if s.Query != query {
			continue
		}
		if s.Kind == "table" {
			return s.Name
		}
		about = cmp.Or(about, s.Name)
	}
	return about
}
