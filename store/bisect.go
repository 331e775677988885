package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/duckdb/duckdb-go/v2"
)

// refusals are the DuckDB errors that a value in a line can cause, unlike, for example, a full disk.
var refusals = []duckdb.ErrorType{
	duckdb.ErrorTypeOutOfRange, duckdb.ErrorTypeConversion, duckdb.ErrorTypeDecimal, duckdb.ErrorTypeMismatchType,
	duckdb.ErrorTypeDivideByZero, duckdb.ErrorTypeObjectSize, duckdb.ErrorTypeInvalidType, duckdb.ErrorTypeConstraint,
	duckdb.ErrorTypeInvalidInput,
}

func isRefusal(err error) bool {
	var refusal *duckdb.Error
	return errors.As(err, &refusal) && slices.Contains(refusals, refusal.Type)
}

// loadRefused loads a batch that DuckDB refused because of a value in it. It bisects the batch to find the refused lines, and rejects
// those with DuckDB's message.
func (s *Store) loadRefused(ctx context.Context, reader *lineReader, lines int64, refusal error, summary *Summary) error {
	if lines <= 1 {
		at := reader.checkpoint()
		reader.refusal = refusal.Error()
		_, err := s.loadBatch(ctx, reader, noByteLimit, 1, summary)
		reader.refusal = ""
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", at.name(), at.line()+1, err)
		}
		return nil
	}
	for _, part := range []int64{lines / 2, lines - lines/2} {
		before := reader.checkpoint()
		_, err := s.loadBatch(ctx, reader, noByteLimit, part, summary)
		if isRefusal(err) {
			reader.rewind(before)
			err = s.loadRefused(ctx, reader, part, err, summary)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// The limits of an unlimited batch.
const (
	noByteLimit = math.MaxInt64 / 2 // it is added to a position
	noLineLimit = math.MaxInt64
)

// checkpoint is a state of a lineReader to rewind to.
type checkpoint struct {
	next    int
	pending []position // from next on
	read    int64
	lines   int64
}

func (r *lineReader) checkpoint() checkpoint {
	return checkpoint{r.next, slices.Clone(r.pending[r.next:]), r.read, r.lines}
}

// rewind returns to a checkpoint.
func (r *lineReader) rewind(to checkpoint) {
	r.close()
	r.open = nil
	r.next, r.read, r.lines = to.next, to.read, to.lines
	copy(r.pending[r.next:], to.pending)
}

func (c checkpoint) name() string { return c.pending[0].file.Name }
func (c checkpoint) line() int64  { return c.pending[0].lines }
