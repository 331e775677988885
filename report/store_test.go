package report

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"callsheet/store"
)

// A testStore is a store whose results are cached: tests build many workbooks from the same calls.
type testStore struct {
	*CachedSource
	reader *store.Reader
}

// stores are the stores of all tests, by the hash of their spool. Each is built once.
var stores struct {
	sync.Mutex
	dir    string
	opened map[[32]byte]*testStore
}

// TestMain lets garbage grow to a quarter of a gigabyte, since workbooks are mostly garbage.
func TestMain(m *testing.M) {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
	stores.opened = map[[32]byte]*testStore{}
	code := m.Run()
	for _, s := range stores.opened {
		s.reader.Close()
	}
	os.RemoveAll(stores.dir)
	os.Exit(code)
}

// skipIfShort skips a test that takes seconds in the short form of the tests.
func skipIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long")
	}
}

var testSettings = store.Settings{
	Timezone: "Asia/Kolkata", ShortAbandon: 5 * time.Second, ServiceLevelTarget: 20 * time.Second, RecoveryWindow: 24 * time.Hour,
}

// opened returns the store, which is opened by the first query.
func (s *testSource) opened(query string, args map[string]any) (_ *testStore, err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.queried != nil {
		args = maps.Clone(args)
		delete(args, "metrics")
		s.queried[fmt.Sprint(query, " ", args)]++
	}
	if s.store == nil {
		s.store, err = openStore(s.spool())
	}
	return s.store, err
}

// openStore returns a store with the deliveries of a spool.
func openStore(spool []byte) (_ *testStore, err error) {
	key := sha256.Sum256(spool)
	stores.Lock()
	defer stores.Unlock()
	if s := stores.opened[key]; s != nil {
		return s, nil
	}
	if stores.dir == "" {
		if stores.dir, err = os.MkdirTemp("", "callsheet-report-"); err != nil {
			return nil, err
		}
	}
	dir := filepath.Join(stores.dir, fmt.Sprintf("%x", key[:8]))
	if err := os.MkdirAll(filepath.Join(dir, "spool"), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "spool", "2026-10-04.ndjson"), spool, 0o600); err != nil {
		return nil, err
	}
	options := store.Options{
		Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings,
		Now: func() time.Time { return time.Date(2026, 10, 5, 8, 0, 0, 0, india) }, Connections: Connections,
	}
	db, err := store.Open(context.Background(), options)
	if err != nil {
		return nil, err
	}
	_, err = db.Load(context.Background(), store.LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main"})
	if err := errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	reader, err := store.OpenReader(context.Background(), options)
	if err != nil {
		return nil, err
	}
	stores.opened[key] = &testStore{NewCachedSource(reader), reader}
	return stores.opened[key], nil
}
