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
type reader struct {
	ctx context.Context
	src Source
	req Request

	mask bool // customers' numbers

	mutex   sync.Mutex
	answers map[string]func() (*frame, error) // by ask
}

// A frame is a query's whole answer.
type frame struct {
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
func (r *reader) args(a ask) map[string]any {
	args := map[string]any{"from": a.span.From.Format(time.DateOnly), "to": a.span.To.Format(time.DateOnly)}
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
	if r.contradicted(a) {
		args["direction"] = "none"
	}
	if a.query == "summary" {
		before := a.span.Before()
		args["before_from"] = before.From.Format(time.DateOnly)
		args["before_to"] = before.To.Format(time.DateOnly)
	}
	return args
}

// frame is the answer to a query, asked once, whoever comes first.
func (r *reader) frame(a ask) (*frame, error) {
	r.mutex.Lock()
	answer, ok := r.answers[a.String()]
	if !ok {
		answer = sync.OnceValues(func() (*frame, error) { return r.answer(a) })
		r.answers[a.String()] = answer
	}
	r.mutex.Unlock()
	return answer()
}

// contradicted tells whether the filters of a sheet and of the request let no call pass together: who may see what the one lets
// pass may not be shown the other.
func (r *reader) contradicted(a ask) bool {
	for key, value := range a.filters {
		if asked, given := r.req.Filters[key]; given && asked != value {
			return true
		}
	}
	return false
}

// dropped tells whether the rows of an answer are not to be shown: a query of the user's own may not know the filter.
func (r *reader) dropped(a ask) bool {
	return r.contradicted(a) && a.query != "total" && a.query != "summary"
}

func (r *reader) answer(a ask) (*frame, error) {
	f := &frame{query: a.query}
	err := r.src.Query(r.ctx, a.query, r.args(a),
		func(columns []string) error { f.columns = slices.Clone(columns); return nil },
		func(values []any) error {
			if r.dropped(a) {
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
		return nil, fmt.Errorf("query %s: %w", a.query, err)
	}
	return f, nil
}

// one is the answer of a query that gives exactly one row.
func (r *reader) one(a ask) (row, error) {
	f, err := r.frame(a)
	if err != nil {
		return row{}, err
	}
	if len(f.rows) != 1 {
		return row{}, fmt.Errorf("query %s: want one row, got %d", a.query, len(f.rows))
	}
	return f.row(0), nil
}

// rows are those of a sheet; a column of it that its query lacks is an error, also when there are no rows.
func (b *book) rows(s Sheet, span period.Period) (*frame, error) {
	f, err := b.data.frame(ask{s.Query, span, s.Filters})
	if err != nil {
		return nil, err
	}
	_, err = f.find(s.Columns)
	return f, err
}

// negative tells whether a figure of some columns is below 0.
func (f *frame) negative(columns []string) bool {
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
func (f *frame) column(at int) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, values := range f.rows {
			if !yield(values[at]) {
				return
			}
		}
	}
}

func (f *frame) row(i int) row { return row{f.columns, f.rows[i]} }

// find says where columns are in the frame; a column it lacks is an error that lists what it has.
func (f *frame) find(columns []string) ([]int, error) {
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
func (r row) number(column string) (n float64, ok bool) { return number(r.get(column)) }

// count is a column that is never unknown.
func (r row) count(column string) int64 {
	n, _ := r.number(column)
	return int64(n)
}
