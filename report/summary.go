package report

import (
	"cmp"
	"fmt"
)

// The summary stands on a grid of three blocks of three columns, with thin columns between: tiles are a
// block wide, charts and the short table run over all.
const (
	maxTiles    = 9
	rankColumns = 8
	gridWidth   = 10.4 // characters of a column
	gapWidth    = 1.2
	firstColumn = 2
	lastColumn  = 12
	// chartWidth is the width of the grid in pixels, at seven a character and five of padding.
	chartWidth  = 9*78 + 2*13
	chartHeight = 178
)

// gridColumns are the columns that hold something.
var gridColumns = []int{2, 3, 4, 6, 7, 8, 10, 11, 12}

// fillSummary lays out the first page: how it went, what is worse, what to do.
func (b *book) fillSummary(s Sheet) error {
	p := b.page(s.Name)
	p.width(1, 1.2)
	for column := firstColumn; column <= lastColumn+1; column++ {
		p.width(column, gapWidth)
	}
	for _, column := range gridColumns {
		p.width(column, gridWidth)
	}
	at := p.writeBanner()
	p.addLogo()
	at = p.writeTiles(s.Tiles, at)
	at, plots := p.reserveCharts(s, at)
	at = p.writeRanking(s.Ranking, at)
	at = p.writeFindings(s.Alerts, at)
	at = p.writeFooter(at)
	p.view(false, 100)
	p.check(b.setUpPrinting(s.Name, printSetup{
		onePage: true, area: fmt.Sprintf("$A$1:$M$%d", at),
	}))
	p.writeChartData(plots, at+2)
	return p.err
}

// banner is the title, what the page is about, how far it can be trusted, and what it is compared with.
func (p *page) writeBanner() int {
	p.put(firstColumn, 1, cleanText(p.def.Title), cellStyle{size: 22, bold: true, textColour: p.theme.Blue, valign: "center"})
	p.height(1, 34)
	lines := []string{p.scope(), p.dataQuality(), "Changes are against " + p.comparison()}
	for i, line := range lines {
		p.put(firstColumn, 2+i, line, p.greyStyle())
	}
	at := 2 + len(lines)
	if p.calls() == 0 {
		p.put(firstColumn, at, p.emptyMessage(Sheet{}), cellStyle{size: 13, bold: true, valign: "center"})
		p.height(at, 24)
		at++
	}
	p.height(at, 8)
	return at + 1
}

func (p *page) writeFooter(at int) int {
	p.height(at, 8)
	at++
	made := "Made by callsheet"
	if p.req.Version != "" {
		made += " " + p.req.Version
	}
	notes := ""
	if sheet := p.sheetOf("notes"); sheet != "" {
		notes = "How each figure is defined: sheet " + sheet + ".  "
		p.link(firstColumn, at, sheet)
	}
	p.put(firstColumn, at, notes+made+" from data of "+p.formatTime(p.dataTime())+".", cellStyle{size: 9, textColour: p.theme.Grey})
	return at
}

// sheetOf is the first sheet of a kind, or "".
func (b *book) sheetOf(kind string) string {
	for _, s := range b.def.Sheets {
		if s.Kind == kind {
			return s.Name
		}
	}
	return ""
}

// evidenceSheet is where the evidence stands.
func (b *book) evidenceSheet() string { return cmp.Or(b.sheetOf("evidence"), b.sheetOf("notes")) }

// sheetAbout is the first table of a query, or "": where a sentence of the summary sends its reader.
func (b *book) sheetAbout(query string) string {
	about := ""
	for _, s := range b.def.Sheets {
		if s.Query == query && (s.Kind == "table" || about == "") {
			about = s.Name
		}
		if s.Query == query && s.Kind == "table" {
			break
		}
	}
	return about
}
