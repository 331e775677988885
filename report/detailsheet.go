package report

import (
	"fmt"
	"strings"
)

// open begins the sheet the next rows go to.
func (d *detail) open() error {
	d.part++
	d.name, d.written, d.links = d.sheet.Name, 0, links{}
	if d.part > 1 {
		d.name = d.freeName()
		if _, err := d.file.NewSheet(d.name); err != nil {
			return err
		}
		d.addRemark(fmt.Sprintf("%s goes on in %s: a sheet holds %s rows.",
			d.sheet.Name, d.name, d.locale.Number(float64(d.limits.rows), 0)))
	}
	d.rows = newRowWriter(d.styles, d.tempDir)
	p := d.page(d.name)
	p.view(false, 100)
	p.check(d.setUpPrinting(d.name, printSetup{landscape: true, headerRows: headerRow}))
	p.check(d.file.SetPanes(d.name, freezePanes(1, headerRow)))
	for i, width := range d.widths {
		p.width(i+1, width)
	}
	d.writeHeader(p)
	return p.err
}

// heads writes the title and the header row.
func (d *detail) writeHeader(p *page) {
	title := d.sheet.title()
	if d.part > 1 {
		title += fmt.Sprintf(" (part %d)", d.part)
	}
	p.height(1, 26)
	for i, line := range []struct {
		text string
		look cellStyle
	}{{title, d.titleStyle()}, {d.scopeOf(d.req.Period, d.sheet.Filters), d.greyStyle()}, {d.sheet.Note, d.greyStyle()}} {
		if line.text != "" {
			p.put(1, i+1, cleanText(line.text), line.look)
		}
	}
	p.height(headerRow, 31)
	for i, w := range d.meta {
		p.put(i+1, headerRow, w.label, d.filterHeaderStyle(align(w.format, i+1)))
	}
}

// close makes the rows a table and ends the sheet.
func (d *detail) close() error {
	if err := d.rows.close(); err != nil {
		return err
	}
	p := d.page(d.name)
	p.appendRows(d.rows, span(1, 1, len(d.meta), d.bottom()))
	if d.written > 0 {
		p.check(d.file.AddTable(d.name, d.nativeTable(d.name, span(1, headerRow, len(d.meta), headerRow+d.written))))
	}
	if p.err != nil {
		return p.err
	}
	return d.writeLinks()
}

// bottom is the last row in use; without calls, that of the words that say so.
func (d *detail) bottom() int { return headerRow + max(d.written, 1) }

func (d *detail) end() error {
	p := d.page(d.sheet.Name)
	if d.read == 0 {
		p.put(1, headerRow+1, d.emptyMessage(d.sheet), cellStyle{bold: true})
	}
	if limit := int64(d.sheet.Limit); limit > 0 && d.read > limit {
		p.put(1, 3, "The first "+d.plural(limit, "row", "rows")+", "+d.omittedText(d.sheet, d.read)+".", d.greyStyle())
	}
	if p.err != nil {
		return p.err
	}
	return d.close()
}

// freeName is "Calls 2", or the next number no sheet of the definition has.
func (d *detail) freeName() string {
	taken := map[string]bool{}
	for _, s := range d.def.Sheets {
		taken[strings.ToLower(s.Name)] = true
	}
	for _, name := range d.file.GetSheetList() {
		taken[strings.ToLower(name)] = true
	}
	return uniqueName(d.sheet.Name, taken)
}
