package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"callsheet/internal/spool"
	"callsheet/internal/sqlvalue"
	"callsheet/queries"
)

// Reader answers queries on a published copy, as many at once as it has connections.
type Reader struct {
	db   *database
	all  []*sql.Conn
	free chan *sql.Conn // of all, those that answer nothing
	zone *time.Location
	own  []queries.File
}

// OpenReader opens a published copy read-only, for as many readers as like.
func OpenReader(ctx context.Context, options Options) (*Reader, error) {
	zone, err := time.LoadLocation(options.Settings.Timezone)
	if err != nil {
		return nil, err
	}
	db, conn, err := connect(ctx, options, reading)
	if err != nil {
		return nil, err
	}
	r := readerOf(db, conn, zone, options.UserQueries)
	for range options.Connections - 1 {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.add(conn)
	}
	for _, statement := range sandbox {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", statement, err), r.Close())
		}
	}
	return r, nil
}

func readerOf(db *database, conn *sql.Conn, zone *time.Location, own []queries.File) *Reader {
	r := &Reader{db: db, free: make(chan *sql.Conn, maxConnections), zone: zone, own: own}
	r.add(conn)
	return r
}

// maxConnections bounds Options.Connections.
const maxConnections = 16

func (r *Reader) add(conn *sql.Conn) {
	r.all = append(r.all, conn)
	r.free <- conn
}

// Close closes the connections; none may be answering.
func (r *Reader) Close() error {
	var errs []error
	for _, conn := range r.all {
		errs = append(errs, conn.Close())
	}
	return errors.Join(append(errs, r.db.Close())...)
}

// AsOf has every query after it answer as it would have at a moment: with what had been received by then.
func (r *Reader) AsOf(ctx context.Context, moment time.Time) error {
	for _, conn := range r.all {
		if _, err := conn.ExecContext(ctx, "set variable as_of = ?::timestamptz", moment); err != nil {
			return fmt.Errorf("as of %s: %w", moment, err)
		}
		if _, err := conn.ExecContext(ctx, queries.SQL("session/as_of")); err != nil {
			return fmt.Errorf("as of %s: %w", moment, err)
		}
	}
	return nil
}

// Waiting counts the spool files that changed since they were last loaded.
func (r *Reader) Waiting(ctx context.Context, files []spool.File) (count int, err error) {
	known, err := positions(ctx, r.all[0])
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		if !known[file.Name].isRead(file) {
			count++
		}
	}
	return count, nil
}

// Problems lists what is wrong with spool files: as of the last load, and what shows since then.
func (r *Reader) Problems(ctx context.Context, files []spool.File) ([]string, error) {
	known, err := positions(ctx, r.all[0])
	if err != nil {
		return nil, err
	}
	found := problems{}
	found.addMissing(known, files)
	for _, file := range files {
		if at := known[file.Name]; !file.Compressed() && at.bytes > file.Size {
			at.file = file
			found[file.Name] = at.shorter().Error()
		}
	}
	for name, at := range known {
		if at.problem != "" {
			found[name] = at.problem
		}
	}
	return found.list(), nil
}

// Query runs a named query. Parameters that args does not give are NULL; args that the query does not take are
// ignored. header gets the column names once, also when there is no row; row gets each row's values, as goValue
// returns them, in a slice that is used again for the next.
func (r *Reader) Query(ctx context.Context, name string, args map[string]any,
	header func(columns []string) error, row func(values []any) error) error {
	return r.named(ctx, name, args, func(conn *sql.Conn, statement string, bound []any) error {
		return r.run(ctx, conn, statement, bound, header, row)
	})
}

// Stream is Query for an answer of any length: it is held within the memory limit, or on the disk. Columns of one name are told
// apart by a number.
func (r *Reader) Stream(ctx context.Context, name string, args map[string]any,
	header func(columns []string) error, row func(values []any) error) error {
	return r.named(ctx, name, args, func(conn *sql.Conn, statement string, bound []any) error {
		return r.stream(ctx, conn, statement, bound, header, row)
	})
}

// Holds tells whether a condition, an expression over the columns of a named query's one row, is true of it.
func (r *Reader) Evaluate(ctx context.Context, name string, args map[string]any, condition string) (holds bool, err error) {
	err = r.named(ctx, name, args, func(conn *sql.Conn, statement string, bound []any) error {
		statement = "select coalesce((" + condition + "\n)::bool, false) from " + parenthesize(statement)
		if err := checkAllowed(conn, statement); err != nil {
			return err
		}
		return conn.QueryRowContext(ctx, statement, bound...).Scan(&holds)
	})
	return holds, err
}

