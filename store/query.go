package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"callsheet/queries"
)

// Query runs a named query. Parameters missing from args are NULL; unknown args are ignored. header is called once with the
// column names, even if there are no rows. row is called with each row's values, as goValue converts them; the slice is reused.
func (r *Reader) Query(ctx context.Context, name string, args map[string]any,
	header func(columns []string) error, row func(values []any) error) error {
	return r.named(ctx, name, args, func(conn *sql.Conn, query queries.File, bound []any) error {
		return r.runFile(ctx, conn, query, bound, header, row)
	})
}

// Stream is Query for a result of any length: it is kept within the memory limit, or on disk. Duplicate column names get a number.
func (r *Reader) Stream(ctx context.Context, name string, args map[string]any,
	header func(columns []string) error, row func(values []any) error) error {
	return r.named(ctx, name, args, func(conn *sql.Conn, query queries.File, bound []any) error {
		return r.stream(ctx, conn, query.SQL, bound, header, row)
	})
}

// Evaluate reports whether a condition, an expression over the columns of a named query's single row, is true.
func (r *Reader) Evaluate(ctx context.Context, name string, args map[string]any, condition string) (result bool, err error) {
	var refused error
	err = r.named(ctx, name, args, func(conn *sql.Conn, query queries.File, bound []any) error {
		if refused = checkExpression(ctx, conn, condition); refused != nil {
			return refused
		}
		statement := "select coalesce((" + trimEnd(condition) + "\n)::bool, false) from " + parenthesize(query.SQL) + " limit 2"
		rows := 0
		err := r.run(ctx, conn, statement, bound, func([]string) error { return nil }, func(values []any) error {
			rows++
			result = values[0].(bool)
			return nil
		})
		if err == nil && rows != 1 {
			err = errors.New("it has to return a single row")
		}
		return err
	})
	return result, cmp.Or(refused, err)
}

func (r *Reader) named(ctx context.Context, name string, args map[string]any,
	run func(conn *sql.Conn, query queries.File, bound []any) error) error {
	query, err := queries.Named(r.userQueries, name)
	if err != nil {
		return err
	}
	err = r.bind(ctx, query, args, run)
	if err != nil && strings.Contains(err.Error(), "Catalog Error") && query.Path == "" {
		err = fmt.Errorf("%w\nhint: the published copy is from another version of callsheet; run callsheet load", err)
	}
	if err != nil {
		err = fmt.Errorf("query %s: %w", name, err)
	}
	return err
}

// bind calls run with a query, once it is allowed, and its arguments.
func (r *Reader) bind(ctx context.Context, query queries.File, args map[string]any,
	run func(conn *sql.Conn, query queries.File, bound []any) error) error {
	var bound []any
	for _, parameter := range query.Parameters() {
		bound = append(bound, sql.Named(parameter, args[parameter]))
	}
	conn := <-r.free
	defer func() { r.free <- conn }()
	err := query.Err
	if err == nil && query.Path != "" {
		_, err = checkSelect(ctx, conn, query.SQL)
	}
	if err == nil {
		err = run(conn, query, bound)
	}
	if err != nil && missingDimension().MatchString(err.Error()) {
		err = explainNames(ctx, conn, query.SQL, err)
	}
	return query.Explain(explainValue(args, err))
}

// Select runs a user's query that is not a named one.
func (r *Reader) Select(ctx context.Context, query queries.File, header func(columns []string) error, row func(values []any) error) error {
	return r.bind(ctx, query, nil, func(conn *sql.Conn, query queries.File, bound []any) error {
		return r.runFile(ctx, conn, query, bound, header, row)
	})
}

// maxUserRows is how many rows a user's query may return, except to Stream: the driver holds a whole result in memory, and a sheet has no
// more rows.
const maxUserRows = 1 << 20

