package report

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// An ownQuery source has a user-defined query with the name mine.
type ownQuery struct {
	*testSource
	columns []string
	rows    [][]any
}

func (s ownQuery) Query(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error {
	if name != "mine" {
		return s.testSource.Query(ctx, name, args, header, row)
	}
	if err := header(s.columns); err != nil {
		return err
	}
	for _, values := range s.rows {
		if err := row(values); err != nil {
			return err
		}
	}
	return nil
}

// TestQueriesWithoutDaysAreNamed: a chart of a trend sheet and a timetable are by day. Without charts, a trend sheet is any table.
func TestQueriesWithoutDaysAreNamed(t *testing.T) {
	mine := ownQuery{&testSource{calls: testMonth()}, []string{"week", "half_hour", "calls"}, [][]any{{"W40", "09:00", int64(3)}, {"W41", "09:30", int64(4)}}}
	for sheet, want := range map[string]string{
		"{kind: trend, name: Weeks, query: mine, columns: [week, calls], charts: [{title: Calls, columns: [calls]}]}": "sheet Weeks: query mine has no column local_day",
		"{kind: timetable, name: Times, query: mine, metrics: [calls]}":                                               "sheet Times: query mine has neither the column local_day nor weekday",
		"{kind: trend, name: Weeks, query: mine, columns: [week, calls]}":                                             "",
	} {
		d, err := Parse("own", []byte("title: T\nsheets:\n  - "+sheet), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, rows := range [][][]any{mine.rows, nil} {
			src := mine
			src.rows = rows
			_, err = d.Build(t.Context(), src, request(t, "yesterday"), filepath.Join(t.TempDir(), "own.xlsx"))
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "\nhint: ")) {
				t.Errorf("%s, %d rows: %v, want %q", sheet, len(rows), err, want)
			}
		}
	}
}
