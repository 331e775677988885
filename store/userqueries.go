package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/duckdb/duckdb-go/v2"

	"callsheet/queries"
)

// UnusableQueries returns the user queries that have no macro, with the reason; it is nil for those that use one of the others.
func (s *Store) UnusableQueries() map[string]error { return s.unusable }

// defineUserQueries creates the macros of the user queries, all of them or those that have none. One that cannot be created is a warning,
// and nothing else is affected.
func (s *Store) defineUserQueries(ctx context.Context, all bool) error {
	if len(s.options.UserQueries) == 0 {
		return nil
	}
	var defined []string
	if !all {
		var err error
		if defined, err = s.tableMacros(ctx); err != nil {
			return err
		}
		isDefined := func(file queries.File) bool { return file.Err == nil && slices.Contains(defined, file.Name) }
		if s.options.Lake != nil || !slices.ContainsFunc(s.options.UserQueries, func(file queries.File) bool { return !isDefined(file) }) {
			return nil
		}
	}
	s.unusable = map[string]error{}
	sizes := map[string]int{} // tables planned for each query so far
	for _, file := range queries.TopologicalOrder(s.options.UserQueries) {
		size, err := s.checkUserQuery(ctx, file, sizes)
		if err == nil && !slices.Contains(defined, file.Name) {
			err = s.defineUserQuery(ctx, file)
		}
		if err == nil {
			sizes[file.Name] = size
			continue
		}
		if errors.Is(err, errUsesUnusable) {
			err = nil
		} else {
			err = file.Explain(err)
			s.warnings = append(s.warnings, err.Error())
		}
		s.unusable[file.Name] = err
		if !file.Misnamed { // a built-in query must not stand in for it
			if _, err := s.conn.ExecContext(ctx, fmt.Sprintf("drop macro table if exists %q", file.Name)); err != nil {
				return fmt.Errorf("query %s: %w", file.Name, err)
			}
		}
	}
	return nil
}

// errUsesUnusable is the error of a query whose only problem is another query that it uses.
var errUsesUnusable = errors.New("it uses a query that has a problem")

// checkUserQuery returns how many tables are planned for a query. sizes has the queries that it may use: those that come before it.
func (s *Store) checkUserQuery(ctx context.Context, file queries.File, sizes map[string]int) (size int, err error) {
	if file.Err != nil {
		return 0, file.Err
	}
	query, err := checkSelect(ctx, s.conn, file.SQL)
	if err != nil {
		return 0, err
	}
	if _, err := checkSelect(ctx, s.conn, file.Body()); err != nil { // the text of the macro
		return 0, err
	}
	for _, other := range s.options.UserQueries {
		if other.Misnamed || !query.calls(other.Name) {
			continue
		}
		if _, unusable := s.unusable[other.Name]; unusable {
			return 0, errUsesUnusable
		}
		if _, usable := sizes[other.Name]; !usable {
			return 0, refusal(fmt.Sprintf("it uses itself, by way of the query %s\nhint: a query cannot use one that uses it, nor the built-in one that it replaces", other.Name))
		}
	}
	if size = query.planned(sizes); size > maxPlanned {
		return 0, errTooLarge
	}
	return size, nil
}

func (s *Store) defineUserQuery(ctx context.Context, file queries.File) error {
	macro := file.Macro()
	kind, err := statementType(s.conn, macro)
	if err == nil && kind != duckdb.STATEMENT_TYPE_CREATE {
		err = errNoSelect(macro)
	}
	if err == nil {
		_, err = s.conn.ExecContext(ctx, macro)
	}
	if err != nil {
		if _, plain := statementType(s.conn, file.SQL); plain != nil { // its excerpt is of the file
			err = plain
		}
	}
	return explainNames(ctx, s.conn, file.SQL, err)
}

// tableMacros returns the names of the macros that return tables.
func (s *Store) tableMacros(ctx context.Context) (names []string, err error) {
	rows, err := s.conn.QueryContext(ctx, "select function_name from duckdb_functions() where not internal and function_type = 'table_macro'")
	if err != nil {
		return nil, fmt.Errorf("reading the macros: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