func (r *Reader) named(ctx context.Context, name string, args map[string]any,
	run func(conn *sql.Conn, statement string, bound []any) error) error {
	query, err := queries.Named(r.own, name)
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
			err = fmt.Errorf("%w\nhint: what is published was made by another version of callsheet; run callsheet load", err)
		}
		return fmt.Errorf("query %s: %w", name, err)
	}
	return nil
}

// Catalog gives the metric_catalog's rows, without any database: name, label, unit, format, formula, good.
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

// SQL runs one statement of the user's.
func (r *Reader) SQL(ctx context.Context, statement string,
	header func(columns []string) error, row func(values []any) error) error {
	conn := <-r.free
	defer func() { r.free <- conn }()
	if err := checkAllowed(conn, statement); err != nil {
		return err
	}
	return r.run(ctx, conn, statement, nil, header, row)
}

// StreamSQL is SQL for an answer of any length: it is held within the memory limit, or on the disk.
func (r *Reader) StreamSQL(ctx context.Context, statement string,
	header func(columns []string) error, row func(values []any) error) error {
	conn := <-r.free
	defer func() { r.free <- conn }()
	if err := checkAllowed(conn, statement); err != nil {
		return err
	}
	return r.stream(ctx, conn, statement, nil, header, row)
}

// maxChunkRows are the most that stream holds at once, half a row group of DuckDB's. A chunk after the first, of firstRows, has about
// streamBytes at most if its rows are like those before it.
const (
	firstRows    = 2048
	maxChunkRows = 61_440
	streamBytes  = 16 << 20
)

// stream puts the answer into a temporary table first, which DuckDB keeps within its memory limit, and reads that in chunks: the
// driver would hold the whole answer, in memory that nothing limits.
func (r *Reader) stream(ctx context.Context, conn *sql.Conn, statement string, args []any,
	header func(columns []string) error, row func(values []any) error) (err error) {
	if _, err := conn.ExecContext(ctx, "create temp table streamed as from "+parenthesize(statement), args...); IsStatementError(err) {
		return r.run(ctx, conn, statement, args, header, row) // what no table can be made of; or it fails again, in its own words
	} else if err != nil {
		return err
	}
	defer func() {
		_, dropped := conn.ExecContext(context.WithoutCancel(ctx), "drop table temp.streamed")
		err = errors.Join(err, dropped)
	}()
	first := true
	for from, rows := 0, firstRows; ; {
		read, size := 0, 0
		err := r.run(ctx, conn, "from temp.streamed where rowid >= ? and rowid < ?", []any{from, from + rows}, func(columns []string) error {
			if !first {
				return nil
			}
			first = false
			return header(columns)
		}, func(values []any) error {
			read++
			size += sizeOf(values)
			return row(values)
		})
		if err != nil || read < rows {
			return err
		}
		from += rows
		rows = min(max(rows*streamBytes/size, 1), maxChunkRows)
	}
}

// sizeOf is about what a row takes.
func sizeOf(values []any) int {
	size := 1
	for _, value := range values {
		switch v := value.(type) {
		case string:
			size += len(v)
		case []any:
			size += sizeOf(v)
		}
		size += 8
	}
	return size
}

func (r *Reader) run(ctx context.Context, conn *sql.Conn, statement string, args []any,
	header func(columns []string) error, row func(values []any) error) error {
	rows, err := conn.QueryContext(ctx, statement, args...)
	if err != nil {
		return err
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
	return rows.Err()
}

// goValue converts a DuckDB value to one of nil, string, bool, int64, float64, time.Time (a TIMESTAMPTZ, in the report zone),
// sqlvalue.Date, sqlvalue.LocalTime or []any of these. A value of any other type becomes JSON text.
func (r *Reader) goValue(value any, kind string) any {
	switch v := value.(type) {
	case nil, string, bool, int64, float64:
		return v
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case float32:
		return float64(v)
	case uint64:
		return bigNumber(new(big.Int).SetUint64(v))
	case *big.Int:
		return bigNumber(v)
	case duckdb.Decimal:
		return v.Float64()
	case time.Time:
		switch {
		case kind == "TIMESTAMPTZ":
			return v.In(r.zone)
		case kind == "TIME":
			return v.Format(time.TimeOnly)
		case kind == "DATE":
			return sqlvalue.Date(v)
		case strings.HasPrefix(kind, "TIMESTAMP"):
			return sqlvalue.LocalTime(v)
		}
		return v
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = r.goValue(item, strings.TrimSuffix(kind, "[]"))
		}
		return list
	case []byte:
		return fmt.Sprintf("%x", v)
	case fmt.Stringer:
		return v.String()
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// bigNumber keeps every digit: a number that int64 cannot hold stays text.
func bigNumber(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n.String()
}
