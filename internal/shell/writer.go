package shell

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/suggest"
	"callsheet/report"
)

// Formats are the names of the formats.
var Formats = []string{"table", "csv", "json", "ndjson", "markdown", "xlsx"}

// FormatHelp is the help text of every --format flag.
const FormatHelp = "table (on a terminal), csv (in a pipe), json, ndjson, markdown or xlsx"

// Writer writes the rows of a query in one of the formats: Header once, Row for each row, then Close.
type Writer struct {
	Columns []string // the columns to write, in this order; empty for all
	Width   int      // of the terminal, when the writer below is not the terminal itself; 0 for none
	MaxRows int      // after which Row returns ErrMoreRows; 0 for all

	w, notes io.Writer
	format   string
	header   []string
	indexes  []int      // of the written columns in the query's row
	rows     [][]string // of a table or markdown, which are written by Close, once the widths are known
	row      []any      // reused
	numeric  []bool
	csv      *csv.Writer
	excel    bool // csv for Excel
	xlsx     *report.Rows
	written  int
}

// ErrMoreRows is returned by Row after MaxRows. Close ends the result as usual.
var ErrMoreRows = errors.New("the result has more rows")

// NewWriter returns a Writer to w; remarks about the result go to notes. An empty format is table on a terminal, else csv.
func NewWriter(w, notes io.Writer, format string) (*Writer, error) {
	if format == "" {
		format = "csv"
		if display.IsTerminal(w) {
			format = "table"
		}
	}
	if !slices.Contains(Formats, format) {
		return nil, fmt.Errorf("unknown format %q%s", format, suggest.Hint(format, Formats, "use one of"))
	}
	if format == "xlsx" && display.IsTerminal(w) {
		return nil, errors.New("a workbook cannot be written to a terminal\nhint: redirect it to a file, as in --format xlsx >groups.xlsx")
	}
	return &Writer{w: w, notes: notes, format: format}, nil
}

// Format returns the name of the format.
func (w *Writer) Format() string { return w.format }

// Header starts the result with the columns of the query.
func (w *Writer) Header(columns []string) error {
	wanted := w.Columns
	if len(wanted) == 0 {
		wanted = columns
	}
	w.indexes = nil
	for _, name := range wanted {
		i := slices.Index(columns, name)
		if i < 0 {
			return exitcode.UsageError(fmt.Errorf("no column %q%s", name, suggest.Hint(name, columns, "the columns are")))
		}
		w.indexes = append(w.indexes, i)
	}
	w.header, w.row = wanted, make([]any, len(wanted))
	w.numeric = make([]bool, len(wanted))
	switch w.format {
	case "csv":
		return w.startCSV(wanted)
	case "json":
		_, err := io.WriteString(w.w, "[")
		return err
	case "xlsx":
		w.xlsx = report.NewRows()
		return w.xlsx.Header(wanted)
	}
	return nil
}

// Row writes one row of the query.
func (w *Writer) Row(values []any) error {
	if w.written == w.MaxRows && w.MaxRows > 0 {
		return ErrMoreRows
	}
	row := w.row
	for i, from := range w.indexes {
		row[i] = values[from]
	}
	w.written++
	switch w.format {
	case "csv":
		return w.csvRow(row)
	case "json", "ndjson":
		return w.object(row)
	case "xlsx":
		return w.xlsx.Row(row)
	}
	cells := texts(row)
	for i, value := range row {
		switch v := value.(type) {
		case float64:
			w.numeric[i] = true
			cells[i] = strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 3, 64), "0"), ".")
			if cells[i] == "-0" {
				cells[i] = "0"
			}
		case int64:
			w.numeric[i] = true
		}
	}
	w.rows = append(w.rows, cells)
	return nil
}

// Close ends the result.
func (w *Writer) Close() error {
	switch w.format {
	case "csv":
		w.csv.Flush()
		return w.csv.Error()
	case "json":
		end := "]\n"
		if w.written > 0 {
			end = "\n]\n"
		}
		_, err := io.WriteString(w.w, end)
		return err
	case "table":
		return w.table()
	case "markdown":
		return w.markdown()
	case "xlsx":
		_, err := w.xlsx.WriteTo(w.w)
		return err
	}
	return nil
}

// object writes a row as JSON, its keys in column order.
func (w *Writer) object(values []any) error {
	var line strings.Builder
	if w.format == "json" {
		if w.written > 1 {
			line.WriteByte(',')
		}
		line.WriteString("\n  ")
	}
	line.WriteByte('{')
	for i, value := range values {
		if i > 0 {
			line.WriteByte(',')
		}
		key, _ := json.Marshal(w.header[i])
		encoded, err := json.Marshal(jsonValue(value))
		if err != nil {
			return err
		}
		line.Write(key)
		line.WriteByte(':')
		line.Write(encoded)
	}
	line.WriteByte('}')
	if w.format == "ndjson" {
		line.WriteByte('\n')
	}
	_, err := io.WriteString(w.w, line.String())
	return err
}

func texts(values []any) []string {
	cells := make([]string, len(values))
	for i, value := range values {
		cells[i] = text(value)
	}
	return cells
}

// text formats a value as csv has it: NULL is empty.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format("2006-01-02T15:04:05.999999Z07:00")
	case []any:
		return strings.Join(texts(v), " ")
	}
	return fmt.Sprint(value)
}

// jsonValue returns a value that JSON has: a time as text, and null for NaN and the infinities.
func jsonValue(value any) any {
	switch v := value.(type) {
	case time.Time:
		return text(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = jsonValue(item)
		}
		return list
	}
	return value
}
