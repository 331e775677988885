package pagedata

import (
	"bytes"
	"context"
	"encoding/json"

	"callsheet/internal/child"
	"callsheet/internal/display"
	"callsheet/internal/page"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
)

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
