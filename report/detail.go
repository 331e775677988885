package report

import (
	"fmt"
	"slices"
	"strings"

	"callsheet/report/xlsx"
)

// sampleSize is the number of rows that determine formats and column widths.
const sampleSize = 500

// maxDetailWidth keeps an address or a list of flags from pushing the other columns off the screen.
const maxDetailWidth = 30

// A detail streams rows into a sheet, and into further sheets when it is full.
type detail struct {
	*book
	sheet        Sheet
	spec         querySpec
	queryColumns []string
	indexes      []int // in the query's row, of the sheet's columns
	meta         []columnMeta
	styles       []xlsx.CellStyle
	widths       []float64
	sample       [][]any
	read         int64 // rows of the query

	// The sheet being written:
	page    *page
	rows    *xlsx.Rows
	part    int // 1 for the first sheet
	written int // data rows
	links   int
}

// fillDetail streams a query's rows into the sheet. It holds no more of them in memory than the sample.
func (b *book) fillDetail(s Sheet) error {
	d := &detail{book: b, sheet: s, spec: querySpec{s.Query, b.req.Period, s.Filters}}
	args := b.data.args(d.spec)
	args["metrics"] = strings.Join(s.Columns, ",")
	err := b.data.src.Stream(b.data.ctx, s.Query, args, d.readHeader, d.readRow)
	if err != nil && d.indexes == nil { // the error names the columns of the whole result
		delete(args, "metrics")
		err = b.data.src.Stream(b.data.ctx, s.Query, args, d.readHeader, d.readRow)
	}
	if err != nil {
		return fmt.Errorf("query %s: %w", s.Query, err)
	}
	if d.rows == nil {
		if err := d.start(); err != nil {
			return err
		}
	}
	return d.finish()
}

func (d *detail) readHeader(columns []string) error {
	result := resultSet{query: d.sheet.Query, columns: columns}
	var err error
	d.queryColumns = slices.Clone(columns)
	d.indexes, err = result.columnIndexes(d.sheet.Columns)
	return err
}

func (d *detail) readRow(values []any) error {
	if d.data.hidesRows(d.spec) {
		return nil
	}
	if d.data.mask {
		maskRow(d.queryColumns, values)
	}
	d.read++
	if limit := int64(d.sheet.Limit); limit > 0 && d.read > limit {
		return nil // only counted
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

// start determines formats and widths from the sample, opens the first sheet and writes the sample.
func (d *detail) start() error {
	d.meta = describeColumns(d.sheet.Columns, d.sheet.Labels, d.catalog.callColumn)
	for i := range d.meta {
		c, values := &d.meta[i], columnValues(d.sample, d.indexes[i])
		if c.format == "" {
			c.format = inferFormat(values)
		}
		format := d.excelFormat(c.format)
		if c.format == "coins" {
			format = d.digitsFormat("0.00##") // later rows may have more decimals than the sample
		}
		content := 0.0
		for v := range values {
			content = max(content, d.displayWidth(d.columnValue(*c, v), *c, format))
		}
		if c.format == "duration" {
			content = max(content, textWidth("100:00:00")) // later rows may be longer than the sample
		}
		side := align(c.format, i+1)
		d.styles = append(d.styles, padded(d.bodyStyle(side, format), i+1))
		d.widths = append(d.widths, min(columnWidth(c.label, content, side), maxDetailWidth))
	}
	if err := d.openSheet(); err != nil {
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

// write writes one row, into the next sheet if this one is full.
func (d *detail) write(values []any) error {
	if d.written == d.limits.rows {
		if err := d.closeSheet(); err != nil {
			return err
		}
		if err := d.openSheet(); err != nil {
			return err
		}
	}
	at := headerRow + 1 + d.written
	d.rows.BeginRow(at)
	for i, c := range d.meta {
		value := values[d.indexes[i]]
		shown := d.knownDisplayName(c.name, value, d.columnValue(c, value))
		d.rows.AddCell(shown)
		if s, ok := shown.(string); ok {
			if strings.HasSuffix(s, xlsx.TruncationMark) {
				d.addTruncationRemark(c, d.sheet.Name)
			}
			if c.format == "link" {
				d.addLink(s, i+1, at)
			}
		}
	}
	d.rows.EndRow()
	d.written++
	d.detailRows++
	return nil
}

// addLink makes an address a hyperlink while the sheet has room for it; later addresses are plain text.
func (d *detail) addLink(address string, column, row int) {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") || len(address) > xlsx.MaxLinkAddress {
		return
	}
	if d.links == d.limits.links {
		d.addRemark(fmt.Sprintf("Excel has room for %s links a sheet; later addresses on %s are plain text.",
			d.locale.Number(float64(d.limits.links), 0), d.page.Name))
		return
	}
	d.links++
	d.rows.Link(column, row, address)
}
