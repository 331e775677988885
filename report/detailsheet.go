package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// open begins the sheet the next rows go to. The order matters: excelize writes what precedes the rows when
// the first of them comes, and properties of the sheet even before.
func (d *detail) open() error {
	d.part++
	d.name, d.written, d.links = d.sheet.Name, 0, links{}
	if d.part > 1 {
		d.name = d.freeName()
		if _, err := d.file.NewSheet(d.name); err != nil {
			return err
		}
		d.note(fmt.Sprintf("%s goes on in %s: a sheet holds %s rows.",
			d.sheet.Name, d.name, grouped(float64(d.limits.rows), 0)))
	}
	p := d.page(d.name)
	p.view(false, 100)
	p.do(d.printing(d.name, printing{landscape: true, headerRows: headerRow}))
	p.do(d.file.SetSheetDimension(d.name, d.anyDimension()))
	if p.err != nil {
		return p.err
	}
	var err error
	if d.stream, err = d.file.NewStreamWriter(d.name); err != nil {
		return err
	}
	if err := d.stream.SetPanes(frozen(1, headerRow)); err != nil {
		return err
	}
	for i, width := range d.widths {
		if err := d.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	return d.heads()
}

// heads writes the title and the header row.
func (d *detail) heads() error {
	title := d.sheet.title()
	if d.part > 1 {
		title += fmt.Sprintf(" (part %d)", d.part)
	}
	for i, line := range []struct {
		text string
		look look
	}{{title, d.titleLook()}, {d.scope(), d.greyLook()}, {d.sheet.Note, d.greyLook()}} {
		style, err := d.style(line.look)
		if err != nil {
			return err
		}
		if line.text == "" {
			continue
		}
		var opts excelize.RowOpts
		if i == 0 {
			opts.Height = 26
		}
		if err := d.stream.SetRow(cell(1, i+1), []any{excelize.Cell{StyleID: style, Value: clean(line.text)}}, opts); err != nil {
			return err
		}
	}
	heads := make([]any, len(d.words))
	for i, w := range d.words {
		style, err := d.style(d.filterLook(align(w.format, i+1)))
		if err != nil {
			return err
		}
		heads[i] = excelize.Cell{StyleID: style, Value: w.label}
	}
	return d.stream.SetRow(cell(1, headerRow), heads, excelize.RowOpts{Height: 31})
}

// close makes the rows a table and ends the sheet; nothing may touch it afterwards.
func (d *detail) close() error {
	last := headerRow + d.written
	if d.written > 0 {
		if err := d.stream.AddTable(d.nativeTable(d.name, span(1, headerRow, len(d.words), last))); err != nil {
			return err
		}
	}
	d.swap(d.sheetPart(), `<dimension ref="`+d.anyDimension()+`">`,
		`<dimension ref="`+span(1, 1, len(d.words), d.bottom())+`">`)
	if err := d.writeLinks(); err != nil {
		return err
	}
	return d.stream.Flush()
}

// bottom is the last row in use; without calls, that of the words that say so.
func (d *detail) bottom() int { return headerRow + max(d.written, 1) }

func (d *detail) end() error {
	if d.detailRows == 0 {
		style, err := d.style(look{bold: true})
		if err != nil {
			return err
		}
		if err := d.stream.SetRow(cell(1, headerRow+1), []any{excelize.Cell{StyleID: style, Value: d.nothing()}}); err != nil {
			return err
		}
		d.written = 0
	}
	return d.close()
}

// anyDimension stands in a streamed sheet until it is known how many rows it got.
func (d *detail) anyDimension() string { return span(1, 1, len(d.words), excelize.TotalRows) }

// freeName is "Calls 2", or the next number no sheet of the definition has.
func (d *detail) freeName() string {
	taken := map[string]bool{}
	for _, s := range d.def.Sheets {
		taken[strings.ToLower(s.Name)] = true
	}
	for _, name := range d.file.GetSheetList() {
		taken[strings.ToLower(name)] = true
	}
	return unique(d.sheet.Name, taken)
}
