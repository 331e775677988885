package xlsx

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"callsheet/internal/lazyregexp"
)

// AddTable makes a native table of a range whose first row is the header. Its name comes from a text, such as the sheet's name.
func (s *Sheet) AddTable(name, ref string) {
	stripes := false
	name = s.workbook.tableName(name)
	s.Check(s.workbook.file.AddTable(s.Name, &excelize.Table{
		Range: ref, Name: name, StyleName: "TableStyleLight1", ShowRowStripes: &stripes,
	}))
	s.workbook.escapeHeaders(name)
}

var tableHeader = lazyregexp.New(`<tableColumn id="\d+" name="[^"]*"`)

// escapeHeaders escapes sequences in the headers of a table, which excelize writes as they are.
func (w *Workbook) escapeHeaders(table string) {
	w.file.Pkg.Range(func(part, content any) bool {
		text, _ := content.([]byte)
		if !strings.HasPrefix(part.(string), "xl/tables/") || !bytes.Contains(text, []byte(` name="`+table+`"`)) {
			return true
		}
		w.file.Pkg.Store(part, tableHeader().ReplaceAllFunc(text, func(header []byte) []byte { return []byte(escapeSequences(string(header))) }))
		return false
	})
}

// tableName returns a free table name with the ASCII letters and digits of a text. The prefix keeps it from looking like a cell's
// reference.
func (w *Workbook) tableName(text string) string {
	base := []byte("t_")
	for i := range len(text) {
		c := text[i]
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			base = append(base, c)
		}
	}
	name := string(base)
	for n := 2; w.tables[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	w.tables[strings.ToLower(name)] = true
	return name
}

// maxHeader is the maximum length of a table's header, less room for a number.
const maxHeader = 255 - len(" 1234567")

// HeaderText returns a text that fits the header of a table's column.
func HeaderText(s string) string { return Truncate(CleanText(s), maxHeader) }

// UniqueName returns label, or label with the first free number, and adds it to taken. Names that differ only in case are equal to
// Excel.
func UniqueName(label string, taken map[string]bool) string {
	if label == "" {
		label = "Column"
	}
	name := label
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s %d", label, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}
