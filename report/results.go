package report

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"callsheet/internal/period"
	"callsheet/internal/phone"
	"callsheet/internal/suggest"
	"callsheet/queries"
)

// A queryCache runs queries and caches their results, because several sheets show the same figures.
type queryCache struct {
	ctx  context.Context
	src  Source
	req  Request
	mask bool // customers' numbers

	columns map[string][]string // that the workbook shows, by the key of the querySpec; all if there are none
	workers sync.WaitGroup      // of prefetch

	mu      sync.Mutex
	results map[string]func() (*resultSet, error) // by the key of the querySpec
	unasked error                                 // the first column that was read without being among columns
}

// A resultSet is the whole result of a query.
type resultSet struct {
	query   string
	columns []string
	rows    [][]any
	absent  func(column string) // is called when a column that the result lacks is read; may be nil
}

// A row is one row of a result, read by column name.
type row struct {
	columns []string
	values  []any
	absent  func(column string)
}

// args returns the arguments of a query, with the filters of the request and of the sheet. Hours are the only filter of which both can hold.
func (q *queryCache) args(spec querySpec) map[string]any {
	args := map[string]any{"from": spec.period.From.Format(time.DateOnly), "to": spec.period.To.Format(time.DateOnly)}
	for _, name := range queries.Filters {
		args[name] = nil
	}
	for _, filters := range []map[string]string{spec.filters, q.req.Filters} {
		for key, value := range filters {
			args[key] = value
		}
	}
	if of, asked := spec.filters["hours"], q.req.Filters["hours"]; of != "" && asked != "" && of != asked {
		args["hours"] = asked + " and " + of
	}
	if q.filtersConflict(spec) {
		args["direction"] = "none"
	}
	return args
}

// result returns the result of a query, which runs once. A caller that comes while it runs waits for it.
func (q *queryCache) result(spec querySpec) (*resultSet, error) {
	key := spec.String()
	q.mu.Lock()
	result, ok := q.results[key]
	if !ok {
		result = sync.OnceValues(func() (*resultSet, error) { return q.fetch(spec) })
		q.results[key] = result
	}
	q.mu.Unlock()
	return result()
}

// filtersConflict reports whether a filter of the sheet and one of the request exclude each other. Then the sheet is empty: a reader who
// may see one group must not be shown another. Numbers are compared as in queries: by their last ten digits.
func (q *queryCache) filtersConflict(spec querySpec) bool {
	for key, value := range spec.filters {
		requested, ok := q.req.Filters[key]
		isSame := requested == value || key == "number" && phone.Key(requested) == phone.Key(value)
		if ok && key != "hours" && !isSame {
			return true
		}
	}
	return false
}

// hidesRows reports whether the rows of a result are dropped because the filters conflict. A user-defined query may ignore the
// arguments.
func (q *queryCache) hidesRows(spec querySpec) bool {
	return q.filtersConflict(spec) && spec.name != "total"
}

// fetch runs a query for the columns that the workbook shows, or for all if it lacks one of them, since the error lists those it has.
func (q *queryCache) fetch(spec querySpec) (*resultSet, error) {
	columns := q.columns[spec.String()]
	if spec.name == "restated" { // planning it takes longer than any other query, and mostly nothing has changed
		changed, err := q.result(querySpec{"is_restated", spec.period, nil})
		if err != nil {
			return nil, err
		}
		if len(changed.rows) == 1 && changed.row(0).get("is_restated") == false {
			return &resultSet{query: spec.name, columns: columns}, nil
		}
	}
	r, err := q.fetchColumns(spec, columns)
	if err != nil || len(columns) == 0 {
		return r, err
	}
	if _, err := r.columnIndexes(columns); err != nil && !slices.Contains(ofMetrics, spec.name) {
		return q.fetchColumns(spec, nil)
	}
	return r, nil
}

// ofMetrics are the queries whose requested metrics need not be columns of the result: changes has a row for each metric, and total is
// given all columns of a sheet, its dimensions too.
var ofMetrics = []string{"changes", "total"}

