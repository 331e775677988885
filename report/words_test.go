package report

import (
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestSheetsShowWordsNotCodes looks for every code of code_catalog, and for names of columns, in all cells of the built-in reports.
func TestSheetsShowWordsNotCodes(t *testing.T) {
	src := &testSource{calls: testMonth()}
	s, err := src.opened("codes", nil)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, statement := range []string{"select code from code_catalog where code <> words", "select name from column_catalog where name like '%\\_%' escape '\\'"} {
		err := s.reader.SQL(t.Context(), statement, func([]string) error { return nil }, func(values []any) error {
			codes = append(codes, values[0].(string))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	shownWords := 0
	for _, name := range []string{"daily", "weekly", "monthly", "agents", "coins", "missed"} {
		path, _ := build(t, readTemplate(t, name), src, request(t, "yesterday"))
		f := open(t, path)
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for y, row := range rows {
				for x, cell := range row {
					if cell == "called again" || cell == "no answer" {
						shownWords++
					}
					if slices.Contains(codes, cell) && !isQueryName(sheet, x) {
						at, _ := excelize.CoordinatesToCellName(x+1, y+1)
						t.Errorf("%s, %s!%s shows %q", name, sheet, at, cell)
					}
				}
			}
		}
	}
	if shownWords == 0 {
		t.Error("no cell shows a code in words: the calls of the test have none")
	}
}

// isQueryName reports whether a cell is in the column of Notes that tells analysts the names of metrics in queries.
func isQueryName(sheet string, column int) bool { return sheet == "Notes" && column == 4 }
