package report

// block writes a heat map of one metric from row at on, and gives the row the next may begin in.
func (p *page) heatBlock(s Sheet, h heatTable, w columnMeta, at int) int {
	hours := int(h.last-h.first) + 1
	p.put(1, at, w.label+" by "+s.Rows+" and hour"+p.legend(w), p.sectionStyle())
	p.setStyle(2, at, hours+2, at, p.sectionStyle())
	p.height(at, 22)
	head := at + 1
	p.put(1, head, p.catalog.callColumn(heatAxes[s.Rows].column).label, p.edgeHeaderStyle("left"))
	for i := range hours {
		p.put(i+2, head, h.first+int64(i), p.hourHeaderStyle())
	}
	p.put(hours+2, head, "All hours", p.edgeHeaderStyle("right"))
	format := p.numberFormat(w, h.values(w.name))
	for i, key := range h.keys {
		p.writeHeatRow(h, w, format, key, head+1+i)
	}
	end := head + len(h.keys)
	p.colourScale(span(2, head+1, hours+1, end), p.heatColour(w), w.good == "higher")
	p.writeHeatTotals(h, w, format, s.Rows, end+1)
	return end + 4
}

// tint is the colour of a metric's heat: teal for how much there was, brick where the eye should go to what
// went wrong.
func (p *page) heatColour(w columnMeta) string {
	if w.good == "neutral" || w.good == "" {
		return p.theme.Heat
	}
	return p.theme.Concern
}

func (p *page) legend(w columnMeta) string {
	switch w.good {
	case "higher":
		return "  (darker is lower)"
	case "lower":
		return "  (darker is worse)"
	}
	return ""
}

func (p *page) edgeHeaderStyle(align string) cellStyle {
	return cellStyle{bold: true, size: 10, textColour: p.theme.Grey, align: align, bottomBorder: p.theme.Rule}
}

func (p *page) hourHeaderStyle() cellStyle {
	l := p.edgeHeaderStyle("center")
	l.format = p.excelFormat("hour")
	return l
}

// heatRow writes a day or weekday: its name, its hours, its total.
func (p *page) writeHeatRow(h heatTable, w columnMeta, format string, key any, at int) {
	shown, name := p.cellValue(key, "weekday"), cellStyle{align: "left", valign: "center"}
	if heatAxes["day"].column == p.keyColumn(key) {
		shown, name.format = p.cellValue(key, "day"), p.excelFormat("day")
	}
	p.put(1, at, shown, name)
	p.height(at, 19)
	width := int(h.last-h.first) + 1
	for i := range width {
		v := p.cellValue(h.cells[cellKey(key)+cellKey(h.first+int64(i))].get(w.name), w.format)
		if v == nil && w.format == "count" {
			v = int64(0) // no row of the query: no call in that hour, and that is known
		}
		p.put(i+2, at, v, cellStyle{format: p.narrowFormat(w, format), align: "center", valign: "center", size: 10})
	}
	p.put(width+2, at, p.cellValue(h.byRow[cellKey(key)].get(w.name), w.format),
		cellStyle{format: format, bold: true, align: "right", valign: "center", leftBorder: p.theme.Blue})
}

// rowColumn is which column a row's key is of.
func (p *page) keyColumn(key any) string {
	if _, ok := key.(int64); ok {
		return heatAxes["weekday"].column
	}
	return heatAxes["day"].column
}

// tight is a format for a narrow cell: a rate without decimals, its total keeps them.
func (p *page) narrowFormat(w columnMeta, format string) string {
	if w.format == "rate" {
		return "0%"
	}
	return format
}

func (p *page) writeHeatTotals(h heatTable, w columnMeta, format, rows string, at int) {
	bold := cellStyle{bold: true, topBorder: p.theme.Blue, valign: "center"}
	name := bold
	name.align = "left"
	p.put(1, at, "All "+rows+"s", name)
	p.height(at, 19)
	width := int(h.last-h.first) + 1
	bold.align, bold.size, bold.format = "center", 10, p.narrowFormat(w, format)
	for i := range width {
		p.put(i+2, at, p.cellValue(h.byHour[cellKey(h.first+int64(i))].get(w.name), w.format), bold)
	}
	bold.align, bold.size, bold.format, bold.leftBorder = "right", 0, format, p.theme.Blue
	p.put(width+2, at, p.cellValue(h.total.get(w.name), w.format), bold)
}
