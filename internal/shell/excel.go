package shell

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/suggest"
)

// CSVModes are the kinds of csv: plain keeps every value as it is, for programs; excel is for a person who opens the file there.
var CSVModes = []string{"plain", "excel"}

// CSVHelp is the help text of every --csv flag.
const CSVHelp = "the kind of csv: plain, or excel: with a byte order mark, and a ' before text that a spreadsheet would run as a formula"

// SetCSV sets the kind of csv. A kind is also a choice of csv: format is the name that the user gave, or empty.
func (w *Writer) SetCSV(mode, format string) error {
	switch {
	case mode == "":
		return nil
	case mode != "plain" && mode != "excel":
		return fmt.Errorf("unknown kind of csv %q%s", mode, suggest.Hint(mode, CSVModes, "use one of"))
	case format != "" && format != "csv":
		return fmt.Errorf("--csv %s is not for --format %s\nhint: leave one of them out", mode, format)
	}
	w.format, w.excel = "csv", mode == "excel"
	return nil
}

const byteOrderMark = "\ufeff" // by which Excel recognises UTF-8

// startCSV writes the header of a csv.
func (w *Writer) startCSV(header []string) error {
	w.csv = csv.NewWriter(w.w)
	if !w.excel {
		return w.csv.Write(header)
	}
	if _, err := io.WriteString(w.w, byteOrderMark); err != nil {
		return err
	}
	cells := make([]string, len(header))
	for i, name := range header {
		cells[i] = guard(name)
	}
	return w.csv.Write(cells)
}

// csvRow writes a row of a csv. Numbers stay numbers.
func (w *Writer) csvRow(row []any) error {
	cells := texts(row)
	for i := range cells {
		if w.excel {
			cells[i] = guard(cells[i])
		}
	}
	return w.writeCSV(cells)
}

// writeCSV writes a line. That of one empty cell has quotes, since readers skip an empty line.
func (w *Writer) writeCSV(cells []string) error {
	if len(cells) != 1 || cells[0] != "" {
		return w.csv.Write(cells)
	}
	w.csv.Flush()
	_, err := io.WriteString(w.w, "\"\"\n")
	return errors.Join(w.csv.Error(), err)
}

var plainNumber = lazyregexp.New(`^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$`)

// guard returns the text of a cell that no spreadsheet takes for a formula: with a ' before it if it begins as one, unless it is a
// number.
func guard(cell string) string {
	first, _ := utf8.DecodeRuneInString(cell)
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) || plainNumber().MatchString(cell) {
		return cell
	}
	return "'" + cell
}
