package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callsheet/queries"
)

func TestStreamReturnsTheWholeResult(t *testing.T) {
	dir := t.TempDir()
	writeSpool(t, dir, nil)
	load(t, dir, Settings{Timezone: "Asia/Kolkata"})
	reader, err := OpenReader(t.Context(), Options{
		Path: filepath.Join(dir, "calls.duckdb"), MemoryLimit: "60MB", Settings: Settings{Timezone: "Asia/Kolkata"},
		UserQueries: []queries.File{
			{Name: "long", SQL: "select $rows::bigint - 1 - range as n, repeat('x', 1000) || range as text from range($rows::bigint) -- so", Path: "long.sql"},
			{Name: "shapes", SQL: "select 1 as a, null as b, [1, 2] as c from range($rows::bigint);\n", Path: "shapes.sql"},
			{Name: "wrong", SQL: "select nothing_such", Path: "wrong.sql"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, c := range []struct {
		query string
		rows  int
	}{{"long", 0}, {"long", 1}, {"long", firstRows}, {"long", firstRows + 1}, {"long", firstRows + maxChunkRows}, {"long", firstRows + 2*maxChunkRows + 5}, {"shapes", 1}, {"calls", 0}} {
		read, last := 0, c.rows
		var columns []string
		err := reader.Stream(t.Context(), c.query, map[string]any{"rows": c.rows}, func(names []string) error {
			columns = append(columns, names...)
			return nil
		}, func(values []any) error {
			read++
			if last--; c.query == "long" && values[0] != int64(last) {
				return fmt.Errorf("row %d is %v", read, values[0])
			}
			return nil
		})
		if err != nil || read != c.rows {
			t.Errorf("%s: %d rows, %v, want %d", c.query, read, err, c.rows)
		}
		var direct []string
		err = reader.Query(t.Context(), c.query, map[string]any{"rows": 0}, func(names []string) error {
			direct = slices.Clone(names)
			return nil
		}, func([]any) error { return nil })
		if err != nil || !slices.Equal(columns, direct) {
			t.Errorf("%s: columns %v, %v, want %v once", c.query, columns, err, direct)
		}
	}
	if err := reader.Stream(t.Context(), "wrong", nil, nil, nil); err == nil || !strings.HasPrefix(err.Error(), "query wrong: wrong.sql:1:8: ") {
		t.Errorf("the error is %v", err)
	}
}
