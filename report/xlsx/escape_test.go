package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"testing"
)

// Excel reads _x0041_ as an A in cells, headers of tables, caches of charts and footers, so a text with such a sequence is escaped in all of
// them.
func TestEscapeSequencesAreEscapedEverywhere(t *testing.T) {
	w := newTestWorkbook(t)
	s := w.Sheet("Sheet1")
	const name = "_x0041_shok _x000D_"
	rows := [][]any{{name, "Calls " + name}, {name + "1", 1.0}, {name + "2", 2.0}}
	for i, row := range rows {
		for k, value := range row {
			s.Put(k+1, i+4, value, CellStyle{})
		}
	}
	s.AddTable(name, "A4:B6")
	s.AddChart(4, 4, Chart{Title: name, Width: 300, Height: 200, Sheet: "Sheet1", Header: 4, First: 5, Last: 6, Categories: 1, Series: []Series{{Column: 2, Colour: "000000"}}})
	s.SetUpPrinting(PrintSetup{Footer: name})
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	var out bytes.Buffer
	if _, err := w.Encode(&out); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	escaped := regexp.MustCompile(`_x005F_x([0-9A-F]{4}_)`)
	seen := 0
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		part := regexp.MustCompile(`<a:t>[^<]*</a:t>`).ReplaceAllString(string(text), "") // the title of a chart, in which Excel reads no sequences
		part = regexp.MustCompile(` (descr|name)="_x0041_[^"]*"`).ReplaceAllString(part, "")
		seen += len(escaped.FindAllString(part, -1))
		if part = escaped.ReplaceAllString(part, ""); HasEscapeSequence(part) {
			t.Errorf("%s has a sequence: %s", file.Name, part)
		}
	}
	if want := 2 * (4 + 2 + 3 + 1); seen != want { // cells, headers, the chart's name and categories, and the footer
		t.Errorf("%d sequences are escaped, want %d", seen, want)
	}
}
