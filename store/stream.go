package store

import (
	"context"
	"database/sql"
	"errors"
)

// stream reads chunks of up to maxChunkRows, half a DuckDB row group. The first has firstRows; each later one is sized by the rows
// of the previous chunk to have about streamBytes.
const (
	firstRows    = 2048
	maxChunkRows = 61_440
	streamBytes  = 16 << 20
)

// stream writes the result to a temporary table, which DuckDB keeps within its memory limit, and reads that in chunks. The driver
// would hold the whole result in memory without a limit.
func (r *Reader) stream(ctx context.Context, conn *sql.Conn, statement string, args []any,
	header func(columns []string) error, row func(values []any) error) (err error) {
	if _, err := conn.ExecContext(ctx, "create temp table streamed as from "+parenthesize(statement), args...); IsStatementError(err) {
		return r.run(ctx, conn, statement, args, header, row) // not usable as a table; or it fails again, with a clearer error
	} else if err != nil {
		return explainRead(err)
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

// sizeOf estimates the bytes of a row.
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
