package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"callsheet/internal/catalog"
)

// SharedLedger is the ledger of the machines that share a lake, in its catalog.
type SharedLedger struct{ Catalog *catalog.Database }

// Append implements Ledger. It fails if the session that held the report's lock has ended, since another machine may run the report by then.
func (l SharedLedger) Append(run Run) error {
	text, err := json.Marshal(run)
	if err != nil {
		return err
	}
	return runLedgerError(l.Catalog.AppendRun(context.Background(), text))
}

// Runs implements Ledger.
func (l SharedLedger) Runs() ([]Run, error) {
	current, _, _, err := l.read()
	return current.runs, err
}

// DamagedLines implements Ledger: PostgreSQL keeps rows whole.
func (l SharedLedger) DamagedLines() ([]int, error) { return nil, nil }

// storedRun is the first row of a key, with the text of its current one, which stays where the first was when later ones are removed.
type storedRun struct {
	catalog.Run
	replaced bool
}

// read returns the current rows, where each is stored, and the IDs of the rows after the first of a key.
func (l SharedLedger) read() (current currentRuns, stored []storedRun, later []int64, err error) {
	rows, err := l.Catalog.Runs(context.Background())
	for _, row := range rows {
		var run Run
		if err := json.Unmarshal(row.Text, &run); err != nil {
			return current, nil, nil, fmt.Errorf("run ledger, row %d of callsheet_runs: %w", row.ID, err)
		}
		if i, replaces := current.add(run); replaces {
			stored[i].Text, stored[i].replaced = row.Text, true
			later = append(later, row.ID)
		} else {
			stored = append(stored, storedRun{Run: row})
		}
	}
	return current, stored, later, runLedgerError(err)
}

// compactMinRows is the number of superseded rows from which Compact removes them.
const compactMinRows = 1000

// Compact implements Ledger.
func (l SharedLedger) Compact() error {
	_, stored, later, err := l.read()
	if err != nil || len(later) < compactMinRows {
		return err
	}
	return l.rewrite(stored, later)
}

// Prune implements Ledger.
func (l SharedLedger) Prune(before time.Time) (removed int, err error) {
	current, stored, old, err := l.read()
	if err != nil {
		return 0, err
	}
	var kept []storedRun
	for i, run := range current.runs {
		if run.DueAt.Before(before) {
			old = append(old, stored[i].ID)
			removed++
		} else {
			kept = append(kept, stored[i])
		}
	}
	return removed, l.rewrite(kept, old)
}

func (l SharedLedger) rewrite(kept []storedRun, removed []int64) error {
	var changed []catalog.Run
	for _, row := range kept {
		if row.replaced {
			changed = append(changed, row.Run)
		}
	}
	if len(changed)+len(removed) == 0 {
		return nil // there may be no table
	}
	return runLedgerError(l.Catalog.RewriteRuns(context.Background(), changed, removed))
}

func runLedgerError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("run ledger: %w", err)
}
