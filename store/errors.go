package store

import (
	"errors"
	"slices"

	"github.com/duckdb/duckdb-go/v2"

	"callsheet/queries"
)

// IsStatementError reports whether the statement itself is wrong, such as a syntax error or an unknown table or column. A retry
// cannot succeed, unlike after a full disk or a lock.
func IsStatementError(err error) bool {
	if errors.As(err, new(*queries.Error)) {
		return true
	}
	refused := new(duckdb.Error)
	return errors.As(err, &refused) && slices.Contains([]duckdb.ErrorType{
		duckdb.ErrorTypeParser, duckdb.ErrorTypeSyntax, duckdb.ErrorTypeBinder, duckdb.ErrorTypeCatalog, duckdb.ErrorTypeNotImplemented,
	}, refused.Type)
}
