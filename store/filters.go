package store

import (
	"context"
	"database/sql"
	"fmt"

	"callsheet/queries"
)

// FilterValues returns the values that a filter can have, by the calls and the configuration: group, agent, number, campaign or source; and
// whether value is one of them.
func (r *Reader) FilterValues(ctx context.Context, filter, value string) (values []string, known bool, err error) {
	conn := <-r.free
	defer func() { r.free <- conn }()
	rows, err := conn.QueryContext(ctx, queries.SQL("session/filter_values"), sql.Named("filter", filter), sql.Named("value", value))
	if err != nil {
		return nil, false, fmt.Errorf("values of the filter %s: %w", filter, err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		var isGiven bool
		if err := rows.Scan(&one, &isGiven); err != nil {
			return nil, false, err
		}
		values, known = append(values, one), known || isGiven
	}
	return values, known, rows.Err()
}
