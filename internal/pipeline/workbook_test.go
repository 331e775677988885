package pipeline

import (
	"testing"
	"time"

	"callsheet/internal/period"
	"callsheet/queries"
)

func TestDifferentWorkbooksHaveDifferentFileNames(t *testing.T) {
	days, err := period.Parse("2026-10-05", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	books := []WorkbookRequest{{}, {Part: "X"}, {Part: "group=X"}, {Part: "as of"}, {AsOf: time.Unix(0, 0)},
		{Filters: map[string]string{"group": "X", "agent": "Y"}}, {Filters: map[string]string{"group": "X-agent=Y"}}, {Filters: map[string]string{"group": "a/b"}},
		{Filters: map[string]string{"group": "a:b"}}}
	for _, key := range queries.Filters {
		books = append(books, WorkbookRequest{Filters: map[string]string{key: "X"}}, WorkbookRequest{Filters: map[string]string{key: "X=Y"}})
	}
	seen := map[string]WorkbookRequest{}
	for _, w := range books {
		w.Report, w.Period = "daily", days
		if other, exists := seen[w.fileName()]; exists {
			t.Errorf("%+v and %+v are both %s", w, other, w.fileName())
		}
		seen[w.fileName()] = w
	}
	filtered := WorkbookRequest{Report: "daily", Period: days, Filters: map[string]string{"group": "Sales"}}
	if got := filtered.fileName(); got != "daily-2026-10-05-group=Sales.xlsx" {
		t.Errorf("a filter gives %s", got)
	}
}
