package report

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"callsheet/report/xlsx"
)

// The rows of a long table, which are streamed, have the values, styles and links that they have in a shorter one.
func TestLongTablesReadAsShortOnes(t *testing.T) {
	skipIfShort(t)
	var rows [][]any
	for i := range streamedRows {
		rows = append(rows, []any{fmt.Sprintf("98100%05d", i), "a & b", float64(i) - 5.25, nil})
	}
	write := func(rows [][]any) *excelize.File {
		b := &book{theme: defaultTheme(), displayNames: map[string]*displayNames{}}
		var err error
		if b.workbook, err = xlsx.New("Missed", b.theme.options(t.TempDir())); err != nil {
			t.Fatal(err)
		}
		defer b.workbook.Close()
		p := b.newPage("Missed")
		s := Sheet{Name: "Missed", Columns: []string{phoneColumn, "call_group", "change", "note"}, FillIn: []string{"Done"}}
		table, err := p.writeTable(s, &resultSet{columns: s.Columns, rows: rows}, headerRow)
		if err != nil {
			t.Fatal(err)
		}
		p.makeTable(s, table)
		p.Put(1, table.last+2, "below", xlsx.CellStyle{})
		var file bytes.Buffer
		if _, err := b.workbook.Encode(&file); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&file)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		if below, _ := f.GetCellValue("Missed", xlsx.Cell(1, table.last+2)); below != "below" {
			t.Errorf("below the table is %q", below)
		}
		if used, err := f.GetSheetDimension("Missed"); err != nil || used != xlsx.Range(1, headerRow, 5, table.last+2) {
			t.Errorf("the used range is %s, %v", used, err)
		}
		return f
	}
	long, short := write(rows), write(rows[:streamedRows-1])
	for row := headerRow; row < headerRow+streamedRows; row++ {
		for column := 1; column <= 5; column++ {
			cell := xlsx.Cell(column, row)
			if got, want := describeCell(t, long, cell), describeCell(t, short, cell); !slices.Equal(got, want) {
				t.Fatalf("%s: got %q, want %q", cell, got, want)
			}
		}
	}
}

// describeCell returns the value, the type, the style and the link of a cell.
func describeCell(t *testing.T, f *excelize.File, cell string) []string {
	t.Helper()
	value, err := f.GetCellValue("Missed", cell)
	if err != nil {
		t.Fatal(err)
	}
	kind, err := f.GetCellType("Missed", cell)
	if err != nil {
		t.Fatal(err)
	}
	id, err := f.GetCellStyle("Missed", cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	_, link, err := f.GetCellHyperLink("Missed", cell)
	if err != nil {
		t.Fatal(err)
	}
	return []string{value, fmt.Sprint(kind), fmt.Sprintf("%+v %+v %+v %+v", style.Font, style.Border, style.Fill, style.Alignment),
		fmt.Sprint(style.NumFmt, style.CustomNumFmt != nil && *style.CustomNumFmt != ""), link}
}
