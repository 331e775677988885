package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"callsheet/internal/suggest"
	"callsheet/queries"
)

// rowMeanings describe the rows of the tables that analysts read, in the words of docs/analysts.md.
var rowMeanings = map[string]string{
	"calls":          "a call that has a report",
	"call_versions":  "a distinct report of a call, its fields as sent",
	"live_events":    "a distinct live event of a call",
	"call_legs":      "a phone of a call that rang or was picked up, with its agent and talk",
	"other_events":   "a delivery of another kind, with its payload",
	"rejects":        "a line that could not be loaded",
	"spool_files":    "how far a file was read",
	"loads":          "a load and what it added",
	"report_runs":    "a run of the scheduler, its parts and recipients",
	"metric_catalog": "what each metric is",
	"column_catalog": "what each column of calls is",
}

func (s *Session) tables(ctx context.Context, out *Writer) error {
	var names []string
	err := s.reader.SQL(ctx, `select table_name from duckdb_tables() where not internal
		union all select view_name from duckdb_views() where not internal order by all`,
		ignoreHeader, func(values []any) error {
			names = append(names, text(values[0]))
			return nil
		})
	if err != nil {
		return err
	}
	if err := out.Header([]string{"table", "rows", "a row is"}); err != nil {
		return err
	}
	for _, name := range names {
		countSQL := `select count(*) from "` + strings.ReplaceAll(name, `"`, `""`) + `"` // DuckDB's estimates include deleted rows
		err := s.reader.SQL(ctx, countSQL, ignoreHeader, func(values []any) error {
			return out.Row([]any{name, values[0], rowMeanings[name]})
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
	err := s.reader.SQL(ctx, `select table_name as "table", column_name as "column", data_type as type
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
