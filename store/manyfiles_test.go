package store

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"testing"
)

var manyFiles = flag.Int("files", 600, "how many files the spool of thousands of files has")

// TestThousandsOfFilesLoadWithinTheMemoryLimit: thousands of small files need no more memory than one large file.
func TestThousandsOfFilesLoadWithinTheMemoryLimit(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	count := *manyFiles
	files := map[string]string{}
	for i := range count {
		files[fmt.Sprintf("%04d.ndjson", i)] = report(fmt.Sprint("c", i))
	}
	dir := spoolOf(t, files)
	ctx := context.Background()
	db := openStore(t, Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow, Threads: 2, MemoryLimit: "500MB"})
	defer db.Close()
	got, err := db.Load(ctx, LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main"})
	if err != nil || got.Calls != int64(count) || got.Files != int64(count) {
		t.Errorf("got %+v: %v", got, err)
	}
}
