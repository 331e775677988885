package store

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/duckdb/duckdb-go/v2"

	"callsheet/internal/spool"
)

// linesPerChunk is what DuckDB takes at once.
var linesPerChunk = duckdb.GetDataChunkCapacity()

// A line goes to DuckDB as one text, since each value that Go hands over by itself costs more than reading it out of the
// JSON did. fieldEnd ends a value in it and absent stands for one that is not there; stage.sql takes it apart. Where a value
// has one of these bytes itself, escape and another character stand for it, so that every value arrives as it was sent.
const (
	fieldEnd = 0x1f
	absent   = 0x1e
	escape   = 0x1d
)

// lineSource is the table function spool_lines(): chunks of lines on their way from the spool into DuckDB, a row each with its
// hashes and its packed values. DuckDB's threads take chunks at the same time, so the work on each line is spread over the cores.
type lineSource struct {
	batch   *batch
	columns []duckdb.ColumnInfo
}

// registerLines defines spool_lines() on a connection, once; current gives the batch that is being loaded.
func registerLines(conn *sql.Conn, current func() *batch) error {
	hash, err := duckdb.NewTypeInfo(duckdb.TYPE_UBIGINT)
	if err != nil {
		return err
	}
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	columns := []duckdb.ColumnInfo{{Name: "call_key", T: hash}, {Name: "content_hash", T: hash}, {Name: "packed", T: text}}
	return duckdb.RegisterTableUDF(conn, "spool_lines", duckdb.ParallelChunkTableFunction{
		BindArgumentsContext: func(context.Context, map[string]any, ...any) (duckdb.ParallelChunkTableSource, error) {
			return &lineSource{current(), columns}, nil
		},
	})
}

func (s *lineSource) ColumnInfos() []duckdb.ColumnInfo     { return s.columns }
func (s *lineSource) Cardinality() *duckdb.CardinalityInfo { return nil }
func (s *lineSource) Init() duckdb.ParallelTableSourceInfo {
	return duckdb.ParallelTableSourceInfo{MaxThreads: 64}
}

// packer is what a thread of DuckDB works with.
type packer struct{ text []byte }

func (s *lineSource) NewLocalState() any { return &packer{} }

// FillChunk hands over the next lines; an empty chunk is the end.
func (s *lineSource) FillChunk(local any, chunk duckdb.DataChunk) error {
	p := local.(*packer)
	lines := <-s.batch.chunks
	for i := range lines {
		l := &lines[i]
		l.prepare(s.batch.defaultSource)
		if err := duckdb.SetChunkValue(chunk, 0, i, l.callKey); err != nil {
			return err
		}
		if err := duckdb.SetChunkValue(chunk, 1, i, l.contentHash); err != nil {
			return err
		}
		p.text = l.pack(p.text[:0])
		if err := duckdb.SetChunkValue(chunk, 2, i, p.text); err != nil {
			return err
		}
	}
	return chunk.SetSize(len(lines))
}

// pack appends the line's values, in the order in which stage.sql takes them.
func (l *line) pack(to []byte) []byte {
	if l.again || l.reason != "" || l.kind == spool.KindOther || !looksLikeTime(l.receivedAt) { // the position of other lines is not kept
		to = packValue(to, []byte(l.file))
		to = append(strconv.AppendInt(to, l.number, 10), fieldEnd)
		to = append(strconv.AppendInt(to, l.offset, 10), fieldEnd)
	} else {
		to = append(to, absent, fieldEnd, absent, fieldEnd, absent, fieldEnd)
	}
	if l.reason != "" {
		to = packValue(to, []byte(l.reason))
		to = packValue(to, l.text)
	} else {
		to = append(to, absent, fieldEnd, absent, fieldEnd)
	}
	to = packValue(to, []byte(l.kind))
	for _, value := range [...][]byte{l.source, l.receivedAt, l.id, l.extra, l.payload} {
		to = packValue(to, value)
	}
	for _, value := range l.values { // none of a line that is no report and no event
		if l.escapes {
			to = packValue(to, value)
		} else if value == nil {
			to = append(to, absent, fieldEnd)
		} else {
			to = append(append(to, value...), fieldEnd)
		}
	}
	return to
}

// packValue appends a value and its end; nil is none.
func packValue(to, value []byte) []byte {
	if value == nil {
		return append(to, absent, fieldEnd)
	}
	return append(appendMarked(to, value), fieldEnd)
}

// appendMarked appends a value in which ], ^ or _ behind escape stands for escape, absent or fieldEnd.
func appendMarked(to, value []byte) []byte {
	for _, c := range value {
		if escape <= c && c <= fieldEnd {
			to = append(to, escape, c+0x40)
		} else {
			to = append(to, c)
		}
	}
	return to
}

// looksLikeTime reports whether a text begins with a date and the hour of this century, as what the collector writes does.
func looksLikeTime(text []byte) bool {
	return len(text) >= len("2006-01-02T15:04:05Z") && string(text[:2]) == "20" && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':'
}
