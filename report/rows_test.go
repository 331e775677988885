package report

import (
	"bytes"
	"callsheet/internal/sqlvalue"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// Values of every type that a query may return are read back: numbers are numbers, text stays text, and headers are unique.
func TestRowsWriteAWorkbook(t *testing.T) {
	india := time.FixedZone("IST", 5*3600+1800)
	rows := NewRows()
	if err := rows.Header([]string{"call_group", "answer_rate", "calls", "calls", "day", "at", "ok", "flags"}); err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]any{
		{"=cmd|' /C calc'!A0", 0.784, int64(12), int64(3), sqlvalue.Date(time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)),
			time.Date(2026, 10, 5, 9, 30, 0, 0, india), true, []any{"a", "b"}},
		{"+919876543210", nil, int64(0), nil, nil, nil, false, nil},
		{"a\x00b\x1fc", 1.0, int64(-7), int64(1), nil, nil, nil, []any{}},
	} {
		if err := rows.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	n, err := rows.WriteTo(&file)
	if err != nil || n != int64(file.Len()) {
		t.Fatalf("%d of %d bytes: %v", n, file.Len(), err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := book.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"call_group", "answer_rate", "calls", "calls 2", "day", "at", "ok", "flags"},
		{"=cmd|' /C calc'!A0", "0.784", "12", "3", "46300", "46300.3958333333", "1", "a, b"},
		{"+919876543210", "", "0", "", "", "", "0"},
		{"abc", "1", "-7", "1"},
	}
	for i := range want {
		if strings.Join(got[i], "|") != strings.Join(want[i], "|") {
			t.Errorf("row %d: got %q, want %q", i+1, got[i], want[i])
		}
	}
	shown, err := book.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if shown[1][5] != "5 Oct 2026 09:30:00" {
		t.Errorf("a time is shown as %q", shown[1][5])
	}
	tables, err := book.GetTables("Sheet1")
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:H4" {
		t.Errorf("tables %v, %v", tables, err)
	}
	if formula, _ := book.GetCellFormula("Sheet1", "A2"); formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
}

// Without rows, the workbook has the header.
func TestRowsWithoutAnyRowWriteAWorkbook(t *testing.T) {
	rows := NewRows()
	if err := rows.Header([]string{"agent"}); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := rows.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	if name, _ := book.GetCellValue("Sheet1", "A1"); name != "agent" {
		t.Errorf("got %q", name)
	}
}
