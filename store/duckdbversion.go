package store

import "github.com/duckdb/duckdb-go/v2/mapping"

// DuckDBVersion returns the version of the DuckDB that is linked in, such as v1.5.5.
func DuckDBVersion() string { return mapping.LibraryVersion() }
