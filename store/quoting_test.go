package store

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"callsheet/queries"
)

// quoting has text in quotes and comments that would have a meaning outside of them.
const quoting = `-- $no_parameter; 'not a quote
select 'a--b' as "x--y", '/*' as "z;", '$x' as literal, 'it''s; here' as semicolon, $$ -- ' $y ; $$ as dollars, /* a /* nested; */ $no */
    e'\'; -- $z' as escaped, $from::varchar as parameter -- the end; $no`

const quotingColumns = "x--y|z;|literal|semicolon|dollars|escaped|parameter"

func TestQuotesAndCommentsOfAUserQueryAreLeftAlone(t *testing.T) {
	const want = "a--b|/*|$x|it's; here| -- ' $y ; |'; -- $z|now"
	dir := t.TempDir()
	writeSpool(t, dir, nil)
	options := Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow, UserQueries: []queries.File{
		{Name: "quoting", SQL: quoting, Path: "quoting.sql"},
		{Name: "ended", SQL: quoting + "\n; -- $no\n", Path: "ended.sql"},
	}}
	db, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if warnings := db.warnings; len(warnings) > 0 {
		t.Errorf("warnings: %v", warnings)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	reader, err := OpenReader(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	type run = func(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error
	for name, run := range map[string]run{"query": reader.Query, "stream": reader.Stream} {
		for _, query := range []string{"quoting", "ended"} {
			var got []string
			collect := func(values []any) error { got = append(got, joined(values)); return nil }
			err := run(t.Context(), query, map[string]any{"from": "now"}, func(columns []string) error {
				got = append(got, strings.Join(columns, "|"))
				return nil
			}, collect)
			if err != nil || strings.Join(got, "\n") != quotingColumns+"\n"+want {
				t.Errorf("%s of %s: %q, %v", name, query, got, err)
			}
		}
	}
	if got := query(t, reader, "from ended(p_from := 'now')"); strings.Join(got[1], "|") != want {
		t.Errorf("the macro: %q", got[1])
	}
	if holds, err := reader.Evaluate(t.Context(), "ended", map[string]any{"from": "now"}, `literal = '$x' -- ;`); err != nil || !holds {
		t.Errorf("a condition: %v, %v", holds, err)
	}
}

func TestQuotesAndCommentsOfAStatementAreLeftAlone(t *testing.T) {
	reader := loaded(t, testSettings(), map[string]string{"a.ndjson": oneCall})
	for _, statement := range []string{
		"/* a /* nested */ comment */ select 'a--b', '/*', '$x', ';' -- ;",
		"-- a comment\rselect 1", "select 'query (1)', 'enable_logging' -- query(1)", "(/* c */ select 1)", "select 1 /* c */ ; -- c\n ; ",
		"pivot calls on outcome using count(*) as \"a;b\"", "pivot (select 'a--b;/*' as x) on x using count(*) -- the end",
		"/* first */ explain /* ; */ select ';'", "explain analyze -- c\n select 1", "explain (analyze /* c */, format json) select 1",
	} {
		if err := reader.SQL(t.Context(), statement, ignoreColumns, ignoreValues); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
		if err := reader.StreamSQL(t.Context(), statement, ignoreColumns, ignoreValues); err != nil {
			t.Errorf("stream of %s: %v", statement, err)
		}
	}
	for _, statement := range []string{
		"/* a /* nested */ select */ export database 'x'", "-- select\rexport database 'x'", "explain /* c */ analyze -- c\n export database 'x'",
		"pivot calls on outcome; drop table x", "pivot calls on outcome using count(*) -- c\r; export database 'x'",
		"pivot (select $é$ ' $é$) on x; export database 'x' --'", "pivot (select e'a'\n'\\'' as x) on x; export database 'x' --'",
	} {
		if err := reader.SQL(t.Context(), statement, ignoreColumns, ignoreValues); err == nil || !strings.Contains(err.Error(), "hint: ") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func joined(values []any) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = cell(value)
	}
	return strings.Join(texts, "|")
}
