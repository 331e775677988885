package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// explain adds a hint to an error of attaching a lake.
func (l Lake) explain(err error) error {
	text := err.Error()
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
	}
	switch {
	case has("extension") && has("Failed to download", "not found", "no such file", "signature", "was built"): // stack traces name extensions, too
		return fmt.Errorf("the lake needs DuckDB's extensions %s: %w\nhint: without internet, put their files NAME.duckdb_extension of DuckDB %s into %s; store.lake.extension_directory sets another folder",
			strings.Join(l.extensions(), ", "), err, DuckDBVersion(), l.extensionFolder())
	case has("Unable to connect to Postgres"):
		return fmt.Errorf("the lake's catalog %s cannot be reached: %w\nhint: check store.lake.catalog, and that PostgreSQL runs and lets this user in; the password is in store.lake.password_file, PGPASSWORD or ~/.pgpass",
			l.Catalog.Redacted(), err)
	case has("creating a new DuckLake is explicitly disabled", `relation "ducklake_snapshot" does not exist`, "Table with name settings does not exist"):
		return errNoLake(l.Catalog.Redacted())
	case has("does not match existing data path"):
		return fmt.Errorf("the lake has its data elsewhere: %w\nhint: all machines need the same store.lake.data", err)
	}
	return fmt.Errorf("opening the lake %s: %w", l.Catalog.Redacted(), err)
}

func errNoLake(name string) error {
	return fmt.Errorf("there is no lake in %s yet\nhint: run callsheet init --lake", name)
}

// IsTransient reports whether an error may be gone when the load is repeated: another loader committed at the same moment, or the catalog or the
// bucket could not be reached. The extensions have no error codes, so their messages are matched.
func IsTransient(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if errors.As(err, new(transientError)) {
		return true
	}
	for _, words := range []string{ // a person has to do something
		"authentication failed", "no password supplied", "no pg_hba.conf entry", "permission denied", `" does not exist`, "HTTP code 40", "(HTTP 40", "Failed to download extension",
	} {
		if strings.Contains(err.Error(), words) {
			return false
		}
	}
	for _, words := range []string{
		"Transaction conflict", "Failed to commit", // of DuckLake
		"Unable to connect to Postgres", "server closed the connection", "terminating connection", "connection to server", "no connection to the server",
		"the database system is", "could not connect", "SSL connection has been closed", "SSL SYSCALL",
		"HTTP Error", "HTTP code", "Could not establish connection", "HTTP GET", "HTTP PUT", "HTTP POST", "HTTP HEAD",
	} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// transientError is of a transaction of a loader that began from another state of the lake.
type transientError struct{ message string }

func (e transientError) Error() string { return e.message }
