package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// batchBytes bounds what is loaded in one transaction, and with it the memory of a load. DuckDB compresses rows in groups of
// 122,880, with each of its threads a group of its own; what fills no group is compressed by one thread at the commit or merged with another at the checkpoint. So
// a batch has a few groups for each of a few threads.
const batchBytes = 320 << 20

// unfinishedAfter is how long a line without its newline may take that is still being written.
const unfinishedAfter = time.Minute

// Progress is told how far a load is: bytes on disk, and the lines that were in them.
type Progress func(done, total, lines int64)

// LoadOptions say what to load.
type LoadOptions struct {
	SpoolDir      string
	DefaultSource string   // of lines that carry no source
	RunLedger     string   // the scheduler's ledger; may be missing
	RetryRejects  bool     // read rejected lines again first
	Progress      Progress // may be nil

	batchBytes int64 // other than batchBytes in tests
}

// Load reads what is new in the spool, up to the last newline of each file. Rows, rejects and the offset they were
// read up to are committed together, a batch at a time: killed anywhere, the next load goes on where this one was.
// A file that cannot be read is a trouble in the summary and does not stop the others.
func (s *Store) Load(ctx context.Context, options LoadOptions) (Summary, error) {
	started := s.options.Now()
	summary := Summary{Warnings: append([]string{}, s.warnings...), Rejected: []spool.Damage{}} // lists in JSON, also when they are empty
	if err := s.loadFiles(ctx, options, &summary); err != nil {
		return summary, explainFull(fmt.Errorf("loading %s: %w", options.SpoolDir, err))
	}
	if err := s.addRejected(ctx, started, &summary); err != nil {
		return summary, err
	}
	if err := s.loadRuns(ctx, options.RunLedger); err != nil {
		return summary, err
	}
	counts, err := countRows(ctx, s.conn)
	summary.Calls, summary.Stored = counts.Calls, counts
	return summary, err
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
	for waiting := len(files); ; {
		copies, err := s.loadPending(ctx, files, waiting > 0, options, summary)
		if err != nil || copies == 0 {
			return err
		}
		if copies == waiting {
			copies = 0 // what they wait for cannot be loaded
		}
		waiting = copies
	}
}

// loadPending loads what is new in files. With wait, new files that begin with the same lines as another new one are left until that
// is loaded; copies is how many.
func (s *Store) loadPending(ctx context.Context, files []spool.File, wait bool, options LoadOptions, summary *Summary) (copies int, err error) {
	known, err := positions(ctx, s.conn)
	if err != nil {
		return 0, err
	}
	problems := problems{}
	pending, copies, err := s.pending(ctx, files, wait, known, problems, summary)
	if err != nil {
		return 0, err
	}
	reader := newLineReader(pending, options)
	reader.problems = problems
	defer reader.close()
	limit := evenBatchSize(reader.total, cmp.Or(options.batchBytes, batchBytes))
	for !reader.done() {
		mark := reader.mark()
		sent, err := s.loadBatch(ctx, reader, limit, noLineLimit, summary)
		if isRefusal(err) {
			reader.rewind(mark)
			err = s.loadRefused(ctx, reader, sent, err, summary)
		}
		if err != nil {
			return 0, err
		}
	}
	summary.Files += reader.filesRead()
	for _, at := range reader.pending {
		rest := at.file.Size - at.bytes
		if rest <= 0 || at.file.Compressed() || s.options.Now().Sub(at.file.ModTime) <= unfinishedAfter || problems[at.file.Name] != "" {
			continue
		}
		if at.bytes < at.file.Durable {
			problems[at.file.Name] = fmt.Sprintf("%s ends within a line; its last %d bytes are not loaded until a newline follows", at.file.Name, rest)
		} else {
			problems[at.file.Name] = fmt.Sprintf("%s has %d bytes that the collector has not synced; they are loaded once it runs again", at.file.Name, rest)
		}
	}
	if copies == 0 {
		summary.Warnings = append(summary.Warnings, problems.list()...)
	}
	return copies, s.recordProblems(ctx, known, problems)
}

// evenBatchSize is a size near to limit of which total has a whole number, so that the last batch is not a small one.
func evenBatchSize(total, limit int64) int64 {
	if n := (total + limit/2) / limit; n > 0 {
		return total/n + 1
	}
	return limit
}

// loadRuns adds to report_runs what is new in the scheduler's ledger.
func (s *Store) loadRuns(ctx context.Context, ledger string) error {
	if _, err := os.Stat(ledger); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	err := s.inTransaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, queries.SQL("load/report_runs"), sql.Named("ledger", ledger))
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the run ledger %s: %w", ledger, err)
	}
	return nil
}
