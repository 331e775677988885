package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"callsheet/queries"
)

// PreviewSummary is what would come of an import.
type PreviewSummary struct {
	Days   []PreviewDay // only days with calls
	Total  PreviewDay
	Flags  []PreviewFlag
	First  []PreviewCall
	Known  int64            // calls that the database has; -1 if there is no database yet
	Differ map[string]int64 // of these, how many differ in a column
}

// PreviewFlag is how many calls have a flag.
type PreviewFlag struct {
	Flag  string
	Calls int64
}

// PreviewDay adds up the calls of a day.
type PreviewDay struct {
	Day                          time.Time
	Calls, Answered, TalkSeconds int64
	Coins                        sql.NullFloat64
}

// PreviewCall is a call as it would be without other deliveries.
type PreviewCall struct {
	StartedAt                                                          time.Time
	Direction, VirtualNumber, Customer, Agent, Group, Outcome, CallSid string
	TalkSeconds                                                        sql.NullInt64
	Coins                                                              sql.NullFloat64
	Flags                                                              string
}

// Summary describes what was loaded.
func (p *Preview) Summary(ctx context.Context) (s PreviewSummary, err error) {
	err = p.each(ctx, "import/days", func(scan func(...any) error) error {
		var date sql.NullTime
		var day PreviewDay
		if err := scan(&date, &day.Calls, &day.Answered, &day.TalkSeconds, &day.Coins); err != nil {
			return err
		}
		if !date.Valid {
			s.Total = day
			return nil
		}
		day.Day = date.Time
		s.Days = append(s.Days, day)
		return nil
	})
	if err != nil {
		return s, err
	}
	err = p.each(ctx, "import/flags", func(scan func(...any) error) error {
		var flag PreviewFlag
		err := scan(&flag.Flag, &flag.Calls)
		s.Flags = append(s.Flags, flag)
		return err
	})
	if err != nil {
		return s, err
	}
	err = p.each(ctx, "import/first_calls", func(scan func(...any) error) error {
		var c PreviewCall
		err := scan(&c.StartedAt, &c.Direction, &c.VirtualNumber, &c.Customer, &c.Agent, &c.Group, &c.Outcome, &c.CallSid, &c.TalkSeconds, &c.Coins, &c.Flags)
		s.First = append(s.First, c)
		return err
	})
	if s.Known = -1; err != nil {
		return s, err
	}
	if attached, err := p.attach(ctx); err != nil || !attached {
		return s, err
	}
	rows, err := p.store.conn.QueryContext(ctx, queries.SQL("import/known"))
	if err != nil {
		return s, nil // a copy of an older version
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil || !rows.Next() {
		return s, errors.Join(err, rows.Err())
	}
	counts := make([]int64, len(columns))
	targets := make([]any, len(columns))
	for i := range counts {
		targets[i] = &counts[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return s, err
	}
	s.Known, s.Differ = counts[0], map[string]int64{}
	for i, count := range counts[1:] {
		if count > 0 {
			s.Differ[strings.ReplaceAll(columns[i+1], "_", " ")] = count
		}
	}
	return s, rows.Err()
}

func (p *Preview) each(ctx context.Context, query string, row func(scan func(...any) error) error) error {
	rows, err := p.store.conn.QueryContext(ctx, queries.SQL(query))
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return rows.Err()
}
