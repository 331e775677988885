package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/duckdb/duckdb-go/v2"
)

// refusals are the errors of DuckDB that a value in a line can cause. Others, such as a full disk, have nothing to do with the lines.
var refusals = []duckdb.ErrorType{
	duckdb.ErrorTypeOutOfRange, duckdb.ErrorTypeConversion, duckdb.ErrorTypeDecimal, duckdb.ErrorTypeMismatchType,
	duckdb.ErrorTypeDivideByZero, duckdb.ErrorTypeObjectSize, duckdb.ErrorTypeInvalidType, duckdb.ErrorTypeConstraint,
	duckdb.ErrorTypeInvalidInput,
}

func isRefusal(err error) bool {
	var refusal *duckdb.Error
	return errors.As(err, &refusal) && slices.Contains(refusals, refusal.Type)
}

// loadRefused loads lines that DuckDB refused as a batch because of a value in them. It halves the batch until only the lines that
// DuckDB refuses are left, and rejects those with its message.
func (s *Store) loadRefused(ctx context.Context, reader *lineReader, lines int64, refusal error, summary *Summary) error {
	if lines <= 1 {
		at := reader.mark()
		reader.refusal = refusal.Error()
		_, err := s.loadBatch(ctx, reader, noByteLimit, 1, summary)
		reader.refusal = ""
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", at.name(), at.line()+1, err)
		}
		return nil
	}
	for _, part := range []int64{lines / 2, lines - lines/2} {
		mark := reader.mark()
		_, err := s.loadBatch(ctx, reader, noByteLimit, part, summary)
		if isRefusal(err) {
			reader.rewind(mark)
			err = s.loadRefused(ctx, reader, part, err, summary)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A batch without a limit in bytes or in lines.
const (
	noByteLimit = math.MaxInt64 / 2 // it is added to a position
	noLineLimit = math.MaxInt64
)

// mark is the state of a lineReader to return to.
type mark struct {
	next    int
	pending []position // from next on
	read    int64
	lines   int64
}

func (r *lineReader) mark() mark {
	return mark{r.next, slices.Clone(r.pending[r.next:]), r.read, r.lines}
}

// rewind returns to a mark.
func (r *lineReader) rewind(to mark) {
	r.close()
	r.open = nil
	r.next, r.read, r.lines = to.next, to.read, to.lines
	copy(r.pending[r.next:], to.pending)
}

func (m mark) name() string { return m.pending[0].file.Name }
func (m mark) line() int64  { return m.pending[0].lines }