// fetchColumns runs a query. Queries of metrics have the parameter metrics, and compute no others; the rest ignores it.
func (q *queryCache) fetchColumns(spec querySpec, columns []string) (*resultSet, error) {
	r := &resultSet{query: spec.name}
	args := q.args(spec)
	if len(columns) > 0 {
		args["metrics"] = strings.Join(columns, ",")
		r.absent = func(column string) { q.noteAbsent(spec, columns, column) }
	}
	err := q.src.Query(q.ctx, spec.name, args,
		func(columns []string) error { r.columns = slices.Clone(columns); return nil },
		func(values []any) error {
			if q.hidesRows(spec) {
				return nil
			}
			values = slices.Clone(values)
			if q.mask {
				maskRow(r.columns, values)
			}
			r.rows = append(r.rows, values)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", spec.name, err)
	}
	return r, nil
}

// noteAbsent records that a column was read that is not among those asked for.
func (q *queryCache) noteAbsent(spec querySpec, asked []string, column string) {
	if column == "" || slices.Contains(asked, column) {
		return // the query has no such column
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.unasked = cmp.Or(q.unasked, fmt.Errorf("column %s of query %s is shown, but was not asked for; this is a bug in callsheet", column, spec.name))
}

// singleRow returns the result of a query that gives exactly one row.
func (q *queryCache) singleRow(spec querySpec) (row, error) {
	r, err := q.result(spec)
	if err != nil {
		return row{}, err
	}
	if len(r.rows) != 1 {
		return row{}, fmt.Errorf("query %s: want one row, got %d", spec.name, len(r.rows))
	}
	return r.row(0), nil
}

// sheetRows returns the rows of a sheet. A column that the query lacks is an error, even if there are no rows.
func (b *book) sheetRows(s Sheet, covered period.Period) (*resultSet, error) {
	r, err := b.data.result(querySpec{s.Query, covered, s.Filters})
	if err != nil {
		return nil, err
	}
	_, err = r.columnIndexes(s.Columns)
	return r, err
}

// highest returns the greatest sum of some columns in a row: the height of a stacked column.
func (r *resultSet) highest(columns []string) (highest float64) {
	for i := range r.rows {
		sum := 0.0
		for _, column := range columns {
			n, _ := r.row(i).number(column)
			sum += n
		}
		highest = max(highest, sum)
	}
	return highest
}

// hasNegative reports whether any value of some columns is below 0.
func (r *resultSet) hasNegative(columns []string) bool {
	for i := range r.rows {
		for _, column := range columns {
			if n, _ := r.row(i).number(column); n < 0 {
				return true
			}
		}
	}
	return false
}

// columnValues returns the values of one column.
func columnValues(rows [][]any, index int) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, values := range rows {
			if !yield(values[index]) {
				return
			}
		}
	}
}

// column returns the values of a column, which the result has.
func (r *resultSet) column(name string) (values []any) {
	for i := range r.rows {
		values = append(values, r.row(i).get(name))
	}
	return values
}

func (r *resultSet) row(i int) row { return row{r.columns, r.rows[i], r.absent} }

// columnIndexes returns the indexes of columns. The error for a column that the query lacks lists those it has.
func (r *resultSet) columnIndexes(columns []string) ([]int, error) {
	indexes := make([]int, len(columns))
	for i, column := range columns {
		if indexes[i] = slices.Index(r.columns, column); indexes[i] < 0 {
			return nil, missingColumn(r.query, column, r.columns)
		}
	}
	return indexes, nil
}

func missingColumn(query, column string, available []string) error {
	hint := "it has " + strings.Join(available, ", ")
	if near := suggest.Nearest(column, available); near != "" {
		hint = "did you mean " + near + "? " + hint
	}
	return fmt.Errorf("query %s has no column %q\nhint: %s", query, column, hint)
}

// get returns the value of a column, or nil if it is unknown or there is no such column.
func (r row) get(column string) any {
	if i := slices.Index(r.columns, column); i >= 0 && i < len(r.values) {
		return r.values[i]
	}
	if r.absent != nil {
		r.absent(column)
	}
	return nil
}

// number returns the value of a column as a number; ok is false if it is unknown.
func (r row) number(column string) (n float64, ok bool) { return toNumber(r.get(column)) }

// count returns the value of a column that is never unknown.
func (r row) count(column string) int64 {
	n, _ := r.number(column)
	return int64(n)
}
