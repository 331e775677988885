package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// loadBalances adds the balances in the files that the database does not have. The files are only added to.
func (s *Store) loadBalances(ctx context.Context, dataDir string, summary *Summary) error {
	fetched, damage, err := spool.ReadBalances(dataDir)
	if err != nil {
		return fmt.Errorf("balances: %w", err)
	}
	if damage != nil {
		summary.Warnings = append(summary.Warnings, fmt.Sprintf("a balance cannot be read and is left out: %v", damage))
	}
	type row struct {
		Source    string    `json:"source"`
		FetchedAt time.Time `json:"fetched_at"`
		Balance   string    `json:"balance"`
	}
	rows := []row{}
	for _, b := range fetched {
		rows = append(rows, row{b.Source, b.FetchedAt.Truncate(time.Microsecond), b.Coins})
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(ctx, queries.SQL("load/new_balances"), sql.Named("fetched", string(text))); err != nil {
		return fmt.Errorf("balances: %w", err)
	}
	var added int64
	if err := s.conn.QueryRowContext(ctx, "select count(*) from new_balances").Scan(&added); err != nil || added == 0 {
		return err
	}
	return s.inTransaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "insert into balances by name from new_balances")
		return err
	})
}
