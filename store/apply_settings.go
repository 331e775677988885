package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"callsheet/queries"
)

// applySettings updates the settings, the vendors' directories and the macros if they have changed, and recomputes all calls if the change affects
// them.
func (s *Store) applySettings(ctx context.Context) error {
	want, err := s.options.Settings.fingerprint()
	if err != nil {
		return err
	}
	wantMacros := s.options.macrosFingerprint()
	wantDefinitions := definitionsFingerprint()
	directory, wantDirectory, err := s.readDirectories(ctx)
	if err != nil {
		return err
	}
	stored, err := s.storedFingerprints(ctx)
	if err != nil {
		return err
	}
	sameMacros := stored.macros == wantMacros
	define := !sameMacros && s.options.Lake == nil // macros are not in the lake
	if sameMacros && stored.settings == want && stored.directory == wantDirectory {
		return s.defineUserQueries(ctx, false)
	}
	recompute := false
	after, resumed := strings.CutPrefix(stored.settings, incompleteAfter("", want))
	resumed = resumed && stored.directory == wantDirectory
	if !resumed {
		after = ""
	}
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		namesBefore, err := listedNames(ctx, tx)
		if err != nil {
			return err
		}
		if err := writeSettings(ctx, tx, s.options.Settings, want, wantDirectory); err != nil {
			return err
		}
		if define {
			if err := s.defineMacros(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, queries.SQL("load/goals")); err != nil {
			return fmt.Errorf("goals: %w", err)
		}
		if err := writeDirectories(ctx, tx, directory); err != nil {
			return err
		}
		names, err := listedNames(ctx, tx)
		if err != nil {
			return err
		}
		if stored.settings == "" { // a new database has no calls
			return nil
		}
		if reason := recomputeReason(stored.definitions != wantDefinitions, stored.settings != want, names != namesBefore); reason != "" && !strings.HasPrefix(stored.settings, incomplete) {
			if _, err := tx.ExecContext(ctx, "insert into recomputations select ?, ? where exists (from calls)", s.options.Now(), reason); err != nil {
				return err
			}
		}
		if stored.settings == want && names == namesBefore {
			return nil
		}
		recompute = true
		if _, err := tx.ExecContext(ctx, "update settings set complete_snapshot = ?", stored.complete); err != nil {
			return err
		}
		if err := storeFingerprint(ctx, tx, incompleteAfter(after, want)); err != nil || resumed {
			return err
		}
		return runStep(ctx, tx, "load/rebuild_calls")
	})
	if err == nil && recompute {
		err = s.recompute(ctx, want, after)
	}
	if err != nil {
		return fmt.Errorf("applying the settings: %w", err)
	}
	if err := s.defineUserQueries(ctx, define); err != nil {
		return err
	}
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "update settings set macros_fingerprint = ?", wantMacros)
		return err
	})
	if err != nil {
		return fmt.Errorf("applying the settings: %w", err)
	}
	return nil
}

// recompute computes all calls after a call_sid with the settings of a fingerprint. Each portion is a transaction of its own, since DuckDB keeps
// what is deleted in one, and all temporary tables, until its end.
func (s *Store) recompute(ctx context.Context, fingerprint, after string) error {
	err := recomputeCalls(ctx, s.conn, "load/stored_portion", after, func(through string, compute func(session) error) error {
		return s.inTransaction(ctx, func(tx *sql.Tx) error {
			if err := compute(tx); err != nil {
				return err
			}
			return storeFingerprint(ctx, tx, incompleteAfter(through, fingerprint))
		})
	})
	if err != nil {
		return err
	}
	return s.inTransaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "update settings set fingerprint = ?, complete_snapshot = null", fingerprint)
		return err
	})
}
