package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"callsheet/internal/display"
)

// databaseContent is what a copy is compared by: the rows of each table, and the content hash of the calls of each day.
type databaseContent struct{ tables, days []contentPart }

type contentPart struct {
	Name string // of a table, or a day
	Rows int64
	Hash string
}

// contentOf reads the content of some tables, and of the days of the calls that a condition selects.
func contentOf(ctx context.Context, db session, database string, tables []copiedTable, calls string) (c databaseContent, err error) {
	for _, table := range tables {
		part, columns := contentPart{Name: table.Name}, "*"
		if table.HasLoader {
			columns = "* exclude (loader)"
		}
		row := db.QueryRowContext(ctx, fmt.Sprintf("select count(*), coalesce(sum(hash(row_of)), 0)::varchar from (select %s from %q.main.%s) as row_of", columns, database, table.Name))
		if err := row.Scan(&part.Rows, &part.Hash); err != nil {
			return c, fmt.Errorf("reading %s: %w", table.Name, err)
		}
		c.tables = append(c.tables, part)
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf("with slice as (from %q.main.calls where %s) select local_day::varchar, calls, content from content_of(slice) order by local_day", database, calls))
	if err != nil {
		return c, fmt.Errorf("reading the content of the days: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var day contentPart
		if err := rows.Scan(&day.Name, &day.Rows, &day.Hash); err != nil {
			return c, err
		}
		c.days = append(c.days, day)
	}
	return c, rows.Err()
}

// differing returns what differs from another database, in words; empty if nothing does.
func (c databaseContent) differing(from databaseContent) string {
	names := func(parts, others []contentPart) (names []string) {
		for _, part := range slices.Concat(parts, others) {
			if slices.Contains(parts, part) != slices.Contains(others, part) && !slices.Contains(names, part.Name) {
				names = append(names, part.Name)
			}
		}
		return names
	}
	tables, days := names(c.tables, from.tables), names(c.days, from.days)
	if len(tables)+len(days) == 0 {
		return ""
	}
	what := "the tables " + strings.Join(tables, ", ")
	if len(days) > 0 {
		what += " and " + display.Plural(len(days), "day") + " from " + days[0]
	}
	return what
}

func (c databaseContent) copied() (copied Copied) {
	for _, table := range c.tables {
		copied.Rows += table.Rows
	}
	for _, day := range c.days {
		copied.Calls += day.Rows
	}
	copied.Days = int64(len(c.days))
	return copied
}
