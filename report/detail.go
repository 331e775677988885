package report

import (
	"fmt"
	"slices"
	"strings"
)

// sampleRows are looked at for the widths of columns and for what is in them.
const sampleRows = 500

// widestDetail keeps an address or a list of flags from pushing the other columns away.
const widestDetail = 30

// A detail streams rows into a sheet, and into further ones when it is full.
type detail struct {
	*book
	sheet   Sheet
	columns []int // of the query, in the sheet's order
	words   []word
	formats []string
	styles  []int
	widths  []float64
	sample  [][]any

	ask     ask
	given   []string   // the query's columns
	rows    *sheetRows // of the sheet being written
	name    string
	part    int
	written int   // data rows of it
	read    int64 // rows that the query gave
	links   links
}

// fillDetail writes a query's rows as they come; it never holds more of them than the sample.
func (b *book) fillDetail(s Sheet) error {
	d := &detail{book: b, sheet: s}
	d.ask = ask{s.Query, b.req.Period, s.Filters}
	err := b.data.src.Stream(b.data.ctx, s.Query, b.data.args(d.ask), d.header, d.row)
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
	f := frame{query: d.sheet.Query, columns: columns}
	var err error
	d.given = slices.Clone(columns)
	d.columns, err = f.find(d.sheet.Columns)
	return err
}

func (d *detail) row(values []any) error {
	if d.data.dropped(d.ask) {
		return nil
	}
	if d.data.mask {
		maskRow(d.given, values)
	}
	d.read++
	if limit := int64(d.sheet.Limit); limit > 0 && d.read > limit {
		return nil // they are counted
	}
	if d.rows != nil {
		return d.write(values)
	}
	d.sample = append(d.sample, slices.Clone(values))
	if len(d.sample) < sampleRows {
		return nil
	}
	return d.start()
}

// start settles formats and widths by the sample, opens the first sheet and writes the sample to it.
func (d *detail) start() error {
	d.words = described(d.sheet.Columns, d.sheet.Labels, d.book.words.perCall)
	for i := range d.words {
		w, at := &d.words[i], d.columns[i]
		values := func(yield func(any) bool) {
			for _, row := range d.sample {
				if !yield(row[at]) {
					return
				}
			}
		}
		if w.format == "" {
			w.format = firstFormat(values)
		}
		format := d.format(w.format)
		if w.format == "coins" {
			format = "General" // as many decimals as each has: what follows the sample is not known yet
		}
		content := 0.0
		for v := range values {
			content = max(content, d.shownWidth(d.value(v, w.format), *w, format))
		}
		style, err := d.style(d.cellLook(align(w.format, i+1), format).spaced())
		if err != nil {
			return err
		}
		d.formats, d.styles = append(d.formats, format), append(d.styles, style)
		d.widths = append(d.widths, min(columnWidth(w.label, content), widestDetail))
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
	d.rows.begin(at)
	for i, w := range d.words {
		v := d.value(values[d.columns[i]], w.format)
		v = d.known(w.name, values[d.columns[i]], v)
		d.rows.cell(v)
		if s, ok := v.(string); ok {
			if strings.HasSuffix(s, cutMark) {
				d.noteCut(w, d.sheet.Name)
			}
			if w.format == "link" {
				d.follow(s, i+1, at)
			}
		}
	}
	d.rows.end()
	d.written++
	d.detailRows++
	return nil
}

// cut has Notes tell of a text that was cut.
func (p *page) cut(shown any, w word) {
	if s, ok := shown.(string); ok && strings.Contains(s, cutMark) {
		p.noteCut(w, p.name)
	}
}

func (b *book) noteCut(w word, sheet string) {
	b.note(fmt.Sprintf("Texts longer than Excel's 32,767 characters were cut in %q on %s; they end with%q.",
		w.label, sheet, cutMark))
}

// note keeps a remark for Notes, once.
func (b *book) note(remark string) {
	if !slices.Contains(b.cuts, remark) {
		b.cuts = append(b.cuts, remark)
	}
}
