package report

import (
	"fmt"
	"slices"
	"strings"
)

// sampleRows are looked at for the widths of columns and for what is in them.
const sampleSize = 500

// widestDetail keeps an address or a list of flags from pushing the other columns away.
const maxDetailWidth = 30

// A detail streams rows into a sheet, and into further ones when it is full.
type detail struct {
	*book
	sheet   Sheet
	columns []int // of the query, in the sheet's order
	meta    []columnMeta
	formats []string
	styles  []int
	widths  []float64
	sample  [][]any

	spec         querySpec
	queryColumns []string   // the query's columns
	rows         *rowWriter // of the sheet being written
	name         string
	part         int
	written      int   // data rows of it
	read         int64 // rows that the query gave
	links        links
}

// fillDetail writes a query's rows as they come; it never holds more of them than the sample.
func (b *book) fillDetail(s Sheet) error {
	d := &detail{book: b, sheet: s}
	d.spec = querySpec{s.Query, b.req.Period, s.Filters}
	err := b.data.src.Stream(b.data.ctx, s.Query, b.data.args(d.spec), d.header, d.row)
	if err != nil {
		return fmt.Errorf("query %s: %w", s.Query, err)
	}
	if d.rows == nil {
		if err := d.start(); err != nil {
			return err
		}
	}
	return d.end()
}

func (d *detail) header(columns []string) error {
	f := resultSet{query: d.sheet.Query, columns: columns}
	var err error
	d.queryColumns = slices.Clone(columns)
	d.columns, err = f.columnIndexes(d.sheet.Columns)
	return err
}

func (d *detail) row(values []any) error {
	if d.data.hidesRows(d.spec) {
		return nil
	}
	if d.data.mask {
		maskRow(d.queryColumns, values)
	}
	d.read++
	if limit := int64(d.sheet.Limit); limit > 0 && d.read > limit {
		return nil // they are counted
	}
	if d.rows != nil {
		return d.write(values)
	}
	d.sample = append(d.sample, slices.Clone(values))
	if len(d.sample) < sampleSize {
		return nil
	}
	return d.start()
}

// start settles formats and widths by the sample, opens the first sheet and writes the sample to it.
func (d *detail) start() error {
	d.meta = describeColumns(d.sheet.Columns, d.sheet.Labels, d.book.catalog.callColumn)
	for i := range d.meta {
		w, at := &d.meta[i], d.columns[i]
		values := func(yield func(any) bool) {
			for _, row := range d.sample {
				if !yield(row[at]) {
					return
				}
			}
		}
		if w.format == "" {
			w.format = inferFormat(values)
		}
		format := d.excelFormat(w.format)
		if w.format == "coins" {
			format = "General" // as many decimals as each has: what follows the sample is not known yet
		}
		content := 0.0
		for v := range values {
			content = max(content, d.displayWidth(d.cellValue(v, w.format), *w, format))
		}
		style, err := d.styleID(d.bodyStyle(align(w.format, i+1), format).padded())
		if err != nil {
			return err
		}
		d.formats, d.styles = append(d.formats, format), append(d.styles, style)
		d.widths = append(d.widths, min(columnWidth(w.label, content), maxDetailWidth))
	}
	if err := d.open(); err != nil {
		return err
	}
	sample := d.sample
	d.sample = nil
	for _, row := range sample {
		if err := d.write(row); err != nil {
			return err
		}
	}
	return nil
}

// write puts one row into the sheet, or into the next when the sheet is full.
func (d *detail) write(values []any) error {
	if d.written == d.limits.rows {
		if err := d.close(); err != nil {
			return err
		}
		if err := d.open(); err != nil {
			return err
		}
	}
	at := headerRow + 1 + d.written
	d.rows.beginRow(at)
	for i, w := range d.meta {
		v := d.cellValue(values[d.columns[i]], w.format)
		v = d.knownDisplayName(w.name, values[d.columns[i]], v)
		d.rows.addCell(v)
		if s, ok := v.(string); ok {
			if strings.HasSuffix(s, truncationMark) {
				d.noteTruncation(w, d.sheet.Name)
			}
			if w.format == "link" {
				d.addLink(s, i+1, at)
			}
		}
	}
	d.rows.endRow()
	d.written++
	d.detailRows++
	return nil
}

// cut has Notes tell of a text that was cut.
func (p *page) checkTruncated(shown any, w columnMeta) {
	if s, ok := shown.(string); ok && strings.Contains(s, truncationMark) {
		p.noteTruncation(w, p.name)
	}
}

func (b *book) noteTruncation(w columnMeta, sheet string) {
	b.addRemark(fmt.Sprintf("Texts longer than Excel's 32,767 characters were cut in %q on %s; they end with%q.",
		w.label, sheet, truncationMark))
}

// note keeps a remark for Notes, once.
func (b *book) addRemark(remark string) {
	if !slices.Contains(b.remarks, remark) {
		b.remarks = append(b.remarks, remark)
	}
}
