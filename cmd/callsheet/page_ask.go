package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"

	"callsheet/internal/child"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/page"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
	"callsheet/queries"
)

// pageQueryMemory is the memory of a query from the page before it spills to disk. Two can run beside the collector.
const pageQueryMemory = "1GB"

// askInChild answers a question as callsheet sql and callsheet query do, in a child process.
func askInChild(ctx context.Context, p *pipeline.Pipeline, q page.Question, out io.Writer) (warning string, err error) {
	memory, err := shell.Limits{Memory: pageQueryMemory}.ProcessMemory()
	if err != nil {
		return "", err
	}
	args := []string{"sql"}
	if q.Query != "" {
		args = []string{"query"}
		for name, value := range q.Arguments {
			flag := "--" + name + "=" + value
			if !isGiven(name) {
				flag = "--set=" + name + "=" + value
			}
			args = append(args, flag)
		}
	}
	args = append(args, "--format", q.Format, "--memory", pageQueryMemory, "--max-rows", strconv.Itoa(q.MaxRows), "--")
	if q.Query != "" {
		args = append(args, q.Query)
	} else {
		args = append(args, q.SQL)
	}
	err = p.RunChild(ctx, child.Command{Args: args, Stdout: out, Memory: memory, Group: true})
	switch {
	case shell.IsOutOfMemory(err):
		return "", page.ErrQueryMemory
	case exitcode.Of(err) == exitcode.Warnings:
		return display.EscapeLines(err.Error()), nil
	case err != nil:
		return "", errors.New(display.EscapeLines(err.Error()))
	}
	return "", nil
}

// pageQueries returns the named queries that the page offers: those that can be used.
func pageQueries(p *pipeline.Pipeline) (list []page.NamedQuery) {
	for _, query := range queries.All(queries.User(p.Config.UserQueries())) {
		if query.Err != nil {
			continue // check reports it
		}
		named := page.NamedQuery{Name: query.Name, Meaning: display.Escape(query.Doc())}
		required := missingParameters(query, nil)
		for _, name := range parametersToSet(query) {
			named.Parameters = append(named.Parameters, page.Parameter{Name: name, Required: slices.Contains(required, name)})
		}
		list = append(list, named)
	}
	return list
}

// catalogSQL returns what SQL can name, each column after its table. Most questions are about calls.
const catalogSQL = `from (select 'table' as kind, table_name as name, '' as type, comment as meaning, 0 as place, table_name as "table" from duckdb_tables() where not internal
union all select 'table', view_name, '', comment, 0, view_name from duckdb_views() where not internal
union all select 'column', column_name, data_type, comment, column_index, table_name from duckdb_columns() where not internal
union all select distinct 'macro', function_name, '', '', 0, '' from duckdb_functions() where not internal and function_type = 'table_macro'
union all select 'metric', name, unit, formula, 0, '' from metric_catalog)
order by "table" <> 'calls', "table", place, kind, name`

// readCatalog reads what SQL can name, in a child process.
func readCatalog(ctx context.Context, p *pipeline.Pipeline) (*page.Catalog, error) {
	var out bytes.Buffer
	err := p.RunChild(ctx, child.Command{Args: []string{"sql", "--format", "json", catalogSQL}, Stdout: &out, Memory: p.RunMemory(), Group: true})
	if err != nil {
		return nil, err
	}
	var rows []struct{ Kind, Name, Type, Meaning string }
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
		return nil, err
	}
	catalog := &page.Catalog{Keywords: shell.Keywords}
	for _, row := range rows {
		name := page.Name{Name: display.Escape(row.Name), Type: row.Type, Meaning: display.Escape(row.Meaning)}
		switch row.Kind {
		case "table":
			catalog.Tables = append(catalog.Tables, page.Table{Name: name})
		case "column":
			table := &catalog.Tables[len(catalog.Tables)-1]
			table.Columns = append(table.Columns, name)
		case "macro":
			catalog.Macros = append(catalog.Macros, name.Name)
		case "metric":
			catalog.Metrics = append(catalog.Metrics, name)
		}
	}
	return catalog, nil
}
