package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/report"
	"callsheet/store"
)

// formats are the ways rows can be written.
var formats = []string{"table", "csv", "json", "ndjson", "markdown", "xlsx"}

// formatHelp is of every --format.
const formatHelp = "table (on a terminal), csv (in a pipe), json, ndjson, markdown or xlsx"

// output writes rows in a format. Its only, when given, are the columns to write, in that order.
type output struct {
	w, notes io.Writer
	format   string
	only     []string
	width    int // of the terminal, when w is not the terminal itself

	columns []string
	picked  []int      // indexes into the query's row
	rows    [][]string // table and markdown are written at the end, when widths are known
	numeric []bool
	csv     *csv.Writer
	xlsx    *report.Rows
	written int
}

func newOutput(w, notes io.Writer, format string) (*output, error) {
	if format == "" {
		format = "csv"
		if isTerminal(w) {
			format = "table"
		}
	}
	if !slices.Contains(formats, format) {
		return nil, fmt.Errorf("unknown format %q\nhint: use one of %s", format, strings.Join(formats, ", "))
	}
	if format == "xlsx" && isTerminal(w) {
		return nil, errors.New("a workbook is nothing for a terminal\nhint: send it to a file, as in --format xlsx >groups.xlsx")
	}
	return &output{w: w, notes: notes, format: format}, nil
}

func (o *output) header(columns []string) error {
	wanted := o.only
	if len(wanted) == 0 {
		wanted = columns
	}
	for _, name := range wanted {
		i := slices.Index(columns, name)
		if i < 0 {
			return usage(fmt.Errorf("no column %q\nhint: the columns are %s", name, strings.Join(columns, ", ")))
		}
		o.picked = append(o.picked, i)
	}
	o.columns = wanted
	o.numeric = make([]bool, len(wanted))
	switch o.format {
	case "csv":
		o.csv = csv.NewWriter(o.w)
		return o.csv.Write(wanted)
	case "json":
		_, err := io.WriteString(o.w, "[")
		return err
	case "xlsx":
		o.xlsx = report.NewRows()
		return o.xlsx.Header(wanted)
	}
	return nil
}

func (o *output) row(values []any) error {
	picked := make([]any, len(o.picked))
	for i, from := range o.picked {
		picked[i] = values[from]
	}
	o.written++
	switch o.format {
	case "csv":
		return o.csv.Write(texts(picked))
	case "json", "ndjson":
		return o.object(picked)
	case "xlsx":
		return o.xlsx.Row(picked)
	}
	cells := texts(picked)
	for i, value := range picked {
		switch v := value.(type) {
		case float64:
			o.numeric[i] = true
			cells[i] = strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 3, 64), "0"), ".")
			if cells[i] == "-0" {
				cells[i] = "0"
			}
		case int64:
			o.numeric[i] = true
		}
	}
	o.rows = append(o.rows, cells)
	return nil
}

func (o *output) close() error {
	switch o.format {
	case "csv":
		o.csv.Flush()
		return o.csv.Error()
	case "json":
		end := "]\n"
		if o.written > 0 {
			end = "\n]\n"
		}
		_, err := io.WriteString(o.w, end)
		return err
	case "table":
		return writeTable(o)
	case "markdown":
		return writeMarkdown(o)
	case "xlsx":
		_, err := o.xlsx.WriteTo(o.w)
		return err
	}
	return nil
}

// object writes a row as JSON, its keys in column order.
func (o *output) object(values []any) error {
	var line strings.Builder
	if o.format == "json" {
		if o.written > 1 {
			line.WriteByte(',')
		}
		line.WriteString("\n  ")
	}
	line.WriteByte('{')
	for i, value := range values {
		if i > 0 {
			line.WriteByte(',')
		}
		key, _ := json.Marshal(o.columns[i])
		if t, ok := value.(time.Time); ok {
			value = text(t)
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return err
		}
		line.Write(key)
		line.WriteByte(':')
		line.Write(encoded)
	}
	line.WriteByte('}')
	if o.format == "ndjson" {
		line.WriteByte('\n')
	}
	_, err := io.WriteString(o.w, line.String())
	return err
}

func texts(values []any) []string {
	cells := make([]string, len(values))
	for i, value := range values {
		cells[i] = text(value)
	}
	return cells
}

// text is a value as it stands in csv: what is unknown is empty.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		switch v.Location() {
		case time.UTC:
			return v.Format(time.DateOnly)
		case store.WallClock:
			return v.Format("2006-01-02T15:04:05.999999")
		}
		return v.Format("2006-01-02T15:04:05.999999Z07:00")
	case []any:
		return strings.Join(texts(v), " ")
	}
	return fmt.Sprint(value)
}
