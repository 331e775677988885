package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"callsheet/queries"
)

// Reconciliation is how the calls of a source and a day compare with the vendor's list.
type Reconciliation struct {
	Source          string    `json:"source"`
	Day             string    `json:"day"` // 2006-01-02, in the zone of the source
	FetchedAt       time.Time `json:"fetched_at"`
	VendorCalls     int64     `json:"vendor_calls"`
	OurCalls        int64     `json:"our_calls"`
	Missing         int64     `json:"missing"`
	Recovered       int64     `json:"recovered"` // known through the list only
	UnknownToVendor int64     `json:"unknown_to_vendor"`
	Differing       int64     `json:"differing"`
	VendorCoins     *float64  `json:"vendor_coins"` // nil: no call has coins
	OurCoins        *float64  `json:"our_coins"`
	Unreadable      int64     `json:"unreadable"` // rows of the list
	IsFinal         bool      `json:"is_final"`   // the list was fetched after the last calls of the day, and an empty one soon after
	IsComplete      bool      `json:"is_complete"`
}

// IsEqual reports whether nothing differs. The day may not be over.
func (r Reconciliation) IsEqual() bool {
	return r.Missing+r.UnknownToVendor+r.Differing+r.Unreadable == 0
}

// Reconciliations compares the calls with the loaded lists of a source, from a day to another, such as 2026-10-05.
func (r *Reader) Reconciliations(ctx context.Context, source, from, to string) (days []Reconciliation, err error) {
	err = r.each(ctx, "named/reconciliations", source, from, to, func(rows *sql.Rows) error {
		var d Reconciliation
		var day time.Time
		err := rows.Scan(&d.Source, &day, &d.FetchedAt, &d.VendorCalls, &d.OurCalls, &d.Missing, &d.Recovered, &d.UnknownToVendor, &d.Differing,
			&d.VendorCoins, &d.OurCoins, &d.Unreadable, &d.IsFinal, &d.IsComplete)
		d.Day = day.Format(time.DateOnly)
		days = append(days, d)
		return err
	})
	return days, err
}

// NewerRow is a row of a vendor's list that says something newer of a call than what is known.
type NewerRow struct {
	Day       string
	FetchedAt time.Time // of the list
	Line      int64     // of its file
	IsKnown   bool      // the call is known, and differs
	IsFirst   bool      // of the rows of its call
}

// NewerRows returns these rows of the loaded lists of a source, by day and line.
func (r *Reader) NewerRows(ctx context.Context, source, from, to string) (found []NewerRow, err error) {
	err = r.each(ctx, "import/newer_rows", source, from, to, func(rows *sql.Rows) error {
		var row NewerRow
		var day time.Time
		err := rows.Scan(&day, &row.FetchedAt, &row.Line, &row.IsKnown, &row.IsFirst)
		row.Day = day.Format(time.DateOnly)
		found = append(found, row)
		return err
	})
	return found, err
}

// each runs a query about the lists of a source.
func (r *Reader) each(ctx context.Context, query, source, from, to string, do func(*sql.Rows) error) error {
	conn := <-r.free
	defer func() { r.free <- conn }()
	rows, err := conn.QueryContext(ctx, queries.SQL(query), sql.Named("source", source), sql.Named("from", from), sql.Named("to", to))
	if err != nil {
		return fmt.Errorf("%s: %w", query, explainRead(err))
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return rows.Err()
}
