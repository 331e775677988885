package report

import (
	"cmp"
	"slices"

	"callsheet/report/xlsx"
)

// figure returns a metric of the summary as text.
func (b *book) figure(metric string) string {
	return cmp.Or(b.formatValue(b.totals.get(metric), b.catalog.metrics[metric].format), "unknown")
}

// besideServiceLevel returns the metrics that are shown with a service level: like it, and unlike the answer rate, they leave out short abandons.
func besideServiceLevel(t Tile) []string {
	if t.Metric == "service_level" {
		return []string{"net_answer_rate", "net_abandon_rate"}
	}
	return nil
}

func hasServiceLevel(tiles []Tile) bool {
	return slices.ContainsFunc(tiles, func(t Tile) bool { return t.Metric == "service_level" })
}

// denominators says what the rates on a page with a service level are shares of.
func (b *book) denominators() string {
	short, _ := b.settings.number("short_abandon_seconds")
	words := "Rates: of the calls offered. Net rates: without those given up within " + b.formatValue(short, "count") +
		" s. Service level: also without answers of unknown wait."
	if b.settings.get("exclude_out_of_hours") == true {
		words += " Calls out of hours are left out."
	}
	return words
}

func (b *book) tileLabel(t Tile, c columnMeta) string {
	if t.Label != "" {
		return xlsx.CleanText(t.Label)
	}
	if target, ok := b.settings.number("service_level_target_seconds"); ok && c.name == "service_level" {
		return c.label + ", " + b.formatValue(target, "count") + " s"
	}
	return c.label
}

// writeTiles writes the tiles, three in a row.
func (p *page) writeTiles(tiles []Tile, at int) int {
	for line := range slices.Chunk(tiles, 3) {
		shape := tileShape{hasGoal: p.hasGoal(line), hasServiceLevel: hasServiceLevel(line), labelLines: 1, secondLines: 1}
		for _, t := range line {
			shape.labelLines = max(shape.labelLines, lineCount(p.tileLabel(t, p.catalog.metrics[t.Metric]), tileWidth))
			shape.secondLines = max(shape.secondLines, lineCount(toText(p.secondFigure(t)), tileWidth))
		}
		for i, t := range line {
			p.writeTile(t, gridColumns[i*3], at, shape)
		}
		at += len(shape.heights())
		p.SetHeight(at, 7)
		at++
	}
	return at
}

// A tileShape says which rows the tiles beside each other have, beyond the label, the value, its usual range, its change and a second
// metric, and how many lines the texts have.
type tileShape struct {
	hasGoal, hasServiceLevel bool
	labelLines, secondLines  int
}

// tileWidth is the room for text of 10 points in characters.
const tileWidth = (3*gridWidth - indentWidth) * 11 / 10

// heights are the heights in points of the rows.
func (s tileShape) heights() []float64 {
	heights := []float64{4 + 13*float64(s.labelLines), 31, 16, 15, 4 + 13*float64(s.secondLines)}
	if s.hasGoal {
		heights = slices.Insert(heights, 2, 16)
	}
	if s.hasServiceLevel {
		heights = append(heights, 16)
	}
	return heights
}

// writeTile writes a tile; all but the value is in small type.
func (p *page) writeTile(t Tile, column, at int, shape tileShape) {
	c, ok := p.catalog.metrics[t.Metric]
	if !ok {
		p.Check(unknownMetric(t.Metric, p.catalog))
		return
	}
	for _, metric := range append(besideServiceLevel(t), t.Metric, t.Also) {
		if metric != "" && p.catalog.metrics[metric].name != "" && !slices.Contains(p.totals.columns, metric) {
			p.Check(missingColumn("total", metric, p.totals.columns))
		}
	}
	v := p.totals.get(c.name)
	box := xlsx.CellStyle{Fill: p.theme.Pale, Align: "left", Indent: 1, VAlign: "center"}
	label, value, moved, small := box, box, box, box
	label.TopBorder, label.ThickTop, label.TextColour, label.Size = p.theme.Blue, true, p.theme.Grey, 10
	value.Size, value.Bold, value.NumberFormat = 22, true, p.numberFormat(c, slices.Values([]any{v}))
	change := p.change(c)
	moved.TextColour, moved.Size = change.colour, 10
	small.TextColour, small.Size = p.theme.Grey, 10
	for i, height := range shape.heights() {
		p.SetStyle(column, at+i, column+2, at+i, small)
		p.SetHeight(at+i, height)
	}
	label.Wrap = shape.labelLines > 1
	p.SetStyle(column, at, column+2, at, label)
	p.Merge(column, at, column+2, at)
	if sheet := p.sheetWith(c.name); sheet != "" {
		label.TextColour, label.Underline = p.theme.Blue, true
		p.Link(column, at, sheet)
	}
	p.Put(column, at, p.tileLabel(t, c), label)
	// Unlike text, a number does not flow into the next cell, so it needs all three.
	at++
	p.SetStyle(column, at, column+2, at, value)
	p.Merge(column, at, column+2, at)
	p.Put(column, at, p.cellValue(v, c.format), shrinking(value))
	at++
	second := at + 2 // the same row in all tiles
	if shape.hasGoal {
		second++
	}
	if goal, colour := p.goal(c); goal != "" {
		style := small
		style.TextColour = colour
		p.Put(column, at, goal, style)
		at++
	}
	if change.text != "" {
		p.Put(column, at, change.text, moved)
	}
	if change.second != "" {
		p.Put(column, at+1, change.second, small)
	}
	wrapped := small
	wrapped.Wrap = true
	p.Merge(column, second, column+2, second)
	p.Put(column, second, p.secondFigure(t), wrapped)
	if len(besideServiceLevel(t)) > 0 && v != nil {
		small.Size = 9
		p.Put(column, second+1, "Net "+p.figure("net_answer_rate")+" answered, "+p.figure("net_abandon_rate")+" abandoned", small)
	}
}

// secondFigure returns a tile's second metric as text, such as "Average talk 2:47".
func (p *page) secondFigure(t Tile) any {
	metric := t.Also
	if metric == "" {
		return nil
	}
	c, ok := p.catalog.metrics[metric]
	if !ok {
		p.Check(unknownMetric(metric, p.catalog))
		return nil
	}
	if p.totals.get(metric) == nil {
		return nil // "unknown" would say no more than the tile
	}
	if t.Metric == "callers_lost" && metric == "missed_customers" {
		return "of " + p.plural(p.totals.count(metric), "missed caller", "missed callers") + p.withinWindow()
	}
	return c.label + " " + p.figure(metric)
}

// withinWindow says how many of the callers who wait are still within the recovery window: "; 5 within 24 h".
func (p *page) withinWindow() string {
	found, err := p.data.result(p.findings)
	p.Check(err)
	if p.Err() != nil {
		return ""
	}
	for i := range found.rows {
		if f := found.row(i); f.get("kind") == "waiting" && f.count("within_window") > 0 {
			open := p.locale.Number(float64(f.count("within_window")), 0)
			if f.count("within_window") == f.count("concern") {
				open = "all"
			}
			return "; " + open + " within " + p.recoveryWindow()
		}
	}
	return ""
}

func unknownMetric(name string, all catalog) error {
	return missingColumn("total", name, all.order)
}
