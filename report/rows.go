package report

import (
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
	stream  *excelize.StreamWriter
	styles  map[string]int // by format
	written int
}

// NewRows begins a workbook.
func NewRows() *Rows {
	return &Rows{book: &book{
		file: excelize.NewFile(), theme: defaultTheme(), limits: excelLimits, styles: map[look]int{}, tables: map[string]bool{},
		swaps: map[string][]swap{}, req: Request{Zone: time.UTC},
	}, styles: map[string]int{}}
}

const rowsSheet = "Sheet1"

// Header takes the columns' names. A table's must be there and differ.
func (r *Rows) Header(columns []string) error {
	taken := map[string]bool{}
	for _, column := range columns {
		r.columns = append(r.columns, unique(clean(column), taken))
	}
	return nil
}

// Row takes one row; the slice is the caller's again afterwards.
func (r *Rows) Row(values []any) error {
	if r.stream != nil {
		return r.write(values)
	}
	r.sample = append(r.sample, slices.Clone(values))
	if len(r.sample) < sampleRows {
		return nil
	}
	return r.start()
}

// WriteTo ends the workbook and writes it to w.
func (r *Rows) WriteTo(w io.Writer) (int64, error) {
	if r.stream == nil {
		if err := r.start(); err != nil {
			return 0, err
		}
	}
	dimension := span(1, 1, len(r.columns), 1+r.written)
	r.book.swap("xl/worksheets/sheet1.xml", `<dimension ref="`+r.anyDimension()+`">`, `<dimension ref="`+dimension+`">`)
	if r.written > 0 {
		if err := r.stream.AddTable(r.book.nativeTable(rowsSheet, dimension)); err != nil {
			return 0, err
		}
	}
	if err := r.stream.Flush(); err != nil {
		return 0, err
	}
	defer r.book.file.Close()
	saved, err := r.book.writeTo(w, os.TempDir())
	return saved.bytes, err
}

func (r *Rows) anyDimension() string { return span(1, 1, len(r.columns), excelize.TotalRows) }

// start settles the widths by the sample and writes it.
func (r *Rows) start() (err error) {
	b := r.book
	for _, format := range []string{"text", "day", "time"} {
		if r.styles[format], err = b.style(look{format: numberFormats[format]}); err != nil {
			return err
		}
	}
	if err := b.file.SetSheetDimension(rowsSheet, r.anyDimension()); err != nil {
		return err
	}
	if r.stream, err = b.file.NewStreamWriter(rowsSheet); err != nil {
		return err
	}
	if err := r.stream.SetPanes(frozen(0, 1)); err != nil {
		return err
	}
	for i, column := range r.columns {
		width := 0.0
		for _, row := range r.sample {
			format := guess(row[i])
			width = max(width, shownWidth(b.value(row[i], format), word{format: format}, numberFormats[format]))
		}
		if err := r.stream.SetColWidth(i+1, i+1, min(columnWidth(column, width), widest)); err != nil {
			return err
		}
	}
	heads := make([]any, len(r.columns))
	for i, column := range r.columns {
		heads[i] = column
	}
	if err := r.stream.SetRow("A1", heads); err != nil {
		return err
	}
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
		return fmt.Errorf("a sheet holds %s rows and there are more\nhint: use --format csv, or ask for fewer", grouped(excelize.TotalRows-1, 0))
	}
	cells := make([]any, len(values))
	for i, value := range values {
		cells[i] = r.cell(value)
	}
	r.written++
	return r.stream.SetRow(cell(1, 1+r.written), cells)
}

// cell is a value as it is: instants show the clock of their own zone.
func (r *Rows) cell(value any) any {
	switch v := value.(type) {
	case nil, bool, int64:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	case time.Time:
		return excelize.Cell{StyleID: r.styles[guess(v)], Value: serial(v)}
	}
	return excelize.Cell{StyleID: r.styles["text"], Value: textOrNothing(value)}
}
