package report

import (
	"fmt"
	"strings"

	"callsheet/report/xlsx"
)

// openSheet begins the sheet for the next rows.
func (d *detail) openSheet() error {
	d.part++
	name := d.sheet.Name
	if d.part > 1 {
		name = d.nextName()
		if err := d.workbook.AddSheetAfter(d.page.Name, name); err != nil {
			return err
		}
		d.addRemark(fmt.Sprintf("%s continues in %s: a sheet holds %s rows.",
			d.sheet.Name, name, d.locale.Number(float64(d.limits.rows), 0)))
	}
	p := d.newPage(name)
	d.page, d.rows, d.written, d.links = p, p.StreamRows(d.styles), 0, 1 // the link to the first sheet
	p.HideGridLines()
	p.Freeze(1, headerRow)
	for i, width := range d.widths {
		p.SetWidth(i+1, width)
	}
	p.SetTabColour(d.theme.Volume)
	d.writeHeader(p)
	return p.Err()
}

// notPrinted is said on a sheet whose rows are not printed: there may be thousands of pages.
const notPrinted = "Not printed: to print some rows, select them and print the selection."

// note returns the second grey line.
func (d *detail) note(text string) string {
	if d.sheet.Print {
		return text
	}
	return strings.TrimSpace(text + " " + notPrinted)
}

// setUpPrinting prints the rows, or only the heading.
func (d *detail) setUpPrinting(bottom int) {
	if d.sheet.Print {
		d.page.setUpTablePrinting(len(d.meta), headerRow, bottom, chartArea{})
		return
	}
	if d.written > 0 {
		bottom = noteRow
	}
	d.page.setUpPrinting(xlsx.PrintSetup{
		Landscape: true, Areas: []string{xlsx.PrintArea(1, 1, d.page.printedColumns(1), bottom)},
	})
}

// writeHeader writes the heading and the header row.
func (d *detail) writeHeader(p *page) {
	s := d.sheet
	s.Note = d.note(s.Note)
	if d.part > 1 {
		s.Title = s.title() + fmt.Sprintf(" (part %d)", d.part)
	}
	if first := p.writeHeading(s, d.req.Period); first != "" {
		d.rows.LinkToSheet(1, noteRow, first)
	}
	p.setHeaderHeight(headerRow, d.meta)
	for i, c := range d.meta {
		p.Put(i+1, headerRow, c.label, d.filterHeaderStyle(align(c.format, i+1), i+1))
	}
}

// closeSheet ends the sheet and makes its rows a table.
func (d *detail) closeSheet() error {
	bottom, table := headerRow+d.written, ""
	if d.written > 0 {
		table = xlsx.Range(1, headerRow, len(d.meta), bottom)
		d.page.AllowDigitsAsText(table)
	} else {
		bottom++ // the empty message
	}
	d.setUpPrinting(bottom)
	return d.rows.Close(xlsx.Range(1, 1, len(d.meta), bottom), table)
}

// finish writes the message for no rows or for omitted rows, and closes the last sheet.
func (d *detail) finish() error {
	p := d.newPage(d.sheet.Name)
	if d.read == 0 {
		p.Put(1, headerRow+1, d.emptyMessage(d.sheet), xlsx.CellStyle{Bold: true})
	}
	if limit := int64(d.sheet.Limit); limit > 0 && d.read > limit {
		p.writeNote(d.note(strings.TrimSpace("The first " + d.plural(limit, "row", "rows") + ", " + d.omittedText(d.sheet, d.read) + ". " + d.sheet.Note)))
	}
	if p.Err() != nil {
		return p.Err()
	}
	return d.closeSheet()
}

// nextName returns the sheet's name with the first free number, such as "Calls 2".
func (d *detail) nextName() string {
	taken := map[string]bool{}
	for _, s := range d.def.Sheets {
		taken[strings.ToLower(s.Name)] = true
	}
	for _, name := range d.workbook.SheetNames() {
		taken[strings.ToLower(name)] = true
	}
	return xlsx.UniqueName(d.sheet.Name, taken)
}
