package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"callsheet/internal/period"
	"callsheet/report/xlsx"

	"github.com/xuri/excelize/v2"
)

// TestTimetablesShowTheirQueries compares each cell of a staffing and a forecast sheet with the rows of the queries.
func TestTimetablesShowTheirQueries(t *testing.T) {
	d, err := Parse("small", []byte(`title: T
sheets:
  - {kind: table, name: Groups, query: groups, columns: [call_group]}
  - {kind: timetable, name: Staffing, query: staffing, days: 28, omit: true, metrics: [agents_needed, agents_seen, agents_short]}
  - {kind: timetable, name: Forecast, query: forecast, omit: true, metrics: [forecast_offered, agents_needed]}
  - {kind: notes, name: Notes}
`), "")
	if err != nil {
		t.Fatal(err)
	}
	src := &testSource{calls: testMonth()}
	req := request(t, "yesterday")
	path, _ := build(t, d, src, req)
	lintWorkbook(t, path)
	f := open(t, path)
	for _, sheet := range d.Sheets[1:3] {
		covered := extendBack(req.Period, sheet.Days)
		columns, rows := src.queryAll(t, sheet.Query, map[string]any{"from": covered.From.Format("2006-01-02"), "to": covered.To.Format("2006-01-02")})
		want := map[string]row{} // by half-hour, and by weekday from Sunday on
		result := &resultSet{query: sheet.Query, columns: columns, rows: rows}
		for i := range rows {
			r := result.row(i)
			want[fmt.Sprint(r.get("half_hour"), r.count("weekday")%7)] = r
		}
		shown, err := f.GetRows(sheet.Name)
		if err != nil {
			t.Fatal(err)
		}
		compared, first := 0, slices.Index([]string{"Sun", "Mon"}, strings.Fields(shown[headerRow][1])[0])
		for y := headerRow + 1; len(shown[y]) > 0 && strings.Contains(shown[y][0], ":"); y++ {
			for m, metric := range sheet.Metrics {
				for x := range 7 {
					r, ok := want[fmt.Sprint(shown[y][0], (first+x)%7)]
					column := 1 + m*8 + x
					got := ""
					if column < len(shown[y]) {
						got = raw(t, f, sheet.Name, xlsx.Cell(column+1, y+1))
					}
					figure, known := r.number(metric)
					if n, err := strconv.ParseFloat(got, 64); known != (err == nil) || ok && math.Abs(n-figure) > 1e-9 {
						t.Errorf("%s, %s on weekday %d at %s is %q, want %v", sheet.Name, metric, x, shown[y][0], got, figure)
					}
					if known {
						compared++
					}
				}
			}
		}
		if compared < 50 {
			t.Errorf("%s: only %d figures", sheet.Name, compared)
		}
	}
	text := sheetText(t, f, "Forecast")
	for _, words := range []string{"A forecast made like this was on average", "With the agents needed, 80.0% of calls are answered within 20 seconds", "All day"} {
		if !strings.Contains(text, words) {
			t.Errorf("Forecast does not say %q:\n%s", words, text)
		}
	}
	if notes := sheetText(t, f, "Notes"); !strings.Contains(notes, "the real need is higher") {
		t.Errorf("Notes do not say what agents needed assume:\n%s", notes)
	}
}

// TestNoForecastWithoutIncomingCalls: an account with outgoing calls only has neither sheet.
func TestNoForecastWithoutIncomingCalls(t *testing.T) {
	skipIfShort(t)
	src := &testSource{calls: slices.DeleteFunc(testMonth(), func(c testCall) bool { return c.direction == "incoming" })}
	req := request(t, "yesterday")
	req.Period = period.Period{From: req.Period.To.AddDate(0, 0, -6), To: req.Period.To}
	_, result := build(t, readTemplate(t, "weekly"), src, req)
	if slices.Contains(result.Sheets, "Staffing") || slices.Contains(result.Sheets, "Forecast") {
		t.Errorf("the sheets are %v", result.Sheets)
	}
}

// sheetText returns the texts of a sheet, a line for each row.
func sheetText(t *testing.T, f *excelize.File, sheet string) string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, row := range rows {
		text.WriteString(strings.Join(row, " ") + "\n")
	}
	return text.String()
}
