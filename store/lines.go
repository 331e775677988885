package store

import (
	"context"
	"database/sql"

	"github.com/duckdb/duckdb-go/v2"
)

// linesPerChunk is what DuckDB takes at once.
var linesPerChunk = duckdb.GetDataChunkCapacity()

// lineSource is the table function spool_lines(): chunks of lines on their way from the spool into DuckDB.
// DuckDB's threads take chunks at the same time, so the work on each line is spread over the cores.
type lineSource struct {
	chunks  <-chan []line
	columns []duckdb.ColumnInfo
}

// registerLines defines spool_lines() on a connection, once; chunks gives the lines of the slice that is being loaded.
func registerLines(conn *sql.Conn, chunks func() <-chan []line) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	number, err := duckdb.NewTypeInfo(duckdb.TYPE_BIGINT)
	if err != nil {
		return err
	}
	columns := []duckdb.ColumnInfo{
		{Name: "file", T: text}, {Name: "line", T: number}, {Name: "byte_offset", T: number},
		{Name: "text", T: text}, {Name: "raw", T: text}, {Name: "fault", T: text}, {Name: "bare_kind", T: text},
	}
	return duckdb.RegisterTableUDF(conn, "spool_lines", duckdb.ParallelChunkTableFunction{
		BindArgumentsContext: func(context.Context, map[string]any, ...any) (duckdb.ParallelChunkTableSource, error) {
			return &lineSource{chunks(), columns}, nil
		},
	})
}

func (s *lineSource) ColumnInfos() []duckdb.ColumnInfo     { return s.columns }
func (s *lineSource) Cardinality() *duckdb.CardinalityInfo { return nil }
func (s *lineSource) Init() duckdb.ParallelTableSourceInfo {
	return duckdb.ParallelTableSourceInfo{MaxThreads: 64}
}
func (s *lineSource) NewLocalState() any { return nil }

// FillChunk hands over the next lines; an empty chunk is the end.
func (s *lineSource) FillChunk(_ any, chunk duckdb.DataChunk) error {
	lines := <-s.chunks
	for i := range lines {
		l := &lines[i]
		l.prepare(l.text)
		if err := l.fill(chunk, i); err != nil {
			return err
		}
	}
	return chunk.SetSize(len(lines))
}

func (l *line) fill(chunk duckdb.DataChunk, row int) error {
	if err := duckdb.SetChunkValue(chunk, 0, row, l.file); err != nil {
		return err
	}
	if err := duckdb.SetChunkValue(chunk, 1, row, l.number); err != nil {
		return err
	}
	if err := duckdb.SetChunkValue(chunk, 2, row, l.offset); err != nil {
		return err
	}
	if err := duckdb.SetChunkValue(chunk, 3, row, l.text); err != nil {
		return err
	}
	if err := setOrNull(chunk, 4, row, string(l.raw), l.raw == nil); err != nil {
		return err
	}
	if err := setOrNull(chunk, 5, row, l.fault, l.fault == ""); err != nil {
		return err
	}
	return setOrNull(chunk, 6, row, l.bareKind, l.bareKind == "")
}

func setOrNull(chunk duckdb.DataChunk, column, row int, text string, null bool) error {
	if null {
		return chunk.SetValue(column, row, nil)
	}
	return duckdb.SetChunkValue(chunk, column, row, text)
}
