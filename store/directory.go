package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/queries"
)

// readDirectories returns the changes of the vendors' directories, and a hash of them, which is empty if there are none. A damaged line
// is a warning, and so are changes that only the database has: these stay. The changes of a lake are those of all machines.
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
			s.warnings = append(s.warnings, fmt.Sprintf("a vendor's directory is damaged: %v\nhint: restore the file from a backup", directory.Damage))
		}
	}
	stored, fingerprint, err := s.storedDirectories(ctx)
	if err != nil {
		return nil, "", err
	}
	if s.options.Lake == nil {
		changes = s.keepLost(changes, stored)
	} else if changes = mergeDirectories(stored, directories); len(changes) == len(stored) && len(without(changes, stored)) == 0 {
		return stored, fingerprint, nil
	}
	if len(changes) == 0 {
		return nil, "", nil
	}
	text, err := json.Marshal(changes)
	return changes, hashed(string(text)), err
}

// mergeDirectories returns the changes that a lake has, and those in the directories of this machine. A damaged one does not say what was listed,
// so the lake keeps what it has of that source.
func mergeDirectories(stored []spool.DirectoryChange, directories []*spool.Directory) (merged []spool.DirectoryChange) {
	bySource := map[string][]spool.DirectoryChange{}
	for _, change := range stored {
		bySource[change.Source] = append(bySource[change.Source], change)
	}
	for _, directory := range directories {
		if directory.Damage == nil {
			bySource[directory.Source] = mergeDirectory(bySource[directory.Source], directory)
		}
	}
	for _, source := range slices.Sorted(maps.Keys(bySource)) {
		merged = append(merged, bySource[source]...)
	}
	return merged
}

// mergeDirectory returns the history of a source's directory by the syncs of all machines: those that a lake has, and those of this one. Each
// sync says what the vendor listed then; a change is a difference from the sync before, of whatever machine. Syncs before the first one with
// a kind of entries say nothing about that kind.
func mergeDirectory(stored []spool.DirectoryChange, directory *spool.Directory) (merged []spool.DirectoryChange) {
	lake, own := newSyncs(stored), newSyncs(directory.Changes)
	if at := directory.LastAt.UnixMicro(); !directory.LastAt.IsZero() && own.changes[at] == nil {
		own.changes[at] = nil // the last sync found no change since the one before of this machine
	}
	var entries []spool.DirectoryEntry // each once, in a lasting order
	isKnown := map[spool.DirectoryEntry]bool{}
	for _, change := range slices.Concat(stored, directory.Changes) {
		if !isKnown[change.DirectoryEntry] {
			isKnown[change.DirectoryEntry] = true
			entries = append(entries, change.DirectoryEntry)
		}
	}
	times := slices.AppendSeq(slices.Collect(maps.Keys(lake.changes)), maps.Keys(own.changes))
	slices.Sort(times)
	listed := map[spool.DirectoryEntry]bool{}
	var previous time.Time
	for _, micros := range slices.Compact(times) {
		for _, change := range slices.Concat(lake.apply(micros), own.apply(micros)) {
			previous = later(previous, change.PreviousAt)
		}
		found, at := own, time.UnixMicro(micros).UTC()
		if lake.changes[micros] != nil { // what the lake has stays
			found = lake
		}
		for _, entry := range entries {
			if is := found.listed[entry]; found.kinds[entry.Kind] && is != listed[entry] {
				listed[entry] = is
				merged = append(merged, spool.DirectoryChange{DirectoryEntry: entry, Source: directory.Source, FetchedAt: at, PreviousAt: previous, IsListed: is})
			}
		}
		previous = at
	}
	return merged
}

// syncs are the changes that syncs found, by their times in microseconds, and what was listed by the last one that was applied.
type syncs struct {
	changes map[int64][]spool.DirectoryChange
	listed  map[spool.DirectoryEntry]bool
	kinds   map[string]bool // of entries that were ever listed
}

