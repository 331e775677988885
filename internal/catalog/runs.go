package catalog

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// The ledger of runs is a table beside those of DuckLake: a row of the ledger in each row, as JSON, the oldest first. Loads read it into the table
// report_runs of the lake (queries/load/ledger_of_lake.sql). It is not a table of the lake, since each row must be durable before the step that it
// announces, and be written by the session that holds the report's lock: a machine that has lost the lock cannot write a row and send.
const createRuns = "create table if not exists callsheet_runs (id bigint generated always as identity primary key, run json not null)"

const undefinedTable = "42P01" // a code of PostgreSQL's errors

// Run is a row of the ledger.
type Run struct {
	ID   int64
	Text []byte
}

// AppendRun adds a row to the ledger, which is made if there is none. It is durable when AppendRun returns.
func (d *Database) AppendRun(ctx context.Context, text []byte) error {
	return d.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		const insert = "insert into callsheet_runs (run) values ($1)"
		_, err := conn.Exec(ctx, insert, text)
		if !hasCode(err, undefinedTable) {
			return err
		}
		err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			// Of two sessions that make a table at one moment, PostgreSQL fails one, even with "if not exists".
			if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock("+lockKey+")", "the table callsheet_runs"); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, createRuns)
			return err
		})
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, insert, text)
		return err
	})
}

// Runs returns all rows of the ledger.
func (d *Database) Runs(ctx context.Context) (runs []Run, err error) {
	err = d.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, "select id, run from callsheet_runs order by id")
		if err == nil {
			runs, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Run])
		}
		if hasCode(err, undefinedTable) {
			return nil
		}
		return err
	})
	return runs, err
}

// RewriteRuns changes rows of the ledger and removes others, all or nothing.
func (d *Database) RewriteRuns(ctx context.Context, changed []Run, removed []int64) error {
	return d.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			var batch pgx.Batch
			for _, run := range changed {
				batch.Queue("update callsheet_runs set run = $2 where id = $1", run.ID, run.Text)
			}
			batch.Queue("delete from callsheet_runs where id = any($1)", removed)
			return tx.SendBatch(ctx, &batch).Close()
		})
	})
}
