// Package servertest starts the servers that tests need beside those of internal/smtptest: PostgreSQL, and an S3 gateway.
package servertest

import (
	"os"
	"testing"
)

// Extensions returns the folder with DuckDB's extensions, for tests without internet.
func Extensions(t testing.TB) string {
	t.Helper()
	skipIfShort(t)
	dir := os.Getenv("CALLSHEET_TEST_EXTENSIONS")
	if dir == "" {
		missing(t, "DuckDB's extensions ducklake, postgres_scanner and httpfs in CALLSHEET_TEST_EXTENSIONS/VERSION/PLATFORM")
	}
	return dir
}

// skipIfShort skips a test in the short form of the tests, which starts no servers.
func skipIfShort(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
}

// missing skips a test that needs something that is not installed, or fails it where all tests must run.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CALLSHEET_TEST_SERVERS") != "" {
		t.Fatal("needs " + what)
	}
	t.Skip("needs " + what)
}
