package report

import (
	"callsheet/internal/sqlvalue"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"
)

// Rows streams a query's answer as a workbook of one sheet: a native table under the columns' own names, with the values as they
// are. It takes what a Source gives: the columns once, then each row.
type Rows struct {
	book    *book
	columns []string
	sample  [][]any
	rows    *rowWriter
	written int
}

// NewRows begins a workbook.
func NewRows() *Rows {
	return &Rows{book: &book{
		file: excelize.NewFile(), theme: defaultTheme(), styles: map[cellStyle]int{}, usedRanges: map[string]usedRange{}, tables: map[string]bool{}, patches: map[string][]patch{},
		tempDir: os.TempDir(),
	}}
}

const rowsSheet = "Sheet1"

// Header takes the columns' names. A table's must be there and differ.
func (r *Rows) Header(columns []string) error {
	taken := map[string]bool{}
	for _, column := range columns {
		r.columns = append(r.columns, uniqueName(headerText(column), taken))
	}
	return nil
}

// Row takes one row; the slice is the caller's again afterwards.
func (r *Rows) Row(values []any) error {
	if r.rows != nil {
		return r.write(values)
	}
	r.sample = append(r.sample, slices.Clone(values))
	if len(r.sample) < sampleSize {
		return nil
	}
	return r.start()
}

// WriteTo ends the workbook and writes it to w.
func (r *Rows) WriteTo(w io.Writer) (int64, error) {
	defer r.book.close()
	if r.rows == nil {
		if err := r.start(); err != nil {
			return 0, err
		}
	}
	if err := r.rows.close(); err != nil {
		return 0, err
	}
	extent := span(1, 1, len(r.columns), 1+r.written)
	p := r.book.page(rowsSheet)
	p.appendRows(r.rows, extent)
	if r.written > 0 {
		p.check(r.book.file.AddTable(rowsSheet, r.book.nativeTable(rowsSheet, extent)))
	}
	if p.err != nil {
		return 0, p.err
	}
	saved, err := r.book.writeTo(w, r.book.tempDir)
	return saved.bytes, err
}

// start settles formats and widths by the sample, and writes it.
func (r *Rows) start() error {
	p := r.book.page(rowsSheet)
	styles := make([]int, len(r.columns))
	for i, column := range r.columns {
		values := func(yield func(any) bool) {
			for _, row := range r.sample {
				if !yield(row[i]) {
					return
				}
			}
		}
		format := inferFormat(values)
		if isText(format) || format == "day" || format == "time" {
			styles[i], p.err = r.book.styleID(cellStyle{format: r.book.excelFormat(format)})
		}
		width := 0.0
		for v := range values {
			width = max(width, r.book.displayWidth(plainValue(v), columnMeta{format: format}, r.book.excelFormat(format)))
		}
		p.width(i+1, min(columnWidth(column, width), maxColumnWidth))
		p.set(i+1, 1, column)
	}
	p.check(r.book.file.SetPanes(rowsSheet, freezePanes(0, 1)))
	if p.err != nil {
		return p.err
	}
	r.rows = newRowWriter(styles, r.book.tempDir)
	for _, row := range r.sample {
		if err := r.write(row); err != nil {
			return err
		}
	}
	r.sample = nil
	return nil
}

func (r *Rows) write(values []any) error {
	if r.written == excelize.TotalRows-1 {
		return fmt.Errorf("a sheet holds %s rows and there are more\nhint: use --format csv, or ask for fewer", r.book.locale.Number(excelize.TotalRows-1, 0))
	}
	r.written++
	r.rows.beginRow(1 + r.written)
	for _, value := range values {
		r.rows.addCell(plainValue(value))
	}
	r.rows.endRow()
	return nil
}

// asIs is a value for a cell: instants show the clock of their own zone.
func plainValue(value any) any {
	switch v := value.(type) {
	case bool, int64:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	case time.Time:
		return serialTime(v)
	case sqlvalue.Date:
		return serialTime(time.Time(v))
	case sqlvalue.LocalTime:
		return serialTime(time.Time(v))
	}
	return textOrNil(value)
}
