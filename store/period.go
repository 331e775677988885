package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/queries"
)

// The file of a period has the calls of some days, with all their reports, legs and live events. A query over these days gives the figures that it gives
// where they come from. For that the file also has the calls of the day before (calls over midnight), those that recovered missed callers, where there
// are lists of a vendor, the calls of listDays before and after, which are compared with them; and what is known of all calls (names, spellings, days of
// deliveries, loads) as a whole. Other days are unknown, not zero: settings has the period, and has_data(), stretches and forecasts keep to it.
//
// Not available is what needs other days: comparisons with periods that the file lacks, usual ranges and forecasts of which it lacks a part,
// balances, and rules of charges from less than 28 days. Queries without a period (census, silence, freshness, unknown_words, directory)
// describe the file. As of an earlier time, names and spellings are learned from its calls.

// listDays is how far from the day of a vendor's list its calls are sought among ours; see reconciled_calls().
const listDays = 2

// WritePeriod writes a database file with the calls of the days from and to and those between. It replaces the file of a period at path; any other file is
// refused. The options are those of a reader of a lake or a published copy.
func WritePeriod(ctx context.Context, options Options, path string, from, to time.Time) (Copied, error) {
	copied, err := writePeriod(ctx, options, path, from, to)
	if err != nil {
		err = fmt.Errorf("writing %s: %w", path, err)
	}
	return copied, err
}

func writePeriod(ctx context.Context, options Options, path string, from, to time.Time) (copied Copied, err error) {
	if exists(path) {
		if err := checkPeriod(ctx, options, path); err != nil {
			return copied, err
		}
	}
	beside, name, err := options.source(ctx)
	if err != nil {
		return copied, err
	}
	lock, err := lockTemplate(ctx, path)
	if err != nil {
		return copied, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	options.Path, options.Immutable, options.beside = path, false, beside
	err = makeTemplate(ctx, options, func(file *Store) error {
		copied, err = file.copyPeriod(ctx, name, from, to)
		return err
	}, func(filled string) error { return Replace(path, filled) })
	return copied, err
}

// checkPeriod returns an error if a file is not that of a period.
func checkPeriod(ctx context.Context, options Options, path string) (err error) {
	dir, err := os.MkdirTemp("", "callsheet-period-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// By another name, DuckDB ignores a write-ahead log that a program left beside the file; it is replaced with it.
	link, whole := filepath.Join(dir, "period.duckdb"), ""
	if whole, err = filepath.Abs(path); err == nil {
		err = os.Symlink(whole, link)
	}
	if err != nil {
		return err
	}
	db, conn, err := connect(ctx, Options{Path: link, Settings: options.Settings}, reading)
	var isPeriod bool
	if err == nil {
		defer func() { err = errors.Join(err, conn.Close(), db.Close()) }()
		err = conn.QueryRowContext(ctx, "select period_from is not null from settings").Scan(&isPeriod)
	}
	if err != nil || !isPeriod {
		return errors.New("the file exists, and is not the file of a period\nhint: move it away, or name another file")
	}
	return nil
}

// OutsidePeriod reports whether a named query with these arguments is over days that the data lacks, since it is the file of a period. kept
// names the days that it has.
func (r *Reader) OutsidePeriod(ctx context.Context, name string, args map[string]any) (outside bool, kept string, err error) {
	query, err := queries.Named(r.userQueries, name)
	if err != nil || !slices.Contains(query.Parameters(), "from") || !slices.Contains(query.Parameters(), "to") {
		return false, "", err
	}
	var first, last sql.NullString
	err = r.all[0].QueryRowContext(ctx, "select period_from::varchar, period_to::varchar from settings").Scan(&first, &last)
	outside = first.Valid && (fmt.Sprint(args["from"]) < first.String || fmt.Sprint(args["to"]) > last.String)
	return outside, first.String + " to " + last.String, err
}

// source returns how the data of a reader is attached beside a file that is written, and its name in SQL.
func (o Options) source(ctx context.Context) (attachment, string, error) {
	if o.Lake != nil {
		beside, err := o.Lake.beside(ctx, o)
		return beside, lakeName, err
	}
	if err := checkSource(ctx, o, "\nhint: run callsheet load first"); err != nil {
		return attachment{}, "", err
	}
	path := o.Path
	if o.Immutable {
		var err error
		if path, err = publishedFile(path); err != nil {
			return attachment{}, "", err
		}
	}
	return attachFile(path), besideName, nil
}

// copyPeriod copies the calls of some days, and what belongs to them, from an attached database into a new file.
func (s *Store) copyPeriod(ctx context.Context, database string, from, to time.Time) (Copied, error) {
	var name string
	if err := s.conn.QueryRowContext(ctx, "select current_database()").Scan(&name); err != nil {
		return Copied{}, err
	}
	tables, err := copiedTables(ctx, s.conn, name)
	if err != nil {
		return Copied{}, err
	}
	between := func(before, after int) string {
		return fmt.Sprintf("between date '%s' and date '%s'", from.AddDate(0, 0, -before).Format(time.DateOnly), to.AddDate(0, 0, after).Format(time.DateOnly))
	}
	period, since := between(0, 0), between(1, 0)
	// Times are cast to dates in the session's zone, which is that of reports.
	keptCalls := strings.NewReplacer("DATABASE", database, "PERIOD", period, "SINCE", since, "NEAR_LISTS", between(listDays, listDays)).Replace(`
		create temp table kept_calls as
		select call_key from DATABASE.main.calls
		where local_day SINCE or local_day NEAR_LISTS and exists (from DATABASE.main.vendor_lists where day PERIOD)
		union
		select call_key from DATABASE.main.live_events where first_received_at::date PERIOD
		union
		select recovering_call from DATABASE.main.customer_episodes where started_at::date SINCE and recovering_call is not null`)
	const ofCalls, ofCallers = "call_key in (from kept_calls)", "customer in (select customer_number_of(customer_key) from calls)"
	kept := map[string]string{ // the others are copied whole
		"calls": ofCalls, "call_versions": ofCalls, "live_events": ofCalls, "shared_call_legs": ofCalls, "repeated_deliveries": ofCalls,
		"customer_episodes":  ofCallers, // a caller can have waited since before the period
		"repeated_calls":     "started_at::date " + since,
		"last_conversations": ofCallers,
		"hour_peaks":         "local_day " + since,
		"other_events":       "received_at::date " + period,
		"rejects":            "reject_received_at(file, text, rejected_at)::date " + period,
		"vendor_lists":       "day " + period,
		"vendor_calls":       "day " + period,
	}
	ofPeriod := "local_day " + period
	var want databaseContent
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, keptCalls); err != nil {
			return err
		}
		for _, table := range append(tables, copiedTable{Name: "settings"}) {
			where, limited := kept[table.Name]
			if !limited {
				where = "true"
			}
			if err := replaceRows(ctx, tx, database, name, table, where); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "update settings set period_from = ?, period_to = ?", from, to); err != nil {
			return err
		}
		want, err = contentOf(ctx, tx, database, nil, ofPeriod)
		return err
	})
	if err != nil {
		return Copied{}, err
	}
	got, err := contentOf(ctx, s.conn, name, nil, ofPeriod)
	if err != nil {
		return Copied{}, err
	}
	if differing := want.differing(got); differing != "" {
		return Copied{}, fmt.Errorf("the copy has other data: %s differ", differing)
	}
	return got.copied(), nil
}