func newSyncs(changes []spool.DirectoryChange) syncs {
	s := syncs{map[int64][]spool.DirectoryChange{}, map[spool.DirectoryEntry]bool{}, map[string]bool{}}
	for _, change := range changes {
		at := change.FetchedAt.UnixMicro()
		s.changes[at] = append(s.changes[at], change)
	}
	return s
}

// apply returns the changes of the sync at a time, after which its entries are listed.
func (s syncs) apply(micros int64) []spool.DirectoryChange {
	for _, change := range s.changes[micros] {
		s.listed[change.DirectoryEntry], s.kinds[change.Kind] = change.IsListed, true
	}
	return s.changes[micros]
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b.UTC()
	}
	return a
}

// keepLost returns the changes that files have, and those that only the database has, with a warning. Of a source that lost changes, the first sync
// of a new file follows the last one of those: what it lists is not valid from the beginning. What the database has of that sync stays.
func (s *Store) keepLost(changes, stored []spool.DirectoryChange) []spool.DirectoryChange {
	lost := without(stored, changes)
	if len(lost) == 0 {
		return changes
	}
	s.warnings = append(s.warnings, fmt.Sprintf("%s no longer in the vendor's directories; the names stay\nhint: restore %s from a backup; callsheet load --rebuild --accept-loss goes on without them",
		display.Agree(int64(len(lost)), "entry is", "entries are"), filepath.Join(spool.VendorDir(s.options.DataDir), lost[0].Source, "directory.ndjson")))
	last := map[string]time.Time{} // of each source
	for _, change := range lost {
		last[change.Source] = change.FetchedAt
	}
	previous := map[directoryFact]time.Time{} // of what is stored
	for _, change := range stored {
		previous[factOf(change)] = change.PreviousAt
	}
	for i, change := range changes {
		if !change.PreviousAt.IsZero() {
			continue
		}
		if at, isStored := previous[factOf(change)]; isStored {
			changes[i].PreviousAt = at.UTC()
		} else if at := last[change.Source]; at.Before(change.FetchedAt) {
			changes[i].PreviousAt = at
		}
	}
	return append(lost, changes...)
}

// directoryFact is a change without the sync before, which depends on what else is known.
type directoryFact struct {
	entry    spool.DirectoryEntry
	source   string
	micros   int64
	isListed bool
}

func factOf(c spool.DirectoryChange) directoryFact {
	return directoryFact{c.DirectoryEntry, c.Source, c.FetchedAt.UnixMicro(), c.IsListed}
}

// without returns those of some changes that others lack, in the order of their fetches.
func without(changes, others []spool.DirectoryChange) (rest []spool.DirectoryChange) {
	known := map[directoryFact]bool{}
	for _, change := range others {
		known[factOf(change)] = true
	}
	for _, change := range changes {
		if !known[factOf(change)] {
			change.FetchedAt, change.PreviousAt = change.FetchedAt.UTC(), change.PreviousAt.UTC()
			rest = append(rest, change)
		}
	}
	slices.SortFunc(rest, func(a, b spool.DirectoryChange) int {
		return cmp.Or(a.FetchedAt.Compare(b.FetchedAt), cmp.Compare(a.Source, b.Source), cmp.Compare(fmt.Sprint(a.DirectoryEntry), fmt.Sprint(b.DirectoryEntry)))
	})
	return rest
}

// applyDirectories applies the vendors' directories to a lake if this machine has syncs that the lake lacks.
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

// storedDirectories returns the changes that are stored, and their hash.
func (s *Store) storedDirectories(ctx context.Context) (changes []spool.DirectoryChange, fingerprint string, err error) {
	err = s.conn.QueryRowContext(ctx, "select coalesce(max(directory_fingerprint), '') from settings").Scan(&fingerprint)
	if err != nil {
		return nil, "", fmt.Errorf("reading the settings: %w", err)
	}
	rows, err := s.conn.QueryContext(ctx, `
		select source, kind, entry_id, coalesce(name, ''), coalesce(number, ''), coalesce(number_id, ''), fetched_at, previous_at, is_listed from vendor_directory
		order by all`)
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
