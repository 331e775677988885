package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/duckdb/duckdb-go/v2"
)

// linesPerChunk is the capacity of a DuckDB data chunk.
var linesPerChunk = duckdb.GetDataChunkCapacity()

// batchKey is the context key of the batch that a statement's spool_lines() reads.
type batchKey struct{}

// spoolLines is the table function spool_lines(). It returns a row for each line of the batch in the statement's context, with its
// hashes and packed values. DuckDB's threads call it concurrently, so parsing runs on all cores.
type spoolLines struct {
	batch   *batch
	columns []duckdb.ColumnInfo
}

// registerSpoolLines defines spool_lines() on a connection, and the variable line_fields, the names of the packed values.
func registerSpoolLines(ctx context.Context, conn *sql.Conn) error {
	hash, err := duckdb.NewTypeInfo(duckdb.TYPE_UBIGINT)
	if err != nil {
		return err
	}
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	columns := []duckdb.ColumnInfo{{Name: "call_key", T: hash}, {Name: "content_hash", T: hash}, {Name: "packed", T: text}}
	err = duckdb.RegisterTableUDF(conn, "spool_lines", duckdb.ParallelChunkTableFunction{
		BindArgumentsContext: func(ctx context.Context, _ map[string]any, _ ...any) (duckdb.ParallelChunkTableSource, error) {
			batch, ok := ctx.Value(batchKey{}).(*batch)
			if !ok {
				return nil, errors.New("spool_lines() is for a load only")
			}
			return &spoolLines{batch, columns}, nil
		},
	})
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "set variable line_fields = ?::varchar[]", fieldNames())
	return err
}

func (s *spoolLines) ColumnInfos() []duckdb.ColumnInfo     { return s.columns }
func (s *spoolLines) Cardinality() *duckdb.CardinalityInfo { return nil }
func (s *spoolLines) Init() duckdb.ParallelTableSourceInfo {
	return duckdb.ParallelTableSourceInfo{MaxThreads: 64}
}

// packBuffer is reused for all lines of a thread.
type packBuffer struct {
	text []byte
	more []line // parsed: the other deliveries of wrappers, for the next chunks
}

func (s *spoolLines) NewLocalState() any { return &packBuffer{} }

// FillChunk parses the next lines into a chunk; an empty chunk is the end.
func (s *spoolLines) FillChunk(local any, chunk duckdb.DataChunk) error {
	buffer := local.(*packBuffer)
	lines := buffer.more
	parsed := len(lines) > 0
	if parsed {
		lines = lines[:min(len(lines), linesPerChunk)]
		buffer.more = buffer.more[len(lines):]
	} else {
		lines = <-s.batch.chunks
	}
	for i := range lines {
		l := &lines[i]
		if !parsed {
			l.parse(s.batch.sources)
			buffer.more = append(buffer.more, l.more...)
		}
		buffer.text = l.pack(buffer.text[:0])
		err := errors.Join(
			duckdb.SetChunkValue(chunk, 0, i, l.callKey),
			duckdb.SetChunkValue(chunk, 1, i, l.contentHash),
			duckdb.SetChunkValue(chunk, 2, i, buffer.text))
		if err != nil {
			return err
		}
	}
	return chunk.SetSize(len(lines))
}
