package report

import (
	"context"
	"reflect"
	"testing"
)

// countingSource answers every query with one row, and counts the queries.
type countingSource struct{ queries int }

func (s *countingSource) Query(_ context.Context, _ string, _ map[string]any, header func([]string) error, row func([]any) error) error {
	s.queries++
	if err := header([]string{"names"}); err != nil {
		return err
	}
	return row([]any{[]any{"a", "b"}})
}

func (s *countingSource) Stream(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error {
	return s.Query(ctx, name, args, header, row)
}

func TestCachedResultsAreRepeatedUnchanged(t *testing.T) {
	source := &countingSource{}
	cached := NewCachedSource(source)
	for range 2 {
		err := cached.Query(t.Context(), "q", map[string]any{"from": "2026-10-05"}, func([]string) error { return nil }, func(values []any) error {
			if want := []any{[]any{"a", "b"}}; !reflect.DeepEqual(values, want) {
				t.Errorf("got %v, want %v", values, want)
			}
			values[0].([]any)[0] = "changed"
			values[0] = nil
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if source.queries != 1 {
		t.Errorf("%d queries", source.queries)
	}
	for _, args := range []map[string]any{nil, {"from": "2026-10-06"}} {
		if err := cached.Query(t.Context(), "q", args, func([]string) error { return nil }, func([]any) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if source.queries != 3 {
		t.Errorf("%d queries for three sets of arguments", source.queries)
	}
}
