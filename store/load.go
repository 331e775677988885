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

// Summary is what a load did. Lines = Reports + LiveEvents + OtherEvents + Rejects + Blank.
type Summary struct {
	Files       int64          `json:"files"` // with new lines
	Bytes       int64          `json:"bytes"`
	Lines       int64          `json:"lines"`
	Reports     int64          `json:"reports"` // duplicates included
	LiveEvents  int64          `json:"live_events"`
	OtherEvents int64          `json:"other_events"`
	Rejects     int64          `json:"rejects"`
	Rejected    []spool.Damage `json:"rejected_lines"` // the first of them
	Blank       int64          `json:"blank"`
	Copies      int64          `json:"copies"`   // further lines, of deliveries that are loaded from another line
	Recovered   int64          `json:"mended"`   // lines that had been rejected and are not any more
	Calls       int64          `json:"calls"`    // in the store after the load
	Stored      Counts         `json:"-"`        // all that is in the store after the load
	Warnings    []string       `json:"troubles"` // files that could not be read, each with its reason
}

// NeedsAttention tells whether anything was rejected or could not be read.
func (s Summary) NeedsAttention() bool { return s.Rejects > 0 || len(s.Warnings) > 0 }

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
	reader := newReader(pending, options)
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

// loadBatch loads up to limit bytes and lines in one transaction. It returns how many lines it sent to DuckDB, also with an error.
func (s *Store) loadBatch(ctx context.Context, reader *reader, limit, lines int64, summary *Summary) (sent int64, err error) {
	started := s.options.Now()
	batch, err := s.stage(ctx, reader, limit, lines, started)
	if err != nil {
		return batch.sent, err
	}
	var part Summary
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		for _, at := range batch.positions {
			if at.retry != nil {
				if _, err := tx.ExecContext(ctx, "delete from rejects where file = ?", at.file.Name); err != nil {
					return err
				}
			}
		}
		otherEvents, rejects, err := insertStaged(ctx, tx, started)
		if err != nil {
			return err
		}
		if part, err = s.recordLoad(ctx, tx, started, batch.positions, otherEvents, rejects); err != nil {
			return err
		}
		return recordPositions(ctx, tx, batch.positions, started)
	})
	if err == nil {
		summary.add(part)
	}
	return batch.sent, err
}

// stage loads the next batch into temporary tables. It runs outside the transaction of the load, since DuckDB reads uncommitted
// rows with one thread only; the database has no other writer meanwhile.
func (s *Store) stage(ctx context.Context, reader *reader, limit, lines int64, started time.Time) (*batch, error) {
	batchCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	batch := reader.sendBatch(batchCtx, limit, lines)
	_, err := s.conn.ExecContext(context.WithValue(ctx, batchKey{}, batch), queries.SQL("load/stage"), sql.Named("loaded_at", started))
	if err != nil {
		cancel()
		batch.wait() // its goroutine uses the reader
		return batch, err
	}
	if err := batch.wait(); err != nil {
		return batch, err
	}
	var reread []string // files
	for _, at := range batch.positions {
		if at.reread {
			reread = append(reread, at.file.Name)
		}
	}
	if len(reread) > 0 {
		if _, err := s.conn.ExecContext(ctx, queries.SQL("load/drop_loaded_deliveries"), sql.Named("files", reread)); err != nil {
			return batch, fmt.Errorf("drop_loaded_deliveries: %w", err)
		}
	}
	for _, step := range []string{"staged_versions", "duplicates", "deliveries"} {
		if _, err := s.conn.ExecContext(ctx, queries.SQL("load/"+step)); err != nil {
			return batch, fmt.Errorf("%s: %w", step, err)
		}
	}
	return batch, nil
}

// insertStaged moves the staged lines into their tables and returns how many other events and rejects it inserted.
func insertStaged(ctx context.Context, tx *sql.Tx, loadedAt time.Time) (otherEvents, rejects int64, err error) {
	insert := func(step string, args ...any) (int64, error) {
		result, err := tx.ExecContext(ctx, queries.SQL("load/"+step), args...)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", step, err)
		}
		return result.RowsAffected()
	}
	if rejects, err = insert("rejects", sql.Named("loaded_at", loadedAt)); err != nil {
		return 0, 0, err
	}
	if otherEvents, err = insert("other_events"); err != nil {
		return 0, 0, err
	}
	for _, step := range []string{"call_versions", "live_events", "repeated_deliveries", "refresh_calls"} {
		if _, err := insert(step); err != nil {
			return 0, 0, err
		}
	}
	return otherEvents, rejects, nil
}

