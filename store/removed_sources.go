package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"callsheet/internal/display"
	"callsheet/queries"
)

// DefaultReading says how calls of a source are read that is not configured.
const DefaultReading = "timezone Asia/Kolkata, outgoing_caller agent and date_order dmy"

// removedSources returns the sources that the database knows and the settings do not.
func (s *Store) removedSources(ctx context.Context) (removed []string, err error) {
	known, err := texts(ctx, s.conn, "select source from sources order by source")
	if err != nil {
		return nil, fmt.Errorf("reading the sources: %w", err)
	}
	return slices.DeleteFunc(known, func(name string) bool {
		return slices.ContainsFunc(s.options.Settings.Sources, func(source Source) bool { return source.Name == name })
	}), nil
}

// warnOfRemoved warns of each removed source of which there are calls or live events.
func (s *Store) warnOfRemoved(ctx context.Context, removed []string) error {
	if len(removed) == 0 {
		return nil
	}
	rows, err := s.conn.QueryContext(ctx, queries.SQL("load/removed_sources"), sql.Named("sources", removed))
	if err != nil {
		return fmt.Errorf("removed_sources: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var source string
		var calls int64
		if err := rows.Scan(&source, &calls); err != nil {
			return fmt.Errorf("removed_sources: %w", err)
		}
		s.warnings = append(s.warnings, fmt.Sprintf("source %s is no longer in the configuration: its %s read with %s now\n"+
			"hint: put its entry back; the entry of an account that is closed or renamed stays, with tokens: [], which refuses its deliveries",
			source, display.Agree(calls, "call is", "calls are"), DefaultReading))
	}
	return rows.Err()
}
