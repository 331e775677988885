package report

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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

// A goalSource has the goal 0.85 for answer_rate.
type goalSource struct{ *testSource }

func (s goalSource) Query(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error {
	if name != "changes" {
		return s.testSource.Query(ctx, name, args, header, row)
	}
	var columns []string
	return s.testSource.Query(ctx, name, args, func(names []string) error {
		columns = slices.Clone(names)
		return header(names)
	}, func(values []any) error {
		if values = slices.Clone(values); values[slices.Index(columns, "name")] == "answer_rate" {
			values[slices.Index(columns, "goal")] = 0.85
		}
		return row(values)
	})
}

// TestLongTablesCanBeDrawn builds charts of a thousand days, beside which the goal is written, and of as many callers. Programs repair or
// refuse a sheet whose rows are not in order, and a chart that lacks its values is empty in a preview.
func TestLongTablesCanBeDrawn(t *testing.T) {
	skipIfShort(t)
	req, src := request(t, "yesterday"), &testSource{}
	req.Period.From = req.Period.From.AddDate(0, 0, 1-streamedRows)
	for i := range streamedRows {
		src.calls = append(src.calls, testCall{sid: fmt.Sprint(i + 1), at: time.Date(2026, 10, 4-i, 9, 0, 0, 0, india), direction: "incoming",
			outcome: "abandoned", customer: fmt.Sprintf("090000%05d", i), wait: 30})
	}
	slices.Reverse(src.calls)
	d, err := Parse("long", []byte(`
title: Long
sheets:
  - {kind: trend, name: Trend, query: days, columns: [local_day, offered, answer_rate], charts: [{title: Days, columns: [offered], line: answer_rate}]}
  - {kind: ranked, name: Callers, query: missed, columns: [customer_number, attempts], limit: 2000}
`), "")
	if err != nil {
		t.Fatal(err)
	}
	path, _ := build(t, d, goalSource{src}, req)
	all := parts(t, path)
	for name, text := range all {
		if !strings.HasPrefix(name, "xl/worksheets/sheet") {
			continue
		}
		last := 0
		for _, match := range regexp.MustCompile(`<row r="(\d+)"`).FindAllStringSubmatch(text, -1) {
			row, _ := strconv.Atoi(match[1])
			if row <= last {
				t.Fatalf("%s has row %d after row %d", name, row, last)
			}
			last = row
		}
	}
	for part, want := range map[string]int{"xl/charts/chart1.xml": 3, "xl/charts/chart2.xml": 1} { // series
		if got := strings.Count(all[part], "<pt idx="); got != want*(2*streamedRows+1) { // a category and a value for each row, and a name
			t.Errorf("%s has %d cached values, want those of %d series", part, got, want)
		}
	}
}
