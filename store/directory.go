package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// readDirectories returns the changes of the vendors' directories, and a hash of them, which is empty if there are none. A damaged line
// is a warning.
func (s *Store) readDirectories() (changes []spool.DirectoryChange, fingerprint string, err error) {
	if s.options.DataDir == "" {
		return nil, "", nil
	}
	directories, err := spool.ReadDirectories(s.options.DataDir)
	if err != nil {
		return nil, "", fmt.Errorf("reading the vendors' directories: %w", err)
	}
	for _, directory := range directories {
		changes = append(changes, directory.Changes...)
		if directory.Damage != nil {
			s.warnings = append(s.warnings, fmt.Sprintf("a line of a vendor's directory is skipped: %v\nhint: restore the file from a backup", directory.Damage))
		}
	}
	if len(changes) == 0 {
		return nil, "", nil
	}
	text, err := json.Marshal(changes)
	return changes, hashed(string(text)), err
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
