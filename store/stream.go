package store

import (
	"context"
	"database/sql"
	"errors"
)

// maxChunkRows are the most that stream holds at once, half a row group of DuckDB's. A chunk after the first, of firstRows, has about
// streamBytes at most if its rows are like those before it.
const (
	firstRows    = 2048
	maxChunkRows = 61_440
	streamBytes  = 16 << 20
)

// stream puts the answer into a temporary table first, which DuckDB keeps within its memory limit, and reads that in chunks: the
// driver would hold the whole answer, in memory that nothing limits.
func (r *Reader) stream(ctx context.Context, conn *sql.Conn, statement string, args []any,
	header func(columns []string) error, row func(values []any) error) (err error) {
	if _, err := conn.ExecContext(ctx, "create temp table streamed as from "+parenthesize(statement), args...); IsStatementError(err) {
		return r.run(ctx, conn, statement, args, header, row) // what no table can be made of; or it fails again, in its own words
	} else if err != nil {
		return err
	}
	defer func() {
		_, dropped := conn.ExecContext(context.WithoutCancel(ctx), "drop table temp.streamed")
		err = errors.Join(err, dropped)
	}()
	first := true
	for from, rows := 0, firstRows; ; {
		read, size := 0, 0
		err := r.run(ctx, conn, "from temp.streamed where rowid >= ? and rowid < ?", []any{from, from + rows}, func(columns []string) error {
			if !first {
				return nil
			}
			first = false
			return header(columns)
		}, func(values []any) error {
			read++
			size += sizeOf(values)
			return row(values)
		})
		if err != nil || read < rows {
			return err
		}
		from += rows
		rows = min(max(rows*streamBytes/size, 1), maxChunkRows)
	}
}

// sizeOf is about what a row takes.
func sizeOf(values []any) int {
	size := 1
	for _, value := range values {
		switch v := value.(type) {
		case string:
			size += len(v)
		case []any:
			size += sizeOf(v)
		}
		size += 8
	}
	return size
}
