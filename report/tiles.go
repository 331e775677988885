package report

import (
	"cmp"
	"slices"

	"callsheet/report/xlsx"
)

// A Figure is a tile as text, for a mail or a message.
type Figure struct{ Label, Value, Change string }

// summaryFigures returns the tiles of the summary as text.
func (b *book) summaryFigures() []Figure {
	var figures []Figure
	for _, s := range b.def.Sheets {
		for _, t := range s.Tiles {
			c := b.catalog.metrics[t.Metric]
			value := cmp.Or(b.formatValue(b.summary.get(c.name), c.format), "unknown")
			change := b.change(c)
			if change.usual != "" {
				change.text += "; " + change.usual
			}
			figures = append(figures, Figure{b.tileLabel(t, c), value, change.text})
		}
	}
	return figures
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
	for i, t := range tiles {
		if i > 0 && i%3 == 0 {
			at += tileRows
		}
		p.writeTile(t, gridColumns[i%3*3], at)
	}
	p.SetHeight(at+tileRows-1, 8)
	return at + tileRows
}

// tileHeights are the heights in points of a tile's rows: its label, the value, its change, its usual range, a second metric, and a gap.
var tileHeights = []float64{17, 31, 16, 15, 17, 7}

const tileRows = 6

// writeTile writes a tile; all but the value is in small type.
func (p *page) writeTile(t Tile, column, at int) {
	c, ok := p.catalog.metrics[t.Metric]
	if !ok {
		p.Check(unknownMetric(t.Metric, p.catalog))
		return
	}
	for _, metric := range []string{t.Metric, t.Also} {
		if metric != "" && p.catalog.metrics[metric].name != "" && !slices.Contains(p.summary.columns, metric) {
			p.Check(missingColumn("total", metric, p.summary.columns))
		}
	}
	v := p.summary.get(c.name)
	box := xlsx.CellStyle{Fill: p.theme.Pale, Align: "left", Indent: 1, VAlign: "center"}
	label, value, moved, small := box, box, box, box
	label.TopBorder, label.ThickTop, label.TextColour, label.Size = p.theme.Blue, true, p.theme.Grey, 10
	value.Size, value.Bold, value.NumberFormat = 22, true, p.numberFormat(c, slices.Values([]any{v}))
	change := p.change(c)
	moved.TextColour, moved.Size = change.colour, 10
	small.TextColour, small.Size = p.theme.Grey, 10
	for i, style := range []xlsx.CellStyle{label, value, moved, small, small} {
		p.SetStyle(column, at+i, column+2, at+i, style)
	}
	for i, height := range tileHeights {
		p.SetHeight(at+i, height)
	}
	p.Put(column, at, p.tileLabel(t, c), label)
	// Unlike text, a number does not flow into the next cell, so it needs all three.
	p.Merge(column, at+1, column+2, at+1)
	p.Put(column, at+1, p.cellValue(v, c.format), value)
	p.Put(column, at+2, change.text, moved)
	if change.usual != "" {
		p.Put(column, at+3, change.usual, small)
	}
	p.Put(column, at+4, p.secondFigure(t.Also), small)
}

// secondFigure returns a tile's second metric as text, such as "Average talk 2:47".
func (p *page) secondFigure(metric string) any {
	if metric == "" {
		return nil
	}
	c, ok := p.catalog.metrics[metric]
	if !ok {
		p.Check(unknownMetric(metric, p.catalog))
		return nil
	}
	return c.label + " " + cmp.Or(p.formatValue(p.summary.get(metric), c.format), "unknown")
}

func unknownMetric(name string, all catalog) error {
	return missingColumn("total", name, all.order)
}