func (r *Reader) runFile(ctx context.Context, conn *sql.Conn, query queries.File, bound []any,
	header func(columns []string) error, row func(values []any) error) error {
	if query.Path == "" {
		return r.run(ctx, conn, query.SQL, bound, header, row)
	}
	rows := 0
	limited := fmt.Sprintf("from %s limit %d", parenthesize(query.SQL), maxUserRows+1)
	err := r.run(ctx, conn, limited, bound, header, func(values []any) error {
		if rows++; rows > maxUserRows {
			return refusal(fmt.Sprintf("it returns more than %d rows\nhint: callsheet query --format csv has no limit", maxUserRows))
		}
		return row(values)
	})
	if IsStatementError(err) && rows == 0 { // it fails again, with an error that points into the text
		err = r.run(ctx, conn, query.SQL, bound, header, row)
	}
	return err
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
	for _, file := range []string{"few_calls", "metric_catalog"} {
		if _, err := conn.ExecContext(ctx, queries.SQL("metrics/"+file)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	r := readerOf(&database{db, func() {}}, conn, time.UTC, nil)
	return r.Query(ctx, "metrics", nil, func([]string) error { return nil }, row)
}

// SQL runs a single user statement.
func (r *Reader) SQL(ctx context.Context, statement string,
	header func(columns []string) error, row func(values []any) error) error {
	return r.withStatement(ctx, statement, func(conn *sql.Conn) error { return r.run(ctx, conn, statement, nil, header, row) })
}

// LimitedSQL is SQL for the first rows of a SELECT, at which DuckDB stops. Other statements have few rows.
func (r *Reader) LimitedSQL(ctx context.Context, statement string, limit int,
	header func(columns []string) error, row func(values []any) error) error {
	return r.withStatement(ctx, statement, func(conn *sql.Conn) error {
		if _, err := parseSelect(ctx, conn, statement); err == nil {
			err = r.run(ctx, conn, fmt.Sprintf("from %s limit %d", parenthesize(statement), limit), nil, header, row)
			if !IsStatementError(err) {
				return err
			}
		}
		return r.run(ctx, conn, statement, nil, header, row) // a wrong one fails again, with an error that points into what was typed
	})
}

// StreamSQL is SQL for a result of any length: it is kept within the memory limit, or on disk.
func (r *Reader) StreamSQL(ctx context.Context, statement string,
	header func(columns []string) error, row func(values []any) error) error {
	return r.withStatement(ctx, statement, func(conn *sql.Conn) error { return r.stream(ctx, conn, statement, nil, header, row) })
}

// withStatement checks a user statement, and runs do on a free connection. An error about a name in the statement is explained.
func (r *Reader) withStatement(ctx context.Context, statement string, do func(conn *sql.Conn) error) (err error) {
	conn := <-r.free
	defer func() { r.free <- conn }()
	defer func() { err = explainNames(ctx, conn, statement, err) }()
	if err := checkStatement(ctx, conn, statement); err != nil {
		return err
	}
	return do(conn)
}

func (r *Reader) run(ctx context.Context, conn *sql.Conn, statement string, args []any,
	header func(columns []string) error, row func(values []any) error) error {
	rows, types, err := queryTypes(ctx, conn, statement, args)
	if err != nil {
		return err
	}
	columns := make([]string, len(types))
	for i, t := range types {
		columns[i] = t.Name()
	}
	if text, has := asText(statement, types); has {
		if err := rows.Close(); err != nil {
			return err
		}
		if rows, types, err = queryTypes(ctx, conn, text, args); IsStatementError(err) { // not usable as a table
			rows, types, err = queryTypes(ctx, conn, statement, args)
		}
		if err != nil {
			return err
		}
	}
	defer rows.Close()
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

// queryTypes runs a statement and returns its rows and the types of its columns.
func queryTypes(ctx context.Context, conn *sql.Conn, statement string, args []any) (*sql.Rows, []*sql.ColumnType, error) {
	rows, err := conn.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, nil, explainRead(err)
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, nil, errors.Join(err, rows.Close())
	}
	return rows, types, nil
}

// textTypes are the types of which the driver does not return what DuckDB shows: 24:00, when business hours can end, as 00:00, and an INTERVAL
// as its parts.
var textTypes = []string{"TIME", "INTERVAL"}

// asText returns a statement with its columns of textTypes as text, if it has any. Columns can have the same name.
func asText(statement string, types []*sql.ColumnType) (text string, has bool) {
	values, names := make([]string, len(types)), make([]string, len(types))
	for i, t := range types {
		names[i] = fmt.Sprintf("c%d", i)
		values[i] = names[i]
		if slices.Contains(textTypes, t.DatabaseTypeName()) {
			values[i], has = names[i]+"::varchar", true
		}
	}
	return fmt.Sprintf("select %s from %s as returned(%s)", strings.Join(values, ", "), parenthesize(statement), strings.Join(names, ", ")), has
}
