package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// result is a table of rows.
type result struct {
	Columns []resultColumn
	Rows    [][]resultCell
	IsCut   bool // there are more rows
}

type resultColumn struct {
	Name     string
	IsNumber bool
}

// resultCell is a value: its text and, of a number, the number as it is sorted and drawn. A NULL has neither.
type resultCell struct{ Text, Number string }

// maxCell is how many characters of a text are shown.
const maxCell = 500

// readResult reads the first rows of a result in NDJSON, which may end within a line.
func (f formats) readResult(text []byte, rows int) (r result, err error) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	last := len(lines) - 1 // what follows the last line break
	r.IsCut = last > rows || len(lines[last]) > 0
	for _, line := range lines[:min(rows, last)] {
		row, err := f.readRow(line, &r.Columns, len(r.Rows) == 0)
		if err != nil {
			return result{}, fmt.Errorf("row %d: %w", len(r.Rows)+1, err)
		}
		r.Rows = append(r.Rows, row)
	}
	if r.IsCut && len(r.Rows) == 0 && rows > 0 {
		return result{}, errTooMuch // of the first row
	}
	return r, nil
}

// readRow reads an object. Its keys are the columns, in order.
func (f formats) readRow(line []byte, columns *[]resultColumn, isFirst bool) (row []resultCell, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	for i := 0; d.More(); i++ {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		if isFirst {
			*columns = append(*columns, resultColumn{Name: fmt.Sprint(name)})
		}
		if i == len(*columns) {
			return nil, errors.New("it has more values than the first")
		}
		cell := f.cell(value)
		if cell.Number != "" {
			(*columns)[i].IsNumber = true
		}
		row = append(row, cell)
	}
	if _, err := d.Token(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return row, nil
}

// cell returns what is shown of a value.
func (f formats) cell(value any) resultCell {
	switch v := value.(type) {
	case nil:
		return resultCell{}
	case json.Number:
		return resultCell{f.figure(string(v)), string(v)}
	case string:
		return resultCell{Text: shorten(v)}
	}
	text, _ := json.Marshal(value) // it was JSON
	return resultCell{Text: shorten(string(text))}
}

// figure formats a number with three decimals at most. The digits of one below 10,000 are not grouped: it can be a year.
func (f formats) figure(number string) string {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n >= 1e15 || n <= -1e15 {
		return number
	}
	_, decimals, _ := strings.Cut(strings.TrimRight(strconv.FormatFloat(n, 'f', 3, 64), "0"), ".")
	text := f.locale.Number(n, len(decimals))
	if n < 10_000 && n > -10_000 {
		text = strings.ReplaceAll(text, ",", "")
	}
	return text
}

func shorten(text string) string {
	if utf8.RuneCountInString(text) <= maxCell {
		return text
	}
	return string([]rune(text)[:maxCell]) + "…"
}

// took formats how long a query took.
func (f formats) took(d time.Duration) string {
	if d < time.Second {
		return f.number(int(d.Milliseconds())) + " ms"
	}
	return f.locale.Number(d.Seconds(), 1) + " s"
}

// askLimits says what limits a question has.
func (f formats) askLimits() (string, error) {
	return f.text("ask_limits", f.number(maxShownRows), f.target(askTime), maxDownload>>20)
}

// parameterLabels are the parameters of queries that have a label; others are called by their names.
var parameterLabels = []string{"from", "to", "group", "agent", "number", "direction", "campaign", "source", "hours", "since"}

// parameter returns the label of a parameter.
func (f formats) parameter(name string) (string, error) {
	if !slices.Contains(parameterLabels, name) {
		return name, nil
	}
	key := "parameter_" + name
	return f.text(key)
}
