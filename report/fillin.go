package report

import "callsheet/report/xlsx"

// fillInWidth is the width of a column for people to write in by hand.
const fillInWidth = 16

// addFillIn adds the empty columns of a table, with lines beside their cells. A header that another column has gets a number: Excel repairs
// tables with equal headers.
func (p *page) addFillIn(s Sheet, t *tableLayout, body *tableBody) {
	taken := map[string]bool{}
	for _, c := range t.columns {
		xlsx.UniqueName(c.label, taken)
	}
	for _, header := range s.FillIn {
		column := len(t.columns) + 1
		c := columnMeta{name: header, label: xlsx.UniqueName(xlsx.HeaderText(header), taken), format: "text"}
		t.columns, t.formats = append(t.columns, c), append(t.formats, "@")
		p.Put(column, t.header, c.label, p.filterHeaderStyle("left", column))
		box := p.bodyStyle("left", "@")
		box.LeftBorder = p.theme.Grey
		body.addColumn(box)
		p.SetWidth(column, fillInWidth)
	}
}
