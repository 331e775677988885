package main

import (
	"testing"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/period"
)

// TestWorkbooksOfDifferentCallsHaveNamesOfTheirOwn, whatever is filtered for.
func TestWorkbooksOfDifferentCallsHaveNamesOfTheirOwn(t *testing.T) {
	days, err := period.Parse("2026-10-05", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	books := []workbook{{}, {part: "X"}, {part: "group=X"}, {part: "as of"}, {asOf: time.Unix(0, 0)},
		{filters: map[string]string{"group": "X", "agent": "Y"}}, {filters: map[string]string{"group": "X-agent=Y"}}, {filters: map[string]string{"group": "a/b"}},
		{filters: map[string]string{"group": "a:b"}}}
	for _, key := range config.Filters {
		books = append(books, workbook{filters: map[string]string{key: "X"}}, workbook{filters: map[string]string{key: "X=Y"}})
	}
	seen := map[string]workbook{}
	for _, w := range books {
		w.report, w.period = "daily", days
		if other, taken := seen[fileName(w)]; taken {
			t.Errorf("%+v and %+v are both %s", w, other, fileName(w))
		}
		seen[fileName(w)] = w
	}
	if got := fileName(workbook{report: "daily", period: days, filters: map[string]string{"group": "Sales"}}); got != "daily-2026-10-05-group=Sales.xlsx" {
		t.Errorf("a filter gives %s", got)
	}
}
