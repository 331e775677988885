package store

import (
	"errors"
	"slices"

	"github.com/duckdb/duckdb-go/v2"
)

// IsStatementError reports whether the statement itself is wrong, such as a syntax error or an unknown table or column. A retry
// cannot succeed, unlike after a full disk or a lock.
func IsStatementError(err error) bool {
	refusal := new(duckdb.Error)
	return errors.As(err, &refusal) && slices.Contains([]duckdb.ErrorType{
		duckdb.ErrorTypeParser, duckdb.ErrorTypeSyntax, duckdb.ErrorTypeBinder, duckdb.ErrorTypeCatalog, duckdb.ErrorTypeNotImplemented,
	}, refusal.Type)
}
