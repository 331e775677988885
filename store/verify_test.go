package store

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestIncompleteCopyIsNotPublished: the old copy is kept and no files remain.
func TestIncompleteCopyIsNotPublished(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	load(t, dir, testSettings())
	published(t, dir, testSettings()).Close()
	writeSpool(t, dir, map[string]string{"b.ndjson": report("2")})
	summary := load(t, dir, testSettings())
	database, path := filepath.Join(dir, "calls.duckdb"), filepath.Join(dir, "published", "calls.duckdb")
	before := listing(t, filepath.Dir(path))
	publishCounting := func(want Counts) error {
		_, err := Publish(t.Context(), Publication{Database: database, Path: path, Now: testNow, Verify: func(ctx context.Context, copied string) error {
			return Verify(ctx, Options{Path: copied, Settings: testSettings()}, want)
		}})
		return err
	}
	wrong := summary.Stored
	wrong.Versions++
	if err := publishCounting(wrong); err == nil || !strings.Contains(err.Error(), "it has 2 calls, 2 versions and 0 rejected lines, want 2 calls, 3 versions") {
		t.Errorf("published: %v", err)
	}
	if after := listing(t, filepath.Dir(path)); after != before {
		t.Errorf("before\n%safter\n%s", before, after)
	}
	if err := publishCounting(summary.Stored); err != nil {
		t.Error(err)
	}
}

// TestDatabaseWithLogIsRefused, since a database is incomplete without its write-ahead log.
func TestDatabaseWithLogIsRefused(t *testing.T) {
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	summary := load(t, dir, testSettings())
	database := filepath.Join(dir, "calls.duckdb")
	if err := os.WriteFile(database+".wal", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Verify(t.Context(), Options{Path: database, Settings: testSettings()}, summary.Stored); err == nil || !strings.Contains(err.Error(), ".wal remains") {
		t.Errorf("verified: %v", err)
	}
	if err := Replace(filepath.Join(dir, "other.duckdb"), database); err == nil || !exists(database) {
		t.Errorf("replaced: %v", err)
	}
}
