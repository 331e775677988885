package store

import (
	"errors"
	"slices"

	"github.com/duckdb/duckdb-go/v2"
)

// IsStatementError reports whether DuckDB refused a statement as it is written: a syntax error, an unknown table or column. It fails
// on every attempt, unlike a full disk or a lock.
func IsStatementError(err error) bool {
	refusal := new(duckdb.Error)
	return errors.As(err, &refusal) && slices.Contains([]duckdb.ErrorType{
		duckdb.ErrorTypeParser, duckdb.ErrorTypeSyntax, duckdb.ErrorTypeBinder, duckdb.ErrorTypeCatalog, duckdb.ErrorTypeNotImplemented,
	}, refusal.Type)
}
