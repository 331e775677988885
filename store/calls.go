package store

import (
	"context"
	"database/sql"
	"fmt"

	"callsheet/queries"
)

// session is a connection or a transaction.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// portionDeliveries is about how many reports and live events a portion of a recomputation has: all at once would exceed DuckDB's memory limit. Tests
// lower it.
var portionDeliveries int64 = 300_000

// recomputeCalls recomputes the calls with a call_sid greater than after, which is "" for all, each portion in a call of inTransaction. The SQL of
// portion defines refreshed_versions and refreshed_live, from the variables after_sid and through_sid.
func recomputeCalls(ctx context.Context, db session, portion, after string, inTransaction func(through string, compute func(session) error) error) error {
	portions, err := callPortions(ctx, db)
	if err != nil {
		return fmt.Errorf("load/portions: %w", err)
	}
	for _, through := range portions {
		if after != "" && through <= after {
			continue
		}
		if _, err := db.ExecContext(ctx, "set variable after_sid = ?", after); err != nil {
			return err
		}
		if _, err := db.ExecContext(ctx, "set variable through_sid = ?", through); err != nil {
			return err
		}
		err := inTransaction(through, func(db session) error {
			for _, step := range []string{"load/next_portion", portion} {
				if err := runStep(ctx, db, step); err != nil {
					return err
				}
			}
			return computeCalls(ctx, db)
		})
		if err != nil {
			return err
		}
		after = through
	}
	return nil
}

// callPortions returns the last call_sid of each portion.
func callPortions(ctx context.Context, db session) (last []string, err error) {
	const samples = 100 // of each
	distance := max(portionDeliveries/samples, 1)
	if _, err := db.ExecContext(ctx, fmt.Sprintf(
		"set variable sample_distance = %d; set variable samples_per_portion = %d", distance, portionDeliveries/distance)); err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, queries.SQL("load/portions"))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var sid string
		if err := rows.Scan(&sid); err != nil {
			return nil, err
		}
		last = append(last, sid)
	}
	return last, rows.Err()
}

// computeCalls computes calls and their legs from the views refreshed_versions and refreshed_live, names all agents and shows each virtual number
// in one spelling.
func computeCalls(ctx context.Context, db session) error {
	if err := nameDirections(ctx, db); err != nil {
		return err
	}
	if err := runStep(ctx, db, "load/counted_calls"); err != nil {
		return err
	}
	// Few batches have such calls, and it takes DuckDB longer to plan a step than to run it without any.
	var calls, severalReports, severalPhones int64
	err := db.QueryRowContext(ctx, queries.SQL("load/needed_steps")).Scan(&calls, &severalReports, &severalPhones)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		name   string
		needed bool
	}{
		{"load/shared_calls", severalReports > 0},
		{"load/calls", calls > 0},
		{"load/shared_call_legs", severalPhones > 0},
	} {
		if !step.needed {
			continue
		}
		if err := runStep(ctx, db, step.name); err != nil {
			return err
		}
	}
	for _, step := range []string{"name_agents", "learn_virtual_numbers", "delivery_days", "renewed_customers"} {
		if err := runStep(ctx, db, "load/"+step); err != nil {
			return err
		}
	}
	if err := followCustomers(ctx, db); err != nil {
		return err
	}
	var respelled int64
	if err := db.QueryRowContext(ctx, queries.SQL("load/respelled_numbers")).Scan(&respelled); err != nil {
		return err
	}
	if respelled > 0 {
		if err := runStep(ctx, db, "load/show_virtual_numbers"); err != nil {
			return err
		}
	}
	return runStep(ctx, db, "load/hour_peaks")
}

// maxFollowedCalls is the average number of calls of the customers of a portion. Tests lower it.
var maxFollowedCalls int64 = 500_000

// followCustomers recomputes the episodes and later calls of customers whose calls have changed.
func followCustomers(ctx context.Context, db session) error {
	var calls int64
	if err := db.QueryRowContext(ctx, "select count(*) from renewed_customers").Scan(&calls); err != nil {
		return err
	}
	portions := calls/maxFollowedCalls + 1
	for portion := range portions {
		if _, err := db.ExecContext(ctx, fmt.Sprintf("set variable portions = %d; set variable portion = %d", portions, portion)); err != nil {
			return err
		}
		if err := runStep(ctx, db, "load/customers"); err != nil {
			return err
		}
	}
	return nil
}

// nameDirections gives each report and live event the direction of its call.
func nameDirections(ctx context.Context, db session) error {
	if err := runStep(ctx, db, "load/directions"); err != nil {
		return err
	}
	var open int64
	if err := db.QueryRowContext(ctx, queries.SQL("load/open_directions")).Scan(&open); err != nil || open == 0 {
		return err
	}
	return runStep(ctx, db, "load/infer_directions")
}

// setAsOf shows a session the data as of its variable as_of.
func setAsOf(ctx context.Context, db session) error {
	for _, step := range []string{"session/calls_as_of", "load/directory", "load/directory_keys"} {
		if err := runStep(ctx, db, step); err != nil {
			return err
		}
	}
	err := recomputeCalls(ctx, db, "session/portion_as_of", "", func(_ string, compute func(session) error) error { return compute(db) })
	if err != nil {
		return err
	}
	return runStep(ctx, db, "session/as_of")
}

func runStep(ctx context.Context, db session, step string) error {
	if _, err := db.ExecContext(ctx, queries.SQL(step)); err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	return nil
}
