package report

import "slices"

// Figure is a tile in words, for where there are no cells.
type Figure struct{ Label, Value, Change string }

// figures are the tiles of the summary.
func (b *book) summaryFigures() []Figure {
	var all []Figure
	for _, s := range b.def.Sheets {
		for _, t := range s.Tiles {
			w := b.catalog.metrics[t.Metric]
			text := b.formatValue(b.summary.get(w.name), w.format)
			if text == "" {
				text = "unknown"
			}
			all = append(all, Figure{b.tileLabel(t, w), text, b.change(w).text})
		}
	}
	return all
}

func (b *book) tileLabel(t Tile, w columnMeta) string {
	if t.Label != "" {
		return cleanText(t.Label)
	}
	if target, ok := b.settings.number("service_level_target_seconds"); ok && w.name == "service_level" {
		return w.label + ", " + b.formatValue(target, "count") + " s"
	}
	return w.label
}

// tiles writes the large figures, three a row: label, figure, change, and a second figure in small.
func (p *page) writeTiles(tiles []Tile, at int) int {
	for i, t := range tiles {
		if i > 0 && i%3 == 0 {
			at += 5
		}
		p.writeTile(t, gridColumns[i%3*3], at)
	}
	p.height(at+4, 8)
	return at + 5
}

func (p *page) writeTile(t Tile, column, at int) {
	w, ok := p.catalog.metrics[t.Metric]
	if !ok {
		p.check(unknownMetric(t.Metric, p.catalog))
		return
	}
	for _, metric := range []string{t.Metric, t.Also} {
		if metric != "" && p.catalog.metrics[metric].name != "" && !slices.Contains(p.summary.columns, metric) {
			p.check(missingColumn("summary", metric, p.summary.columns))
		}
	}
	v := p.summary.get(w.name)
	format := p.numberFormat(w, slices.Values([]any{v}))
	box := cellStyle{fill: p.theme.Pale, align: "left", indent: 1, valign: "center"}
	top, figure, below, last := box, box, box, box
	top.topBorder, top.thickTop, top.textColour, top.size = p.theme.Blue, true, p.theme.Grey, 10
	figure.size, figure.bold, figure.format = 22, true, format
	moved := p.change(w)
	below.textColour, below.size = moved.colour, 10
	last.textColour, last.size = p.theme.Grey, 10
	for i, l := range []cellStyle{top, figure, below, last} {
		p.setStyle(column, at+i, column+2, at+i, l)
		p.height(at+i, []float64{17, 31, 16, 17}[i])
	}
	p.put(column, at, p.tileLabel(t, w), top)
	// A number does not run over into the next cell as text does: it needs the room of all three.
	p.check(p.file.MergeCell(p.name, cell(column, at+1), cell(column+2, at+1)))
	p.put(column, at+1, p.cellValue(v, w.format), figure)
	p.put(column, at+2, moved.text, below)
	p.put(column, at+3, p.secondFigure(t.Also), last)
	p.height(at+4, 7)
}

// also is a tile's second figure in words: "Average talk 2:47".
func (p *page) secondFigure(metric string) any {
	if metric == "" {
		return nil
	}
	w, ok := p.catalog.metrics[metric]
	if !ok {
		p.check(unknownMetric(metric, p.catalog))
		return nil
	}
	text := p.formatValue(p.summary.get(metric), w.format)
	if text == "" {
		text = "unknown"
	}
	return w.label + " " + text
}

func unknownMetric(name string, words catalog) error {
	return missingColumn("summary", name, words.order)
}
