package report

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"callsheet/internal/period"
	"callsheet/internal/yamlstrict"
)

// A reader asks the source, and keeps what it answered: several sheets show the same figures.
type queryCache struct {
	ctx context.Context
	src Source
	req Request

	mask bool // customers' numbers

	mu      sync.Mutex
	results map[string]func() (*resultSet, error) // by ask
}

// A frame is a query's whole answer.
type resultSet struct {
	query   string
	columns []string
	rows    [][]any
}

// A row is one row of a frame, read by column name.
type row struct {
	columns []string
	values  []any
}

// args are the parameters of a query, under the request's filters and those of a sheet. summary compares,
// so it is told the period before, too.
func (r *queryCache) args(a querySpec) map[string]any {
	args := map[string]any{"from": a.period.From.Format(time.DateOnly), "to": a.period.To.Format(time.DateOnly)}
	for _, name := range filterNames {
		args[name] = nil
	}
	for key, value := range a.filters {
		args[key] = value
	}
	for key, value := range r.req.Filters {
		args[key] = value
	}
	for key, value := range a.filters {
		if args[key] == nil {
			args[key] = value
		}
	}
	if r.filtersConflict(a) {
		args["direction"] = "none"
	}
	if a.name == "summary" {
		before := a.period.Before()
		args["before_from"] = before.From.Format(time.DateOnly)
		args["before_to"] = before.To.Format(time.DateOnly)
	}
	return args
}

// frame is the answer to a query, asked once, whoever comes first.
func (r *queryCache) result(a querySpec) (*resultSet, error) {
	r.mu.Lock()
	answer, ok := r.results[a.String()]
	if !ok {
		answer = sync.OnceValues(func() (*resultSet, error) { return r.fetch(a) })
		r.results[a.String()] = answer
	}
	r.mu.Unlock()
	return answer()
}

// contradicted tells whether the filters of a sheet and of the request let no call pass together: who may see what the one lets
// pass may not be shown the other.
func (r *queryCache) filtersConflict(a querySpec) bool {
	for key, value := range a.filters {
		if asked, given := r.req.Filters[key]; given && asked != value {
			return true
		}
	}
	return false
}

// dropped tells whether the rows of an answer are not to be shown: a query of the user's own may not know the filter.
func (r *queryCache) hidesRows(a querySpec) bool {
	return r.filtersConflict(a) && a.name != "total" && a.name != "summary"
}

func (r *queryCache) fetch(a querySpec) (*resultSet, error) {
	f := &resultSet{query: a.name}
	err := r.src.Query(r.ctx, a.name, r.args(a),
		func(columns []string) error { f.columns = slices.Clone(columns); return nil },
		func(values []any) error {
			if r.hidesRows(a) {
				return nil
			}
			values = slices.Clone(values)
			if r.mask {
				maskRow(f.columns, values)
			}
			f.rows = append(f.rows, values)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", a.name, err)
	}
	return f, nil
}

// one is the answer of a query that gives exactly one row.
func (r *queryCache) singleRow(a querySpec) (row, error) {
	f, err := r.result(a)
	if err != nil {
		return row{}, err
	}
	if len(f.rows) != 1 {
		return row{}, fmt.Errorf("query %s: want one row, got %d", a.name, len(f.rows))
	}
	return f.row(0), nil
}

// rows are those of a sheet; a column of it that its query lacks is an error, also when there are no rows.
func (b *book) sheetRows(s Sheet, span period.Period) (*resultSet, error) {
	f, err := b.data.result(querySpec{s.Query, span, s.Filters})
	if err != nil {
		return nil, err
	}
	_, err = f.columnIndexes(s.Columns)
	return f, err
}

// negative tells whether a figure of some columns is below 0.
func (f *resultSet) hasNegative(columns []string) bool {
	for i := range f.rows {
		for _, column := range columns {
			if n, _ := f.row(i).number(column); n < 0 {
				return true
			}
		}
	}
	return false
}

// column are the values of one column.
func (f *resultSet) columnValues(at int) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, values := range f.rows {
			if !yield(values[at]) {
				return
			}
		}
	}
}

func (f *resultSet) row(i int) row { return row{f.columns, f.rows[i]} }

// find says where columns are in the frame; a column it lacks is an error that lists what it has.
func (f *resultSet) columnIndexes(columns []string) ([]int, error) {
	at := make([]int, len(columns))
	for i, column := range columns {
		if at[i] = slices.Index(f.columns, column); at[i] < 0 {
			return nil, missingColumn(f.query, column, f.columns)
		}
	}
	return at, nil
}

func missingColumn(query, column string, has []string) error {
	hint := "it has " + strings.Join(has, ", ")
	if near := yamlstrict.Nearest(column, has); near != "" {
		hint = "did you mean " + near + "? " + hint
	}
	return fmt.Errorf("query %s has no column %q\nhint: %s", query, column, hint)
}

// get is the value of a column, nil where it is unknown or there is no such column.
func (r row) get(column string) any {
	if i := slices.Index(r.columns, column); i >= 0 && i < len(r.values) {
		return r.values[i]
	}
	return nil
}

// number is a column as a number; ok is false where it is unknown.
func (r row) number(column string) (n float64, ok bool) { return toNumber(r.get(column)) }

// count is a column that is never unknown.
func (r row) count(column string) int64 {
	n, _ := r.number(column)
	return int64(n)
}
