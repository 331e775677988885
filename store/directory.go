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

// readDirectories returns the changes of the vendors' directories, and a hash of them, which is empty if there are none. A damaged line
// is a warning. The changes of a lake are those of the machine that has fetched a directory last.
func (s *Store) readDirectories(ctx context.Context) (changes []spool.DirectoryChange, fingerprint string, err error) {
	var directories []*spool.Directory
	if s.options.DataDir != "" {
		if directories, err = spool.ReadDirectories(s.options.DataDir); err != nil {
			return nil, "", fmt.Errorf("reading the vendors' directories: %w", err)
		}
	}
	for _, directory := range directories {
		changes = append(changes, directory.Changes...)
		if directory.Damage != nil {
			s.warnings = append(s.warnings, fmt.Sprintf("a line of a vendor's directory is skipped: %v\nhint: restore the file from a backup", directory.Damage))
		}
	}
	if s.options.Lake != nil {
		stored, fingerprint, err := s.storedDirectories(ctx)
		if err != nil || !fetchedAt(changes).After(fetchedAt(stored)) {
			return stored, fingerprint, err
		}
	}
	if len(changes) == 0 {
		return nil, "", nil
	}
	text, err := json.Marshal(changes)
	return changes, hashed(string(text)), err
}

// applyDirectories applies the vendors' directories to a lake if this machine has fetched them last.
func (s *Store) applyDirectories(ctx context.Context) error {
	_, fingerprint, err := s.readDirectories(ctx)
	if err != nil {
		return err
	}
	var stored string
	if err := s.conn.QueryRowContext(ctx, "select coalesce(directory_fingerprint, '') from settings").Scan(&stored); err != nil {
		return fmt.Errorf("reading the settings: %w", err)
	}
	if stored == fingerprint {
		return nil
	}
	supposed := s.fingerprint
	s.fingerprint = "" // it changes while calls are recomputed
	defer func() { s.fingerprint = supposed }()
	return s.withLoadLock(ctx, func() error { return s.applySettings(ctx) })
}

// fetchedAt returns the time of the last of some changes; zero if there are none.
func fetchedAt(changes []spool.DirectoryChange) (last time.Time) {
	for _, change := range changes {
		if change.FetchedAt.After(last) {
			last = change.FetchedAt
		}
	}
	return last
}

// storedDirectories returns the changes that are stored, and their hash.
func (s *Store) storedDirectories(ctx context.Context) (changes []spool.DirectoryChange, fingerprint string, err error) {
	err = s.conn.QueryRowContext(ctx, "select coalesce(max(directory_fingerprint), '') from settings").Scan(&fingerprint)
	if err != nil {
		return nil, "", fmt.Errorf("reading the settings: %w", err)
	}
	rows, err := s.conn.QueryContext(ctx, `
		select source, kind, entry_id, coalesce(name, ''), coalesce(number, ''), coalesce(number_id, ''), fetched_at, previous_at, is_listed from vendor_directory`)
	if err != nil {
		return nil, "", fmt.Errorf("reading the vendors' directories: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c spool.DirectoryChange
		var previous sql.NullTime
		if err := rows.Scan(&c.Source, &c.Kind, &c.ID, &c.Name, &c.Number, &c.NumberID, &c.FetchedAt, &previous, &c.IsListed); err != nil {
			return nil, "", err
		}
		c.PreviousAt = previous.Time
		changes = append(changes, c)
	}
	return changes, fingerprint, rows.Err()
}

// writeDirectories stores the changes, and the names and groups that follow from them, beside those of the configuration, which
// writeSettings has stored.
func writeDirectories(ctx context.Context, tx *sql.Tx, changes []spool.DirectoryChange) error {
	text, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, queries.SQL("load/vendor_directory"), sql.Named("changes", string(text))); err != nil {
		return fmt.Errorf("vendor_directory: %w", err)
	}
	if len(changes) > 0 {
		if err := runStep(ctx, tx, "load/directory"); err != nil {
			return err
		}
	}
	return runStep(ctx, tx, "load/directory_keys")
}

// listedNames returns a hash of the names and groups that follow from the directories.
func listedNames(ctx context.Context, tx *sql.Tx) (hash [2]uint64, err error) {
	if err = tx.QueryRowContext(ctx, queries.SQL("load/listed_names")).Scan(&hash[0], &hash[1]); err != nil {
		err = fmt.Errorf("listed_names: %w", err)
	}
	return hash, err
}
