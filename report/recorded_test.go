package report

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"callsheet/store"
)

// A recordedStore queries a store once for each query and its arguments, and repeats the answer: tests build many workbooks from the same calls.
type recordedStore struct {
	reader  *store.Reader
	mutex   sync.Mutex
	answers map[string]*answer
}

type answer struct {
	columns []string
	rows    [][]any
}

// run answers a query; method is query or stream.
func (s *recordedStore) run(ctx context.Context, method, name string, args map[string]any, header func([]string) error, row func([]any) error) error {
	a, err := s.answer(ctx, method, name, args)
	if err != nil {
		return err
	}
	if err := header(slices.Clone(a.columns)); err != nil {
		return err
	}
	for _, values := range a.rows {
		if err := row(cloneValues(values)); err != nil {
			return err
		}
	}
	return nil
}

func (s *recordedStore) answer(ctx context.Context, method, name string, args map[string]any) (*answer, error) {
	key := fmt.Sprintf("%s %s %#v", method, name, args)
	s.mutex.Lock()
	known := s.answers[key]
	s.mutex.Unlock()
	if known != nil {
		return known, ctx.Err()
	}
	query := s.reader.Query
	if method == "stream" {
		query = s.reader.Stream
	}
	a := &answer{}
	err := query(ctx, name, args,
		func(names []string) error { a.columns = slices.Clone(names); return nil },
		func(values []any) error { a.rows = append(a.rows, cloneValues(values)); return nil })
	if err != nil {
		return nil, err
	}
	s.mutex.Lock()
	s.answers[key] = a
	s.mutex.Unlock()
	return a, nil
}

// cloneValues copies lists as well, since a report changes values in place.
func cloneValues(values []any) []any {
	values = slices.Clone(values)
	for i, value := range values {
		if list, ok := value.([]any); ok {
			values[i] = cloneValues(list)
		}
	}
	return values
}

// stores are the stores of all tests, by the hash of their spool. Each is built once.
var stores struct {
	sync.Mutex
	dir    string
	opened map[[32]byte]*recordedStore
}

func TestMain(m *testing.M) {
	stores.opened = map[[32]byte]*recordedStore{}
	code := m.Run()
	for _, s := range stores.opened {
		s.reader.Close()
	}
	os.RemoveAll(stores.dir)
	os.Exit(code)
}

var testSettings = store.Settings{
	Timezone: "Asia/Kolkata", ShortAbandon: 5 * time.Second, ServiceLevelTarget: 20 * time.Second, RecoveryWindow: 24 * time.Hour,
}

// opened returns the store, which is opened by the first query.
func (s *testSource) opened(query string) (_ *recordedStore, err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.queried != nil {
		s.queried[query] = true
	}
	if s.store == nil {
		s.store, err = openStore(s.spool())
	}
	return s.store, err
}

// openStore returns a store with the deliveries of a spool.
func openStore(spool []byte) (_ *recordedStore, err error) {
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
		Now: func() time.Time { return time.Date(2026, 10, 5, 8, 0, 0, 0, india) }, Connections: QueryConcurrency,
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
	stores.opened[key] = &recordedStore{reader: reader, answers: map[string]*answer{}}
	return stores.opened[key], nil
}
