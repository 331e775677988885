package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"callsheet/queries"
)

// Query runs a named query. Parameters missing from args are NULL; unknown args are ignored. header is called once with the
// column names, even if there are no rows. row is called with each row's values, as goValue converts them; the slice is reused.
func (r *Reader) Query(ctx context.Context, name string, args map[string]any,
	header func(columns []string) error, row func(values []any) error) error {
	return r.named(ctx, name, args, func(conn *sql.Conn, statement string, bound []any) error {
		return r.run(ctx, conn, statement, bound, header, row)
	})
}

// Stream is Query for a result of any length: it is kept within the memory limit, or on disk. Duplicate column names get a number.
func (r *Reader) Stream(ctx context.Context, name string, args map[string]any,
	header func(columns []string) error, row func(values []any) error) error {
	return r.named(ctx, name, args, func(conn *sql.Conn, statement string, bound []any) error {
		return r.stream(ctx, conn, statement, bound, header, row)
	})
}

// Evaluate reports whether a condition, an expression over the columns of a named query's single row, is true.
func (r *Reader) Evaluate(ctx context.Context, name string, args map[string]any, condition string) (result bool, err error) {
	err = r.named(ctx, name, args, func(conn *sql.Conn, statement string, bound []any) error {
		statement = "select coalesce((" + condition + "\n)::bool, false) from " + parenthesize(statement)
		if err := checkAllowed(conn, statement); err != nil {
			return err
		}
		return conn.QueryRowContext(ctx, statement, bound...).Scan(&result)
	})
	return result, err
}

func (r *Reader) named(ctx context.Context, name string, args map[string]any,
	run func(conn *sql.Conn, statement string, bound []any) error) error {
	query, err := queries.Named(r.userQueries, name)
	if err != nil {
		return err
	}
	var bound []any
	for _, parameter := range query.Parameters() {
		bound = append(bound, sql.Named(parameter, args[parameter]))
	}
	conn := <-r.free
	defer func() { r.free <- conn }()
	if query.Path != "" {
		err = checkAllowed(conn, query.SQL)
	}
	if err == nil {
		err = run(conn, query.SQL, bound)
	}
	if err != nil {
		err = query.Explain(err)
		if strings.Contains(err.Error(), "Catalog Error") && query.Path == "" {
			err = fmt.Errorf("%w\nhint: the published copy is from another version of callsheet; run callsheet load", err)
		}
		return fmt.Errorf("query %s: %w", name, err)
	}
	return nil
}

// Catalog returns the rows of metric_catalog without opening a database: name, label, unit, format, formula, good.
func Catalog(ctx context.Context, row func(values []any) error) (err error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "set temp_directory = ''"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, queries.SQL("metrics/metric_catalog")); err != nil {
		return err
	}
	r := readerOf(&database{db, func() {}}, conn, time.UTC, nil)
	return r.Query(ctx, "metrics", nil, func([]string) error { return nil }, row)
}

// SQL runs a single user statement.
func (r *Reader) SQL(ctx context.Context, statement string,
	header func(columns []string) error, row func(values []any) error) error {
	conn := <-r.free
	defer func() { r.free <- conn }()
	if err := checkAllowed(conn, statement); err != nil {
		return err
	}
	return r.run(ctx, conn, statement, nil, header, row)
}

// StreamSQL is SQL for a result of any length: it is kept within the memory limit, or on disk.
func (r *Reader) StreamSQL(ctx context.Context, statement string,
	header func(columns []string) error, row func(values []any) error) error {
	conn := <-r.free
	defer func() { r.free <- conn }()
	if err := checkAllowed(conn, statement); err != nil {
		return err
	}
	return r.stream(ctx, conn, statement, nil, header, row)
}

func (r *Reader) run(ctx context.Context, conn *sql.Conn, statement string, args []any,
	header func(columns []string) error, row func(values []any) error) error {
	rows, err := conn.QueryContext(ctx, statement, args...)
	if err != nil {
		return explainRead(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	columns := make([]string, len(types))
	for i, t := range types {
		columns[i] = t.Name()
	}
	if err := header(columns); err != nil {
		return err
	}
	values := make([]any, len(columns))
	targets := make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i, value := range values {
			values[i] = r.goValue(value, types[i].DatabaseTypeName())
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return explainRead(rows.Err())
}
