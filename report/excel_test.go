package report

import (
	"fmt"
	"strings"
	"testing"
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
