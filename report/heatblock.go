package report

// block writes a heat map of one metric from row at on, and gives the row the next may begin in.
func (p *page) block(s Sheet, h heatTable, w word, at int) int {
	hours := int(h.last-h.first) + 1
	p.put(1, at, w.label+" by "+s.Rows+" and hour"+p.legend(w), p.sectionLook())
	p.draw(2, at, hours+2, at, p.sectionLook())
	p.height(at, 22)
	head := at + 1
	p.put(1, head, p.words.perCall(heatAxes[s.Rows].column).label, p.edgeHead("left"))
	for i := range hours {
		p.put(i+2, head, h.first+int64(i), p.hourHead())
	}
	p.put(hours+2, head, "All hours", p.edgeHead("right"))
	format := p.numberFormat(w, h.figures(w.name))
	for i, key := range h.rows {
		p.heatRow(h, w, format, key, head+1+i)
	}
	end := head + len(h.rows)
	p.heat(span(2, head+1, hours+1, end), p.tint(w), w.good == "higher")
	p.heatTotals(h, w, format, s.Rows, end+1)
	return end + 4
}

// tint is the colour of a metric's heat: teal for how much there was, brick where the eye should go to what
// went wrong.
func (p *page) tint(w word) string {
	if w.good == "neutral" || w.good == "" {
		return p.theme.Heat
	}
	return p.theme.Concern
}

func (p *page) legend(w word) string {
	switch w.good {
	case "higher":
		return "  (darker is lower)"
	case "lower":
		return "  (darker is worse)"
	}
	return ""
}

func (p *page) edgeHead(align string) look {
	return look{bold: true, size: 10, colour: p.theme.Grey, align: align, below: p.theme.Rule}
}

func (p *page) hourHead() look {
	l := p.edgeHead("center")
	l.format = p.format("hour")
	return l
}

// heatRow writes a day or weekday: its name, its hours, its total.
func (p *page) heatRow(h heatTable, w word, format string, key any, at int) {
	shown, name := p.value(key, "weekday"), look{align: "left", valign: "center"}
	if heatAxes["day"].column == p.rowColumn(key) {
		shown, name.format = p.value(key, "day"), p.format("day")
	}
	p.put(1, at, shown, name)
	p.height(at, 19)
	width := int(h.last-h.first) + 1
	for i := range width {
		v := p.value(h.cells[heatKey(key)+heatKey(h.first+int64(i))].get(w.name), w.format)
		if v == nil && w.format == "count" {
			v = int64(0) // no row of the query: no call in that hour, and that is known
		}
		p.put(i+2, at, v, look{format: p.tight(w, format), align: "center", valign: "center", size: 10})
	}
	p.put(width+2, at, p.value(h.byRow[heatKey(key)].get(w.name), w.format),
		look{format: format, bold: true, align: "right", valign: "center", leftRule: p.theme.Blue})
}

// rowColumn is which column a row's key is of.
func (p *page) rowColumn(key any) string {
	if _, ok := key.(int64); ok {
		return heatAxes["weekday"].column
	}
	return heatAxes["day"].column
}

// tight is a format for a narrow cell: a rate without decimals, its total keeps them.
func (p *page) tight(w word, format string) string {
	if w.format == "rate" {
		return "0%"
	}
	return format
}

func (p *page) heatTotals(h heatTable, w word, format, rows string, at int) {
	bold := look{bold: true, above: p.theme.Blue, valign: "center"}
	name := bold
	name.align = "left"
	p.put(1, at, "All "+rows+"s", name)
	p.height(at, 19)
	width := int(h.last-h.first) + 1
	bold.align, bold.size, bold.format = "center", 10, p.tight(w, format)
	for i := range width {
		p.put(i+2, at, p.value(h.byHour[heatKey(h.first+int64(i))].get(w.name), w.format), bold)
	}
	bold.align, bold.size, bold.format, bold.leftRule = "right", 0, format, p.theme.Blue
	p.put(width+2, at, p.value(h.all.get(w.name), w.format), bold)
}
