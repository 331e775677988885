package report

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"time"

	"callsheet/internal/sqlvalue"
	"callsheet/report/xlsx"
)

// Rows writes a query's result as a workbook of one sheet: a native table under the names of the query's columns, with the values
// as they are. Header and Row take what a Source calls them with.
type Rows struct {
	columns []string
	sample  [][]any
	written int
	book    *book
	rows    *xlsx.Rows // nil while rows go to the sample
}

// NewRows begins a workbook.
func NewRows() *Rows { return &Rows{} }

const rowsSheet = "Sheet1"

// Header takes the columns' names. The headers of a table must be neither empty nor equal.
func (r *Rows) Header(columns []string) error {
	taken := map[string]bool{}
	for _, column := range columns {
		r.columns = append(r.columns, xlsx.UniqueName(xlsx.HeaderText(column), taken))
	}
	return nil
}

// Row takes one row. The caller may reuse the slice.
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

// WriteTo finishes the workbook and writes it to w.
func (r *Rows) WriteTo(w io.Writer) (int64, error) {
	if r.rows == nil {
		if err := r.start(); err != nil {
			return 0, err
		}
	}
	defer r.book.workbook.Close()
	used, table := xlsx.Range(1, 1, len(r.columns), 1+r.written), ""
	if r.written > 0 {
		table = used
	}
	if err := r.rows.Close(used, table); err != nil {
		return 0, err
	}
	saved, err := r.book.workbook.Encode(w)
	return saved.Bytes, err
}

// start determines formats and widths from the sample, and writes it.
func (r *Rows) start() (err error) {
	r.book = &book{theme: defaultTheme()}
	if r.book.workbook, err = xlsx.New(rowsSheet, r.book.theme.options(os.TempDir())); err != nil {
		return err
	}
	p := r.book.newPage(rowsSheet)
	styles := make([]xlsx.CellStyle, len(r.columns))
	for i, column := range r.columns {
		values := columnValues(r.sample, i)
		format := inferFormat(values)
		switch {
		case isText(format) || format == "day":
			styles[i].NumberFormat = p.excelFormat(format)
		case format == "time":
			styles[i].NumberFormat = "d mmm yyyy hh:mm:ss" // values as they are
		}
		width := 0.0
		for v := range values {
			width = max(width, p.displayWidth(plainValue(v), columnMeta{format: format}, p.excelFormat(format)))
		}
		p.SetWidth(i+1, min(columnWidth(column, width, "left"), maxColumnWidth))
		p.Set(i+1, 1, column)
	}
	p.Freeze(0, 1)
	if p.Err() != nil {
		return p.Err()
	}
	r.rows = p.StreamRows(styles)
	for _, row := range r.sample {
		if err := r.write(row); err != nil {
			return err
		}
	}
	r.sample = nil
	return nil
}

func (r *Rows) write(values []any) error {
	const limit = xlsx.MaxRows - 1
	if r.written == limit {
		return fmt.Errorf("a sheet holds %s rows, and the result has more\nhint: use --format csv, or query fewer", r.book.locale.Number(limit, 0))
	}
	r.written++
	r.rows.BeginRow(1 + r.written)
	for _, value := range values {
		r.rows.AddCell(plainValue(value))
	}
	r.rows.EndRow()
	return nil
}

// plainValue converts a value for a cell of Rows.
func plainValue(value any) any {
	switch v := value.(type) {
	case bool:
		return v
	case int64:
		return integerValue(v)
	case time.Time:
		if xlsx.ShowsTime(v) {
			return v
		}
		return v.Format(time.DateTime)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	case sqlvalue.Date:
		return timeValue(time.Time(v), time.DateOnly)
	case sqlvalue.LocalTime:
		return timeValue(time.Time(v), time.DateTime)
	}
	return textOrNil(value)
}
