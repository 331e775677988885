package report

import (
	"strings"

	"callsheet/internal/sqlvalue"
	"callsheet/report/xlsx"
)

// writeHeatBlock writes the heat map of one metric from row at on, and returns the row where the next may begin.
func (p *page) writeHeatBlock(s Sheet, h heatTable, c columnMeta, at int) int {
	hours := int(h.last-h.first) + 1
	p.Put(1, at, c.label+" by "+s.Rows+" and hour"+heatLegend(c, h.hasClosed()), p.sectionStyle())
	p.SetStyle(2, at, hours+2, at, p.sectionStyle())
	p.SetHeight(at, 22)
	header := at + 1
	p.Put(1, header, p.catalog.callColumn(heatAxes[s.Rows].column).label, p.heatHeaderStyle("left"))
	hourStyle := p.heatHeaderStyle("center")
	hourStyle.NumberFormat = p.excelFormat("hour")
	for i := range hours {
		p.Put(i+2, header, h.first+int64(i), hourStyle)
	}
	p.Put(hours+2, header, "All hours", p.heatHeaderStyle("right"))
	format := p.numberFormat(c, h.values(c.name))
	for i, key := range h.keys {
		p.writeHeatRow(h, c, format, key, header+1+i)
	}
	end := header + len(h.keys)
	if painted := h.painted(c, header+1); painted != "" {
		p.addColourScale(painted, p.heatColour(c), c.good == "higher")
	}
	p.writeHeatTotals(h, c, format, s.Rows, end+1)
	return end + 4
}

// painted returns the cells to paint, as ranges of neighbours in a row; "" if there are none: the figure of a few calls is chance, and hours
// outside business hours are hatched instead. top is the row of the first key.
func (h *heatTable) painted(c columnMeta, top int) string {
	var ranges []string
	hours := int(h.last-h.first) + 1
	for y, key := range h.keys {
		from := 0
		for x := range hours + 1 {
			cell := cellKey(key) + cellKey(h.first+int64(x))
			enough := x < hours && h.cells[cell].count(c.base) >= c.baseMin && !h.isClosed(cell)
			switch {
			case enough && from == 0:
				from = x + 2
			case !enough && from > 0:
				ranges, from = append(ranges, xlsx.Range(from, top+y, x+1, top+y)), 0
			}
		}
	}
	return strings.Join(ranges, " ")
}

// heatColour returns the full colour of a metric's heat map: teal for an amount, brick for a metric that can be bad.
func (p *page) heatColour(c columnMeta) string {
	if c.good == "neutral" || c.good == "" {
		return p.theme.Heat
	}
	return p.theme.Concern
}

func heatLegend(c columnMeta, hasClosed bool) string {
	var words []string
	switch c.good {
	case "higher":
		words = append(words, "darker is lower")
	case "lower":
		words = append(words, "darker is worse")
	}
	if hasClosed {
		words = append(words, "grey is outside business hours")
	}
	if len(words) == 0 {
		return ""
	}
	return "  (" + strings.Join(words, "; ") + ")"
}

func (p *page) heatHeaderStyle(align string) xlsx.CellStyle {
	return xlsx.CellStyle{Bold: true, Size: 10, TextColour: p.theme.Grey, Align: align, BottomBorder: p.theme.Rule}
}

// writeHeatRow writes a day or weekday: its name, its hours and its total.
func (p *page) writeHeatRow(h heatTable, c columnMeta, format string, key any, at int) {
	name, style := p.cellValue(key, "weekday"), xlsx.CellStyle{Align: "left", VAlign: "center"}
	if _, isDay := key.(sqlvalue.Date); isDay {
		name, style.NumberFormat = p.cellValue(key, "day"), p.excelFormat("day")
	}
	p.Put(1, at, name, style)
	p.SetHeight(at, 19)
	hours := int(h.last-h.first) + 1
	for i := range hours {
		cell := cellKey(key) + cellKey(h.first+int64(i))
		style := xlsx.CellStyle{NumberFormat: narrowFormat(c, format), Align: "center", VAlign: "center", Size: 10}
		if h.isClosed(cell) {
			style.Hatch, style.TextColour = p.theme.Volume, p.theme.Grey
		}
		p.Put(i+2, at, p.heatValue(h.cells[cell], c, h.known[cell]), style)
	}
	p.Put(hours+2, at, p.heatValue(h.byRow[cellKey(key)], c, h.knownRow(key)),
		xlsx.CellStyle{NumberFormat: format, Bold: true, Align: "right", VAlign: "center", LeftBorder: p.theme.Blue})
}

// heatValue returns a figure's cell value. A missing row means no calls: 0, or empty where there is no data.
func (p *page) heatValue(r row, c columnMeta, known bool) any {
	v := p.cellValue(r.get(c.name), c.format)
	if v == nil && c.format == "count" && known {
		return int64(0)
	}
	return v
}

// narrowFormat returns the number format for a narrow cell: rates have no decimals, which their total shows.
func narrowFormat(c columnMeta, format string) string {
	if c.format == "rate" {
		return "0%"
	}
	return format
}

func (p *page) writeHeatTotals(h heatTable, c columnMeta, format, rows string, at int) {
	label := xlsx.CellStyle{Bold: true, TopBorder: p.theme.Blue, VAlign: "center"}
	hour, all := label, label
	label.Align = "left"
	hour.Align, hour.Size, hour.NumberFormat = "center", 10, narrowFormat(c, format)
	all.Align, all.NumberFormat, all.LeftBorder = "right", format, p.theme.Blue
	p.Put(1, at, "All "+rows+"s", label)
	p.SetHeight(at, 19)
	hours := int(h.last-h.first) + 1
	for i := range hours {
		clock := h.first + int64(i)
		p.Put(i+2, at, p.heatValue(h.byHour[cellKey(clock)], c, h.knownHour(clock)), hour)
	}
	p.Put(hours+2, at, p.cellValue(h.total.get(c.name), c.format), all)
}
