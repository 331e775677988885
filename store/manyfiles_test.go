package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
)

// TestThousandsOfFilesLoadWithinTheMemoryLimit: a spool of thousands of small files takes no more memory than one large file.
func TestThousandsOfFilesLoadWithinTheMemoryLimit(t *testing.T) {
	const count = 4500
	files := map[string]string{}
	for i := range count {
		files[fmt.Sprintf("%04d.ndjson", i)] = report(fmt.Sprint(i))
	}
	dir := spoolOf(t, files)
	ctx := context.Background()
	db, err := Open(ctx, Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow, Threads: 2, MemoryLimit: "500MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got, err := db.Load(ctx, LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main"})
	if err != nil || got.Calls != count || got.Files != count {
		t.Errorf("got %+v: %v", got, err)
	}
}
