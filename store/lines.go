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
	types := map[duckdb.Type]duckdb.TypeInfo{}
	for _, t := range []duckdb.Type{duckdb.TYPE_VARCHAR, duckdb.TYPE_BIGINT, duckdb.TYPE_UBIGINT} {
		info, err := duckdb.NewTypeInfo(t)
		if err != nil {
			return err
		}
		types[t] = info
	}
	text := types[duckdb.TYPE_VARCHAR]
	columns := []duckdb.ColumnInfo{
		{Name: "file", T: text}, {Name: "line", T: types[duckdb.TYPE_BIGINT]}, {Name: "byte_offset", T: types[duckdb.TYPE_BIGINT]},
		{Name: "content_hash", T: types[duckdb.TYPE_UBIGINT]}, {Name: "reason", T: text}, {Name: "text", T: text},
		{Name: "kind", T: text}, {Name: "source", T: text}, {Name: "received_at", T: text}, {Name: "extra", T: text},
		{Name: "payload", T: text},
	}
	for _, field := range fields {
		columns = append(columns, duckdb.ColumnInfo{Name: field.column, T: text})
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
		l.prepare()
		if err := l.fill(chunk, i); err != nil {
			return err
		}
	}
	return chunk.SetSize(len(lines))
}

// fill writes the line into a row, in the order of the columns.
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
	if err := duckdb.SetChunkValue(chunk, 3, row, l.contentHash); err != nil {
		return err
	}
	var reason, text []byte
	if l.reason != "" {
		reason, text = []byte(l.reason), l.text
	}
	column := 4
	for _, value := range [...][]byte{reason, text, []byte(l.kind), l.source, l.receivedAt, l.extra, l.payload} {
		if err := setText(chunk, column, row, value); err != nil {
			return err
		}
		column++
	}
	for i := range fields {
		var value []byte
		if l.values != nil {
			value = l.values[i]
		}
		if err := setText(chunk, column+i, row, value); err != nil {
			return err
		}
	}
	return nil
}

// setText writes a text; nil is NULL.
func setText(chunk duckdb.DataChunk, column, row int, text []byte) error {
	if text == nil {
		return chunk.SetValue(column, row, nil)
	}
	return duckdb.SetChunkValue(chunk, column, row, text)
}
