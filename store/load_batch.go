package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"callsheet/queries"
)

// loadBatch loads up to limit bytes and lines in one transaction. It returns the number of lines sent to DuckDB, also with an error.
func (s *Store) loadBatch(ctx context.Context, reader *lineReader, limit, lines int64, summary *Summary) (sent int64, err error) {
	started := s.options.Now()
	batch, err := s.stageLines(ctx, reader, limit, lines, started)
	if err == nil && len(batch.positions) > 0 { // none has moved if files still cannot be read, or still end within a line
		err = s.withLoadLock(ctx, func() error { return s.storeBatch(ctx, batch, started, summary) })
	}
	return batch.sent, err
}

// storeBatch stores the staged lines of a batch in one transaction.
func (s *Store) storeBatch(ctx context.Context, batch *batch, started time.Time, summary *Summary) error {
	if err := s.compareStaged(ctx, batch); err != nil {
		return err
	}
	var part Summary
	err := s.inTransaction(ctx, func(tx *sql.Tx) error {
		if batch.isRetry() {
			if err := runStep(ctx, tx, "load/retried_rejects"); err != nil {
				return err
			}
		}
		for _, at := range batch.positions {
			// What was rejected of a file that has changed is read again, as the file is now.
			if at.onlyRejected != nil || at.reread && at.fromBytes == 0 {
				if _, err := tx.ExecContext(ctx, "delete from rejects where file = ? and loader is not distinct from getvariable('loader')", at.file.Name); err != nil {
					return err
				}
			}
		}
		otherEvents, rejects, err := insertStaged(ctx, tx)
		if err != nil {
			return err
		}
		if part, err = s.recordLoad(ctx, tx, started, batch, otherEvents, rejects); err != nil {
			return err
		}
		return recordPositions(ctx, tx, batch.positions, started)
	})
	if err == nil {
		summary.add(part)
	}
	return err
}

// compareStaged compares the staged lines with what is stored, in temporary tables. It runs outside the transaction of the load, since DuckDB reads
// uncommitted rows with one thread only; the database has no other writer meanwhile.
func (s *Store) compareStaged(ctx context.Context, batch *batch) error {
	if s.validate != nil {
		if err := s.validate(ctx); err != nil {
			return err
		}
	}
	var reread []string // files
	for _, at := range batch.positions {
		if at.reread {
			reread = append(reread, at.file.Name)
		}
	}
	if len(reread) > 0 {
		if _, err := s.conn.ExecContext(ctx, queries.SQL("load/drop_loaded_deliveries"), sql.Named("files", reread)); err != nil {
			return fmt.Errorf("drop_loaded_deliveries: %w", err)
		}
	}
	stored := "stored_versions"
	if s.options.Lake != nil {
		stored = "stored_versions_in_lake"
	}
	for _, step := range []string{"staged_versions", stored, "duplicates", "deliveries"} {
		if _, err := s.conn.ExecContext(ctx, queries.SQL("load/"+step)); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return nil
}

// stageLines loads the next batch into the temporary table `staged`.
func (s *Store) stageLines(ctx context.Context, reader *lineReader, limit, lines int64, started time.Time) (*batch, error) {
	batchCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	// A variable, since a statement with parameters is planned twice, which takes longer than reading a few lines.
	if _, err := s.conn.ExecContext(ctx, "set variable loaded_at = ?::timestamptz", started); err != nil {
		return &batch{}, err
	}
	batch := reader.sendBatch(batchCtx, limit, lines)
	_, err := s.conn.ExecContext(context.WithValue(ctx, batchKey{}, batch), queries.SQL("load/stage"))
	if err != nil {
		cancel()
		batch.wait() // its goroutine uses the reader
		return batch, err
	}
	return batch, batch.wait()
}

// insertStaged moves the staged lines into their tables and returns how many other events and rejects it inserted.
func insertStaged(ctx context.Context, tx *sql.Tx) (otherEvents, rejects int64, err error) {
	insert := func(step string) (int64, error) {
		result, err := tx.ExecContext(ctx, queries.SQL("load/"+step))
		if err != nil {
			return 0, fmt.Errorf("%s: %w", step, err)
		}
		return result.RowsAffected()
	}
	if rejects, err = insert("rejects"); err != nil {
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
	return otherEvents, rejects, computeCalls(ctx, tx)
}

// recordLoad writes the row of `loads` and returns it as a summary.
func (s *Store) recordLoad(ctx context.Context, tx *sql.Tx, started time.Time, batch *batch, otherEvents, rejects int64) (Summary, error) {
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
	for _, position := range batch.positions {
		if position.bytes > position.fromBytes {
			part.Files++
		}
		part.Bytes += position.bytes - position.fromBytes
		part.Blank += position.blank
	}
	part.Lines += part.Blank
	lines := part.Lines
	if batch.isRetry() { // the load that rejected them first has counted them
		lines, rejects = lines-rejects, 0
	}
	_, err = tx.ExecContext(ctx, queries.SQL("load/record_load"), sql.Named("started_at", started),
		sql.Named("finished_at", s.options.Now()), sql.Named("files", part.Files), sql.Named("bytes", part.Bytes),
		sql.Named("lines", lines), sql.Named("reports", part.Reports), sql.Named("live_events", part.LiveEvents),
		sql.Named("other_events", part.OtherEvents), sql.Named("rejects", rejects), sql.Named("blank", part.Blank),
		sql.Named("last_received_at", lastReceived))
	return part, err
}
