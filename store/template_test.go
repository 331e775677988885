package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// TestMain runs databases on one thread each, unless a test or -cpu says otherwise: tests run in parallel, and DuckDB's threads poll
// while they wait for each other, which is much of the work on a small database. Tests of order and determinism use more.
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(1)
	os.Exit(m.Run())
}

// skipIfShort skips a test that takes seconds in the short form of the tests.
func skipIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long")
	}
}

// templates caches empty databases by settings, since creating one takes longer than most tests.
var templates sync.Map

// openStore opens a database. If it is missing, it starts as a copy of the template with the same settings.
func openStore(t *testing.T, options Options) *Store {
	t.Helper()
	if _, err := os.Stat(options.Path); errors.Is(err, fs.ErrNotExist) {
		template, _ := templates.LoadOrStore(fmt.Sprint(options.Settings, options.UserQueries), sync.OnceValues(func() ([]byte, error) {
			return emptyDatabase(options)
		}))
		content, err := template.(func() ([]byte, error))()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(options.Path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func emptyDatabase(options Options) ([]byte, error) {
	dir, err := os.MkdirTemp("", "callsheet-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	db, err := Open(context.Background(), Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: options.Settings, UserQueries: options.UserQueries, Now: testNow})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "calls.duckdb"))
}
