package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestExcelMarksNoPhoneAsAnError: text cells with digits are exempt from "number stored as text", on tables and on the streamed sheet.
func TestExcelMarksNoPhoneAsAnError(t *testing.T) {
	path, _ := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, "yesterday"))
	f, all := open(t, path), parts(t, path)
	sheets := 0
	for id, name := range f.GetSheetMap() {
		if name != "Numbers" && name != "Missed" && name != "Calls" {
			continue
		}
		sheets++
		part := all[fmt.Sprintf("xl/worksheets/sheet%d.xml", id)]
		if !strings.Contains(part, `numberStoredAsText="true"`) && !strings.Contains(part, `numberStoredAsText="1"`) {
			t.Errorf("%s: Excel marks digits in text", name)
		}
	}
	if sheets != 3 {
		t.Errorf("%d of the 3 sheets", sheets)
	}
}

// TestFiguresHaveAFormat: no fraction in a cell of the built-in reports has the format General, which shows up to ten decimals.
func TestFiguresHaveAFormat(t *testing.T) {
	skipIfShort(t)
	src := &testSource{calls: testMonth()}
	fractions := 0
	for _, name := range []string{"daily", "monthly", "agents", "coins", "missed"} {
		path, _ := build(t, readTemplate(t, name), src, request(t, "yesterday"))
		f := open(t, path)
		for _, sheet := range f.GetSheetList() {
			if sheet == "Calls" {
				continue // the coins of a call are shown as they are
			}
			rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			for y, row := range rows {
				for x, cell := range row {
					n, err := strconv.ParseFloat(cell, 64)
					if err != nil || n == math.Trunc(n) {
						continue
					}
					at, _ := excelize.CoordinatesToCellName(x+1, y+1)
					if kind, _ := f.GetCellType(sheet, at); kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset {
						continue
					}
					fractions++
					if format := formatOf(t, f, sheet, at); format == "" || format == "General" {
						t.Errorf("%s, %s!%s: %s has no format", name, sheet, at, cell)
					}
				}
			}
		}
	}
	if fractions < 1000 {
		t.Errorf("only %d fractions", fractions)
	}
}

func TestStepsOfDurationsAreRound(t *testing.T) {
	for highest, want := range map[float64]float64{0: 60, 300: 60, 3599: 900, 3 * 3600: 1800, 10.5 * 3600: 2 * 3600, 61 * 3600: 12 * 3600, 80 * 3600: 86400,
		30 * 86400: 8 * 86400} {
		if got := durationStep(highest, 60); got != want {
			t.Errorf("up to %v s: steps of %v s, want %v s", highest, got, want)
		}
	}
}

// TestAxisOfALineOfDurationsIsRound reads the charts with average talk as a line: Excel would mark 0:43 and 1:26.
func TestAxisOfALineOfDurationsIsRound(t *testing.T) {
	path, _ := build(t, readTemplate(t, "agents"), &testSource{calls: testMonth()}, request(t, "yesterday"))
	for name, part := range parts(t, path) {
		_, after, found := strings.Cut(part, `formatCode="[m]:ss"`)
		if !strings.HasPrefix(name, "xl/charts/chart") || !found {
			continue
		}
		_, step, _ := strings.Cut(after, `majorUnit val="`)
		step, _, _ = strings.Cut(step, `"`)
		days, err := strconv.ParseFloat(step, 64)
		if seconds := math.Round(days * 86400); err != nil || math.Mod(seconds, 10) != 0 || seconds == 0 {
			t.Errorf("%s: the marks are %q of a day apart: %v", name, step, err)
		}
		return
	}
	t.Error("no chart has a line of durations")
}

// TestOnlyChartsOfSeveralSeriesHaveALegend looks at charts of one series, and of one with a line.
func TestOnlyChartsOfSeveralSeriesHaveALegend(t *testing.T) {
	for line, want := range map[string]bool{"": false, ", line: answer_rate": true} {
		d, err := Parse("small", []byte("title: T\nsheets:\n  - kind: trend\n    name: Days\n    query: days\n    days: 3\n"+
			"    columns: [local_day, offered, answer_rate]\n    charts: [{title: Offered, columns: [offered]"+line+"}]\n"), "")
		if err != nil {
			t.Fatal(err)
		}
		path, _ := build(t, d, &testSource{calls: testMonth()}, request(t, "yesterday"))
		if got := strings.Contains(parts(t, path)["xl/charts/chart1.xml"], "<legend>"); got != want {
			t.Errorf("with %q: a legend is %v", line, got)
		}
	}
}

// TestTilesLeadToTheirSheets follows the links of the labels of the daily report's tiles.
func TestTilesLeadToTheirSheets(t *testing.T) {
	path, _ := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, "yesterday"))
	f := open(t, path)
	want := map[string]string{"Calls offered": "Groups", "Answer rate": "Groups", "Callers still waiting": "To call back", "Talk time": "Groups",
		"Service level, 20 s": "Groups", "Coins per talk minute": "Coins"}
	found := 0
	cells, err := f.GetHyperLinkCells("Summary", "Location")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range cells {
		label, err := f.GetCellValue("Summary", at)
		if err != nil {
			t.Fatal(err)
		}
		if sheet, ok := want[label]; ok {
			found++
			if _, target, _ := f.GetCellHyperLink("Summary", at); target != "'"+sheet+"'!A1" {
				t.Errorf("%s leads to %s, want %s", label, target, sheet)
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d of %d tiles are links", found, len(want))
	}
}
