package store

import (
	"context"
	"database/sql"
	"fmt"

	"callsheet/internal/spool"
)

// loadBalances replaces the balances by those in the files, if there are others than the database has. The files are only added to.
func (s *Store) loadBalances(ctx context.Context, dataDir string, summary *Summary) error {
	fetched, damage, err := spool.ReadBalances(dataDir)
	if err != nil {
		return fmt.Errorf("balances: %w", err)
	}
	if damage != nil {
		summary.Warnings = append(summary.Warnings, fmt.Sprintf("a balance cannot be read and is left out: %v", damage))
	}
	var known int
	if err := s.conn.QueryRowContext(ctx, "select count(*) from balances").Scan(&known); err != nil {
		return err
	}
	if known == len(fetched) {
		return nil
	}
	return s.inTransaction(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "delete from balances"); err != nil {
			return err
		}
		for _, b := range fetched {
			if _, err := tx.ExecContext(ctx, "insert into balances values (?, ?, ?::decimal(18, 4))", b.Source, b.FetchedAt, b.Coins); err != nil {
				return fmt.Errorf("balance of %s: %w", b.Source, err)
			}
		}
		return nil
	})
}
