package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// copiedTable is a table of a database file that a lake has too.
type copiedTable struct {
	Name       string
	HasLoader  bool // it has the column loader
	IsSettings bool // its rows come from the configuration or a directory
}

// copiedTables returns the tables of an attached database file, without settings, whose row says whether the others are complete.
func copiedTables(ctx context.Context, conn *sql.Conn, database string) (tables []copiedTable, err error) {
	of := " where database_name = " + quote(database) + " and not internal and table_name not in ('settings', 'schema_migrations', " + catalogTables + ")"
	names, err := texts(ctx, conn, "select table_name from duckdb_tables()"+of+" and not temporary order by table_name")
	if err != nil {
		return nil, err
	}
	withLoader, err := texts(ctx, conn, "select table_name from duckdb_columns()"+of+" and column_name = 'loader'")
	for _, name := range names {
		isSettings := slices.Contains(settingsTables, name) || name == "vendor_directory"
		tables = append(tables, copiedTable{name, slices.Contains(withLoader, name), isSettings})
	}
	return tables, err
}

// replaceRows is copyRows for a table that may have rows of the settings.
func replaceRows(ctx context.Context, tx *sql.Tx, from, to string, table copiedTable, where string) error {
	if _, err := tx.ExecContext(ctx, "delete from "+table.Name); err != nil {
		return fmt.Errorf("%s: %w", table.Name, err)
	}
	return copyRows(ctx, tx, from, to, table, where)
}

// copyRows copies rows of a table from one attached database into another.
func copyRows(ctx context.Context, tx *sql.Tx, from, to string, table copiedTable, where string) error {
	columns := "*"
	switch {
	case table.HasLoader && to == lakeName:
		columns = "* replace (coalesce(loader, getvariable('loader')) as loader)"
	case table.HasLoader:
		columns = "* replace (nullif(loader, getvariable('loader')) as loader)"
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("insert into %q.main.%s by name select %s from %q.main.%s where %s", to, table.Name, columns, from, table.Name, where))
	if err != nil {
		return fmt.Errorf("%s: %w", table.Name, err)
	}
	return nil
}

// rowRange is the rows of a table from rowid First to before End.
type rowRange struct {
	Table      copiedTable
	First, End int64
}

// filePortions returns the rows of the file's tables, in portions that are copied in a transaction each.
func filePortions(ctx context.Context, conn *sql.Conn, tables []copiedTable) (portions [][]rowRange, err error) {
	var portion []rowRange
	var rows int64
	for _, table := range tables {
		var end int64
		if err := conn.QueryRowContext(ctx, fmt.Sprintf("select coalesce(max(rowid) + 1, 0) from %s.main.%s", besideName, table.Name)).Scan(&end); err != nil {
			return nil, fmt.Errorf("%s: %w", table.Name, err)
		}
		for first := int64(0); first < end; first += copiedRows {
			part := rowRange{table, first, min(first+copiedRows, end)}
			portion, rows = append(portion, part), rows+part.End-part.First
			if rows >= copiedRows {
				portions, portion, rows = append(portions, portion), nil, 0
			}
		}
	}
	if len(portion) > 0 {
		portions = append(portions, portion)
	}
	return portions, nil
}
