package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// applySettings updates the settings, the vendors' directories and the macros if they have changed, and recomputes all calls if the change affects
// them.
func (s *Store) applySettings(ctx context.Context) error {
	want, directory, err := s.wantedFingerprints(ctx)
	if err != nil {
		return err
	}
	stored, err := s.storedFingerprints(ctx)
	if err != nil {
		return err
	}
	sameMacros := stored.macros == want.macros
	if sameMacros && stored.settings == want.settings && stored.directory == want.directory {
		return s.defineUserQueries(ctx, false)
	}
	removed, err := s.removedSources(ctx)
	if err != nil {
		return err
	}
	define := !sameMacros && s.options.Lake == nil // macros are not in the lake
	recompute := false
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		want.toReread = stored.toReread
		if stored.settings != want.settings && !want.toReread {
			if want.toReread, err = s.linesToReread(ctx, tx); err != nil {
				return err
			}
			if want.toReread && s.options.Lake != nil { // it is not rebuilt
				want.toReread = false
				s.warnings = append(s.warnings, "the timezone, date_order or nothing_values of a source changed; a lake keeps the lines that were read with the old ones")
			}
		}
		renamed, err := s.storeSettings(ctx, tx, want, directory, define)
		if err != nil || stored.settings == "" { // a new database has no calls
			return err
		}
		recompute, err = s.beginRecomputation(ctx, tx, stored, want, renamed)
		return err
	})
	if err == nil && recompute {
		after, _ := stored.resumeAfter(want)
		err = s.recompute(ctx, want.settings, after)
	}
	if err == nil {
		err = s.warnOfRemoved(ctx, removed)
	}
	if err != nil {
		return fmt.Errorf("applying the settings: %w", err)
	}
	if err := s.defineUserQueries(ctx, define); err != nil {
		return err
	}
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "update settings set macros_fingerprint = ?", want.macros)
		return err
	})
	if err != nil {
		return fmt.Errorf("applying the settings: %w", err)
	}
	return nil
}

// wantedFingerprints returns the fingerprints that the database has once it is up to date, and the changes of the vendors' directories.
func (s *Store) wantedFingerprints(ctx context.Context) (want fingerprints, directory []spool.DirectoryChange, err error) {
	if want.settings, err = s.options.Settings.fingerprint(); err != nil {
		return want, nil, err
	}
	want.macros, want.definitions = s.options.macrosFingerprint(), definitionsFingerprint()
	directory, want.directory, err = s.readDirectories(ctx)
	return want, directory, err
}

// storeSettings stores the settings, the goals, the vendors' directories and, if define is set, the macros. It reports whether the names
// that a directory gives have changed.
func (s *Store) storeSettings(ctx context.Context, tx *sql.Tx, want fingerprints, directory []spool.DirectoryChange, define bool) (renamed bool, err error) {
	before, err := listedNames(ctx, tx)
	if err != nil {
		return false, err
	}
	if err := writeSettings(ctx, tx, s.options.Settings, want); err != nil {
		return false, err
	}
	if define {
		if err := s.defineMacros(ctx, tx); err != nil {
			return false, err
		}
	}
	if _, err := tx.ExecContext(ctx, queries.SQL("load/goals")); err != nil {
		return false, fmt.Errorf("goals: %w", err)
	}
	if err := writeDirectories(ctx, tx, directory); err != nil {
		return false, err
	}
	after, err := listedNames(ctx, tx)
	return after != before, err
}

// linesToReread reports whether stored lines would be read differently with the settings of now.
func (s *Store) linesToReread(ctx context.Context, tx *sql.Tx) (differ bool, err error) {
	type row struct {
		Source        string   `json:"source"`
		Timezone      string   `json:"timezone"`
		DateOrder     string   `json:"date_order"`
		NothingValues []string `json:"nothing_values"`
	}
	rows := []row{}
	for _, source := range s.options.Settings.Sources {
		rows = append(rows, row{source.Name, source.Timezone, cmp.Or(source.DateOrder, "dmy"), source.NothingValues})
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return false, err
	}
	if err := tx.QueryRowContext(ctx, queries.SQL("load/lines_to_reread"), sql.Named("sources", string(text))).Scan(&differ); err != nil {
		return false, fmt.Errorf("lines_to_reread: %w", err)
	}
	return differ, nil
}

// beginRecomputation records why figures change, and reports whether the calls are to be recomputed. If so, it marks the database as
// incomplete and, unless an interrupted recomputation is resumed, deletes what is computed.
func (s *Store) beginRecomputation(ctx context.Context, tx *sql.Tx, stored, want fingerprints, renamed bool) (recompute bool, err error) {
	reason := recomputeReason(stored.definitions != want.definitions, stored.settings != want.settings, renamed)
	if reason != "" && !strings.HasPrefix(stored.settings, incomplete) {
		if _, err := tx.ExecContext(ctx, "insert into recomputations select ?, ? where exists (from calls)", s.options.Now(), reason); err != nil {
			return false, err
		}
	}
	if stored.settings == want.settings && !renamed {
		return false, nil
	}
	if _, err := tx.ExecContext(ctx, "update settings set complete_snapshot = ?", stored.complete); err != nil {
		return false, err
	}
	after, resumed := stored.resumeAfter(want)
	if err := storeFingerprint(ctx, tx, incompleteAfter(after, want.settings)); err != nil || resumed {
		return true, err
	}
	return true, runStep(ctx, tx, "load/rebuild_calls")
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
