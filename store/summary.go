package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// Summary is the result of a load. Lines = Reports + LiveEvents + OtherEvents + Rejects + Blank.
type Summary struct {
	Files       int64          `json:"files"` // with new lines
	Bytes       int64          `json:"bytes"`
	Lines       int64          `json:"lines"`
	Reports     int64          `json:"reports"` // duplicates included
	LiveEvents  int64          `json:"live_events"`
	OtherEvents int64          `json:"other_events"`
	Rejects     int64          `json:"rejects"`
	Rejected    []spool.Damage `json:"rejected_lines"` // the first of the rejects
	Blank       int64          `json:"blank"`
	Copies      int64          `json:"copies"`             // lines whose delivery was loaded from another line
	Retried     int64          `json:"mended"`             // the key is kept for scripts: previously rejected lines that are loaded now
	Calls       int64          `json:"calls"`              // in the store after the load
	Stored      Counts         `json:"-"`                  // rows in the store after the load
	Warnings    []string       `json:"troubles"`           // the key is kept for scripts: files and user queries that could not be read, with the reason
	Migrated    string         `json:"migrated,omitempty"` // what the upgrade of an older database did
	Undone      []string       `json:"undone"`             // files of undone imports whose lines the database has, or had before a rebuild
	Unnamed     int64          `json:"-"`                  // calls whose id nothing_values lists since the configuration changed
	ToReread    bool           `json:"-"`                  // lines are read differently with the settings of now
	Incomplete  bool           `json:"incomplete"`         // a file of the spool has a problem, so a rebuild could lose its lines
}

// setUndone lists the loaded files of undone imports.
func (s *Summary) setUndone(known map[string]position, undone map[string]bool) {
	s.Undone = []string{}
	for _, name := range slices.Sorted(maps.Keys(undone)) {
		if known[name].lines > 0 {
			s.Undone = append(s.Undone, name)
		}
	}
}

// NeedsAttention reports whether anything was rejected or could not be read.
func (s Summary) NeedsAttention() bool { return s.Rejects > 0 || len(s.Warnings) > 0 }

// shownRejects is how many rejected lines a summary lists.
const shownRejects = 10

// addRejected lists the first lines that this load rejected.
func (s *Store) addRejected(ctx context.Context, started time.Time, summary *Summary) error {
	if summary.Rejects == 0 {
		return nil
	}
	rows, err := s.conn.QueryContext(ctx, queries.SQL("load/new_rejects"), sql.Named("started_at", started.Truncate(time.Microsecond)), sql.Named("limit", shownRejects))
	if err != nil {
		return fmt.Errorf("reading the rejects: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var line spool.Damage
		if err := rows.Scan(&line.File, &line.Line, &line.Offset, &line.Reason); err != nil {
			return fmt.Errorf("reading the rejects: %w", err)
		}
		summary.Rejected = append(summary.Rejected, line)
	}
	return rows.Err()
}

// AddEarlier adds what an earlier attempt of the same load has loaded before it failed.
func (s *Summary) AddEarlier(earlier Summary) {
	s.add(earlier)
	s.Files += earlier.Files
	s.Retried += earlier.Retried
}

// add adds the counts of a batch. Files may span batches, so loadPending counts them.
func (s *Summary) add(part Summary) {
	s.Bytes += part.Bytes
	s.Lines += part.Lines
	s.Reports += part.Reports
	s.LiveEvents += part.LiveEvents
	s.OtherEvents += part.OtherEvents
	s.Rejects += part.Rejects
	s.Blank += part.Blank
	s.Copies += part.Copies
}