// recordLoad writes the row of `loads` and returns it as a summary.
func (s *Store) recordLoad(ctx context.Context, tx *sql.Tx, started time.Time, positions []position, otherEvents, rejects int64) (Summary, error) {
	part := Summary{OtherEvents: otherEvents, Rejects: rejects}
	var staged, reportCopies, liveCopies int64
	var lastReceived sql.NullTime
	err := tx.QueryRowContext(ctx, queries.SQL("load/totals")).Scan(
		&staged, &part.Reports, &part.LiveEvents, &reportCopies, &liveCopies, &lastReceived)
	if err != nil {
		return part, err
	}
	part.Reports -= reportCopies
	part.LiveEvents -= liveCopies
	part.Lines = part.Reports + part.LiveEvents + part.OtherEvents + part.Rejects
	part.Copies = staged - part.Lines
	for _, position := range positions {
		if position.bytes > position.fromBytes {
			part.Files++
		}
		part.Bytes += position.bytes - position.fromBytes
		part.Blank += position.blank
	}
	part.Lines += part.Blank
	_, err = tx.ExecContext(ctx, queries.SQL("load/record_load"), sql.Named("started_at", started),
		sql.Named("finished_at", s.options.Now()), sql.Named("files", part.Files), sql.Named("bytes", part.Bytes),
		sql.Named("lines", part.Lines), sql.Named("reports", part.Reports), sql.Named("live_events", part.LiveEvents),
		sql.Named("other_events", part.OtherEvents), sql.Named("rejects", part.Rejects), sql.Named("blank", part.Blank),
		sql.Named("last_received_at", lastReceived))
	return part, err
}

// shownRejects is how many rejected lines a summary names.
const shownRejects = 10

// addRejected names the first lines that this load rejected.
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

// add counts a batch in; its files may reach over into the next, so they are counted at the end.
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

// pending lists the spool files that may have something new, with the position each is to be read from, and puts down what is
// wrong with files. With wait, of new files that begin with the same lines only the first is listed; copies is how many others there
// are.
func (s *Store) pending(ctx context.Context, files []spool.File, wait bool, known map[string]position, problems problems, summary *Summary) (pending []position, copies int, err error) {
	problems.addMissing(known, files)
	if err := s.forgetCopies(ctx, known, problems); err != nil {
		return nil, 0, err
	}
	contents := newContents(known, files)
	begun := map[uint64]spool.File{} // new files by the hash of their first line
	for _, file := range files {
		if !isPlainName(file.Name) {
			problems[quotedName(file.Name)] = fmt.Sprintf("%s has a name with control characters or invalid UTF-8; nothing was read from it; rename it", quotedName(file.Name))
			continue
		}
		at, seen := known[file.Name]
		if !seen {
			copied, of, first, err := contents.begins(file)
			switch {
			case err != nil: // it comes again when the file is read
			case of != "":
				at = copied
				if contents.gone[of] {
					if err := s.rename(ctx, of, file.Name); err != nil {
						return nil, 0, err
					}
					delete(contents.gone, of)
					delete(problems, of)
				} else {
					summary.Copies += copied.lines
				}
			case first != nil && wait:
				if other, found := begun[*first]; found {
					if alike, err := beginAlike(other, file); err == nil && alike {
						copies++
						continue
					}
				}
				begun[*first] = file
			}
		}
		if seen && at.changed {
			problems[file.Name] = at.problem
		}
		if seen && at.isRead(file) {
			continue
		}
		at.file, at.diskBytes, at.modifiedAt = file, file.Durable, file.ModTime
		if seen {
			rejected, err := s.rejected(ctx, file.Name)
			if err != nil {
				return nil, 0, err
			}
			end, err := at.verify(rejected)
			switch change := new(changedError); {
			case errors.As(err, change):
				if at, err = at.restart(*change, problems); err != nil || !at.reread {
					continue
				}
			case err != nil:
				problems[file.Name] = fmt.Sprintf("%s: %v", file.Name, err)
				continue
			default:
				at.bytes = end
			}
		}
		pending = append(pending, at)
	}
	return pending, copies, nil
}
