package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"callsheet/internal/lazyregexp"
	"callsheet/queries"
)

// commentsSQL returns the comments of tables, views and their columns: kind, name and text.
const commentsSQL = `
with named as (
    select 'table' as kind, table_name from duckdb_tables() where not internal and not temporary
    union all
    select 'view' as kind, view_name as table_name from duckdb_views() where not internal and not temporary
),
columns as (
    select table_name, column_name
    from duckdb_columns() semi join named using (table_name)
    where not internal
)
select kind, table_name, '' as column_name, meaning
from named join table_catalog using (table_name)
where column_name = ''
union all
select 'column' as kind, table_name, column_name, coalesce(own.meaning, shared.meaning, column_catalog.meaning) as meaning
from columns
left join table_catalog as own using (table_name, column_name)
left join (from table_catalog where table_name = '') as shared using (column_name)
left join column_catalog on column_catalog.name = column_name
where coalesce(own.meaning, shared.meaning, column_catalog.meaning) is not null
order by kind, table_name, column_name`

// macrosSQL returns the macros, and whether they return tables.
const macrosSQL = `
select distinct function_name, function_type = 'table_macro' as returns_table
from duckdb_functions()
where not internal and function_type in ('macro', 'table_macro')
order by function_name`

// commentAll describes every table, view, column and macro in the database itself, where any DuckDB client shows it.
func commentAll(ctx context.Context, tx *sql.Tx, named []queries.File) error {
	var statements strings.Builder
	err := eachRow(ctx, tx, commentsSQL, func(rows *sql.Rows) error {
		var kind, table, column, meaning string
		if err := rows.Scan(&kind, &table, &column, &meaning); err != nil {
			return err
		}
		name := fmt.Sprintf("%q", table)
		if column != "" {
			name += fmt.Sprintf(".%q", column)
		}
		fmt.Fprintf(&statements, "comment on %s %s is %s;\n", kind, name, quote(meaning))
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the catalogs: %w", err)
	}
	docs := macroDocs(named)
	err = eachRow(ctx, tx, macrosSQL, func(rows *sql.Rows) error {
		var name, kind = "", "macro"
		var returnsTable bool
		if err := rows.Scan(&name, &returnsTable); err != nil {
			return err
		}
		if returnsTable {
			kind = "macro table"
		}
		if docs[name] != "" {
			fmt.Fprintf(&statements, "comment on %s %q is %s;\n", kind, name, quote(docs[name]))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the macros: %w", err)
	}
	if _, err := tx.ExecContext(ctx, statements.String()); err != nil {
		return fmt.Errorf("describing the tables: %w", err)
	}
	return nil
}

func eachRow(ctx context.Context, tx *sql.Tx, statement string, do func(rows *sql.Rows) error) error {
	rows, err := tx.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

var macroHead = lazyregexp.New(`^create or replace macro (\w+)`)

// macroDocs returns what the comment above each macro says. A macro without one belongs to the family above it in its file.
func macroDocs(named []queries.File) map[string]string {
	docs := map[string]string{}
	for _, file := range named {
		docs[file.Name] = file.Doc()
	}
	for _, folder := range []string{"base", "metrics"} {
		for _, file := range queries.Files(folder) {
			var comment []string
			begins := true // the next line of a comment begins another one
			for line := range strings.Lines(file.SQL) {
				text, isComment := strings.CutPrefix(line, "--")
				if isComment && begins {
					comment = nil
				}
				if begins = !isComment; isComment {
					comment = append(comment, strings.TrimSpace(text))
				}
				if found := macroHead().FindStringSubmatch(line); found != nil {
					docs[found[1]] = strings.TrimSpace(strings.Join(comment, " "))
				}
			}
		}
	}
	return docs
}
