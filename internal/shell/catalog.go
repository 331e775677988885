package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"callsheet/internal/suggest"
	"callsheet/queries"
)

func (s *Session) tables(ctx context.Context, out *Writer) error {
	var names, meanings []string
	err := s.reader.SQL(ctx, `select table_name, comment from duckdb_tables() where not internal
		union all select view_name, comment from duckdb_views() where not internal order by all`,
		ignoreHeader, func(values []any) error {
			names, meanings = append(names, text(values[0])), append(meanings, text(values[1]))
			return nil
		})
	if err != nil {
		return err
	}
	if err := out.Header([]string{"table", "rows", "a row is"}); err != nil {
		return err
	}
	for i, name := range names {
		countSQL := `select count(*) from "` + strings.ReplaceAll(name, `"`, `""`) + `"` // DuckDB's estimates include deleted rows
		err := s.reader.SQL(ctx, countSQL, ignoreHeader, func(values []any) error {
			return out.Row([]any{name, values[0], meanings[i]})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func ignoreHeader([]string) error { return nil }

func (s *Session) schema(ctx context.Context, table string, out *Writer) error {
	var names []string
	err := s.reader.SQL(ctx, `select table_name as "table", column_name as "column", data_type as type, comment as "is"
from duckdb_columns() where not internal order by table_name, column_index`,
		out.Header, func(values []any) error {
			if table != "" && !strings.EqualFold(table, text(values[0])) {
				names = append(names, text(values[0]))
				return nil
			}
			return out.Row(values)
		})
	if err == nil && out.written == 0 {
		err = fmt.Errorf("unknown table %q%s", table, suggest.Hint(table, slices.Compact(names), "the tables are"))
	}
	return err
}

func (s *Session) metrics(ctx context.Context, word string, out *Writer) error {
	return s.reader.SQL(ctx, "select name, unit, formula from metric_catalog", out.Header, func(values []any) error {
		if !strings.Contains(strings.ToLower(text(values[0])+"\n"+text(values[2])), strings.ToLower(word)) {
			return nil
		}
		return out.Row(values)
	})
}

func (s *Session) queries(out *Writer) error {
	user := queries.User(s.UserQueries)
	if err := queries.Problems(user); err != nil {
		fmt.Fprintln(out.notes, err)
	}
	if err := out.Header([]string{"query", "what it returns", "parameters"}); err != nil {
		return err
	}
	for _, query := range queries.All(user) {
		if err := out.Row([]any{query.Name, query.Doc(), strings.Join(query.Parameters(), ", ")}); err != nil {
			return err
		}
	}
	return nil
}
