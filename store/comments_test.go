package store

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestEverythingIsDescribed: each table, view, column and macro of a published copy has a comment, and docs/tables.md has those of tables.
func TestEverythingIsDescribed(t *testing.T) {
	reader := loaded(t, testSettings(), nil)
	for _, row := range query(t, reader, `
		select 'table' as kind, table_name as name from duckdb_tables() where not internal and coalesce(comment, '') = ''
		union all
		select 'view' as kind, view_name as name from duckdb_views() where not internal and coalesce(comment, '') = ''
		union all
		select 'column' as kind, table_name || '.' || column_name as name from duckdb_columns() where not internal and coalesce(comment, '') = ''
		union all
		select 'macro' as kind, function_name as name from duckdb_functions()
		where not internal and function_type in ('macro', 'table_macro') and coalesce(comment, '') = ''
		union all
		select 'row of table_catalog' as kind, concat_ws('.', table_name, column_name) as name from table_catalog
		where table_name <> '' and table_name not in (select table_name from duckdb_columns())
		   or column_name <> '' and column_name not in (select column_name from duckdb_columns() where table_catalog.table_name in ('', table_name))
		order by all`)[1:] {
		t.Errorf("%s %s", row[0], row[1])
	}
	var page strings.Builder
	page.WriteString("# Tables\n\nEvery table and column of the published database, as the comments in it say: `duckdb_tables()` and `duckdb_columns()` have them,\n" +
		"and most clients show them. Metrics are in [metrics.md](metrics.md). `go test ./store -run EverythingIsDescribed -update` writes this page.\n")
	table := ""
	for _, row := range query(t, reader, `
		select table_name, column_name, lower(data_type), columns.comment, coalesce(tables.comment, views.comment)
		from duckdb_columns() as columns
		left join duckdb_tables() as tables using (table_name)
		left join (select view_name as table_name, comment from duckdb_views()) as views using (table_name)
		where not columns.internal
		order by table_name, column_index`)[1:] {
		if row[0] != table {
			table = row[0]
			fmt.Fprintf(&page, "\n## %s\n\nA row is: %s.\n\n| column | type | is |\n|---|---|---|\n", table, row[4])
		}
		fmt.Fprintf(&page, "| %s | %s | %s |\n", row[1], row[2], strings.ReplaceAll(row[3], "|", "\\|"))
	}
	const path = "../docs/tables.md"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != page.String() {
		t.Errorf("docs/tables.md does not match the catalogs; rewrite it with -update (%v)", err)
	}
}

// TestAnalystsGuideDescribesTables with the words of the catalog, where it describes one table in a line.
func TestAnalystsGuideDescribesTables(t *testing.T) {
	guide, err := os.ReadFile("../docs/analysts.md")
	if err != nil {
		t.Fatal(err)
	}
	described := 0
	for _, row := range query(t, loaded(t, testSettings(), nil), "select table_name, meaning from table_catalog where table_name <> '' and column_name = ''")[1:] {
		if _, after, ok := strings.Cut(string(guide), "\n| "+row[0]+" | "); ok {
			described++
			if !strings.HasPrefix(after, row[1]+" |") {
				t.Errorf("docs/analysts.md does not say that a row of %s is %s", row[0], row[1])
			}
		}
	}
	if described < 5 {
		t.Errorf("only %d tables are described", described)
	}
}
