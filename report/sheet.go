package report

import (
	"callsheet/internal/period"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A page writes cells of one sheet and keeps the first error, so that layout code reads as layout.
type page struct {
	*book
	name string
	err  error
}

// An extent is the part of a sheet that is in use.
type usedRange struct{ left, top, right, bottom int }

// dimensions writes each sheet's extent into it; excelize would say A1 of every one.
func (b *book) writeDimensions() error {
	for sheet, e := range b.usedRanges {
		if err := b.file.SetSheetDimension(sheet, span(e.left, e.top, e.right, e.bottom)); err != nil {
			return fmt.Errorf("sheet %s: %w", sheet, err)
		}
	}
	return nil
}

func (b *book) page(name string) *page { return &page{book: b, name: name} }

func (p *page) check(err error) {
	if p.err == nil {
		p.err = err
	}
}

// put writes a value with a look; nil leaves the cell empty, but drawn.
func (p *page) put(column, row int, v any, l cellStyle) {
	p.set(column, row, v)
	p.setStyle(column, row, column, row, l)
}

// set writes a value and leaves its look to a later draw.
func (p *page) set(column, row int, v any) {
	at := cell(column, row)
	if v != nil {
		p.extendUsedRange(column, row, column, row)
	}
	switch v := v.(type) {
	case nil:
	case string:
		p.check(p.file.SetCellStr(p.name, at, v))
	default:
		p.check(p.file.SetCellValue(p.name, at, v))
	}
}

// rows puts rows below those that were set; the extent is that of all.
func (p *page) appendRows(rows *rowWriter, extent string) {
	const end = "</sheetData>"
	part := p.part()
	p.patches[part] = append(p.patches[part], patch{old: []byte(end), rows: rows, new: []byte(end)})
	delete(p.usedRanges, p.name)
	p.check(p.file.SetSheetDimension(p.name, extent))
}

// draw gives a range a look.
func (p *page) setStyle(fromColumn, fromRow, toColumn, toRow int, l cellStyle) {
	id, err := p.styleID(l)
	p.check(err)
	p.check(p.file.SetCellStyle(p.name, cell(fromColumn, fromRow), cell(toColumn, toRow), id))
	p.extendUsedRange(fromColumn, fromRow, toColumn, toRow)
}

// extend makes a range part of the sheet's extent.
func (p *page) extendUsedRange(fromColumn, fromRow, toColumn, toRow int) {
	e, ok := p.usedRanges[p.name]
	if !ok {
		e = usedRange{fromColumn, fromRow, toColumn, toRow}
	}
	p.usedRanges[p.name] = usedRange{
		min(e.left, fromColumn), min(e.top, fromRow), max(e.right, toColumn), max(e.bottom, toRow),
	}
}

func (p *page) height(row int, points float64) { p.check(p.file.SetRowHeight(p.name, row, points)) }

func (p *page) width(column int, characters float64) {
	name, err := excelize.ColumnNumberToName(column)
	p.check(err)
	p.check(p.file.SetColWidth(p.name, name, name, characters))
}

// link makes a cell jump to a sheet of the workbook.
func (p *page) link(column, row int, sheet string) {
	p.check(p.file.SetCellHyperLink(p.name, cell(column, row), quoted(sheet)+"!A1", "Location"))
}

// heading writes the title and the two grey lines every sheet but the summary begins with.
func (p *page) heading(s Sheet, span period.Period) {
	p.put(1, 1, cleanText(s.title()), p.titleStyle())
	p.height(1, 26)
	p.put(1, 2, p.scopeOf(span, s.Filters), p.greyStyle())
	if s.Note != "" {
		p.put(1, 3, cleanText(s.Note), p.greyStyle())
	}
}

func (p *page) freeze(columns, rows int) {
	p.check(p.file.SetPanes(p.name, freezePanes(columns, rows)))
}

func (p *page) view(gridLines bool, zoom float64) {
	p.check(p.file.SetSheetView(p.name, 0, &excelize.ViewOptions{ShowGridLines: &gridLines, ZoomScale: &zoom}))
}

// table makes a native table of a range whose first row is its header.
func (p *page) table(sheet Sheet, ref string) {
	p.check(p.file.AddTable(p.name, p.nativeTable(sheet.Name, ref)))
}

// nativeTable has a name of its own, as formulas of a reader would use it, and no stripes: cells are ruled.
func (b *book) nativeTable(sheet, ref string) *excelize.Table {
	stripes := false
	return &excelize.Table{
		Range: ref, Name: b.tableName(sheet), StyleName: "TableStyleLight1", ShowRowStripes: &stripes,
	}
}

// tableName keeps ASCII letters and digits of a sheet's name; the prefix keeps it from looking like a cell.
func (b *book) tableName(sheet string) string {
	name := []byte("t_")
	for i := range len(sheet) {
		c := sheet[i]
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			name = append(name, c)
		}
	}
	return uniqueTableName(string(name), b.tables)
}

// unique2 is unique for names that may hold no blank.
func uniqueTableName(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[strings.ToLower(free)]; n++ {
		free = fmt.Sprintf("%s_%d", name, n)
	}
	taken[strings.ToLower(free)] = true
	return free
}

// frozen keeps the first columns and rows in sight.
func freezePanes(columns, rows int) *excelize.Panes {
	corner := cell(columns+1, rows+1)
	panes := &excelize.Panes{
		Freeze: true, XSplit: columns, YSplit: rows, TopLeftCell: corner, ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: corner, ActiveCell: corner, Pane: "bottomRight"}},
	}
	switch {
	case columns == 0:
		panes.ActivePane, panes.Selection[0].Pane = "bottomLeft", "bottomLeft"
	case rows == 0:
		panes.ActivePane, panes.Selection[0].Pane = "topRight", "topRight"
	}
	return panes
}
