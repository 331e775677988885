package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/queries"
)

// batchBytes limits the size of a transaction, and so the memory of a load. It is a few row groups for each of a few threads:
// DuckDB compresses whole groups of 122,880 rows in parallel, and the rest in one thread at the commit.
const batchBytes = 320 << 20

// maxWriteTime is how long after its last write a file may end within a line.
const maxWriteTime = time.Minute

// Progress is called with the progress of a load in bytes on disk and lines.
type Progress func(done, total, lines int64)

// LoadOptions are the options of a load.
type LoadOptions struct {
	SpoolDir      string
	DefaultSource string   // of lines without a source
	DataDir       string   // where the folder vendor is, with what was fetched from vendors; nothing is loaded from there if empty
	RetryRejects  bool     // first read the rejected lines again
	Progress      Progress // may be nil

	batchBytes int64 // for tests; the constant when 0
}

// Load reads new lines of the spool, up to the last newline of each file. Each batch commits its rows, rejects and file positions
// in one transaction, so after a crash the next load resumes after the last committed batch. A file that cannot be read becomes a warning
// in the summary and does not stop the others.
func (s *Store) Load(ctx context.Context, options LoadOptions) (Summary, error) {
	started := s.options.Now()
	summary := Summary{Migrated: s.migrated, Warnings: append([]string{}, s.warnings...), Rejected: []spool.Damage{}, Undone: []string{}} // empty lists, not null, in JSON
	if err := s.loadFiles(ctx, options, &summary); err != nil {
		return summary, fmt.Errorf("loading %s: %w", options.SpoolDir, err)
	}
	if options.RetryRejects { // those that are rejected again keep their time
		started = time.Time{}
	}
	if err := s.addRejected(ctx, started, &summary); err != nil {
		return summary, err
	}
	if err := s.loadRuns(ctx); err != nil {
		return summary, err
	}
	if options.DataDir != "" {
		if err := s.loadVendorLists(ctx, options.DataDir, &summary); err != nil {
			return summary, err
		}
		if err := s.loadBalances(ctx, options.DataDir, &summary); err != nil {
			return summary, err
		}
	}
	var err error
	if slices.ContainsFunc(s.options.Settings.Sources, func(source Source) bool { return len(source.NothingValues) > 0 }) {
		err = s.conn.QueryRowContext(ctx, queries.SQL("load/unnamed_calls")).Scan(&summary.Unnamed)
	}
	if err == nil && s.options.Lake == nil {
		err = s.conn.QueryRowContext(ctx, "select coalesce(lines_to_reread, false) from settings").Scan(&summary.ToReread)
	}
	counts, countErr := countRows(ctx, s.conn)
	summary.Calls, summary.Stored = counts.Calls, counts
	return summary, errors.Join(err, countErr)
}

func (s *Store) loadFiles(ctx context.Context, options LoadOptions, summary *Summary) error {
	files, err := spool.List(options.SpoolDir)
	if err != nil {
		return err
	}
	if options.RetryRejects {
		if err := s.retryRejects(ctx, files, options, summary); err != nil {
			return err
		}
	}
	for previous := len(files); ; {
		deferred, err := s.loadPending(ctx, files, previous > 0, options, summary)
		if err != nil || deferred == 0 {
			return err
		}
		if deferred == previous {
			deferred = 0 // the files that they are copies of cannot be loaded
		}
		previous = deferred
	}
}

// loadPending loads the new lines of files. If deferCopies is set, it defers new files that share their first lines with another new
// file, and returns their number.
func (s *Store) loadPending(ctx context.Context, files []spool.File, deferCopies bool, options LoadOptions, summary *Summary) (deferred int, err error) {
	known, err := positions(ctx, s.conn)
	if err != nil {
		return 0, err
	}
	problems := problems{}
	pending, deferred, err := s.pending(ctx, options.SpoolDir, files, deferCopies, known, problems, summary)
	if err != nil {
		return 0, err
	}
	reader := s.newLineReader(pending, options)
	reader.problems = problems
	defer reader.close()
	limit := evenBatchSize(reader.total, cmp.Or(options.batchBytes, batchBytes))
	for !reader.done() {
		before := reader.checkpoint()
		sent, err := s.loadBatch(ctx, reader, limit, noLineLimit, summary)
		if isRefusal(err) {
			reader.rewind(before)
			err = s.loadRefused(ctx, reader, sent, err, summary)
		}
		if err != nil {
			return 0, err
		}
	}
	summary.Files += reader.filesRead()
	for _, at := range reader.pending {
		rest := at.file.Size - at.bytes
		if rest <= 0 || at.file.Compressed() || wasJustWritten(at.file, s.options.Now()) || problems[at.file.Name] != "" {
			continue
		}
		if at.bytes < at.file.Durable {
			problems[at.file.Name] = fmt.Sprintf("%s ends within a line; its last %s not loaded until a newline follows", at.file.Name, display.Agree(rest, "byte is", "bytes are"))
		} else {
			problems[at.file.Name] = Unsynced(at.file)
		}
	}
	if deferred == 0 {
		summary.Warnings = append(summary.Warnings, problems.list()...)
		summary.Incomplete = len(problems) > 0
	}
	return deferred, s.recordProblems(ctx, known, problems)
}

// evenBatchSize returns a size near limit that divides total evenly, so that the last batch is not a small one.
func evenBatchSize(total, limit int64) int64 {
	if n := (total + limit/2) / limit; n > 0 {
		return total/n + 1
	}
	return limit
}

// loadRuns loads the ledger of runs into report_runs: that of this machine, or with a lake the one that all machines share.
func (s *Store) loadRuns(ctx context.Context) error {
	stage, arguments := "load/ledger_of_file", []any{sql.Named("ledger", s.options.RunLedger)}
	if s.options.Lake != nil {
		stage, arguments = "load/ledger_of_lake", nil
	}
	exists, err := s.hasLedger(ctx)
	if err != nil || !exists {
		return err
	}
	changed, err := stageLedger(ctx, s.conn, stage, arguments)
	if err == nil && changed {
		err = s.inTransaction(ctx, func(tx *sql.Tx) error {
			// Another machine may have loaded newer rows since.
			if _, err := stageLedger(ctx, tx, stage, arguments); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, queries.SQL("load/report_runs"))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("reading the run ledger %s: %w", s.options.RunLedger, err)
	}
	return nil
}

// stageLedger reads the ledger, and reports whether it differs from report_runs.
func stageLedger(ctx context.Context, db session, stage string, arguments []any) (changed bool, err error) {
	if _, err := db.ExecContext(ctx, queries.SQL(stage), arguments...); err != nil {
		return false, err
	}
	if _, err := db.ExecContext(ctx, queries.SQL("load/ledger_runs")); err != nil {
		return false, err
	}
	err = db.QueryRowContext(ctx, queries.SQL("load/changed_runs")).Scan(&changed)
	return changed, err
}

func (s *Store) hasLedger(ctx context.Context) (exists bool, err error) {
	if s.options.Lake == nil {
		_, err = os.Stat(s.options.RunLedger)
		return !errors.Is(err, os.ErrNotExist), nil
	}
	err = s.conn.QueryRowContext(ctx, fmt.Sprintf("from postgres_query(%s, 'select to_regclass(''callsheet_runs'') is not null')", quote(catalogName))).Scan(&exists)
	if err != nil {
		return false, fmt.Errorf("looking for the run ledger: %w", s.options.Lake.explain(err))
	}
	return exists, nil
}
