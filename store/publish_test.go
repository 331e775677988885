package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oneCall = `{"CallSid":"1","EndTime":"2026-10-05 10:00:00","Status":"BUSY"}` + "\n"

func TestReaderKeepsItsCopyWhileANewOneIsPublished(t *testing.T) {
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	load(t, dir, testSettings())
	reader := published(t, dir, testSettings())
	writeSpool(t, dir, map[string]string{"b.ndjson": strings.Replace(oneCall, `"1"`, `"2"`, 1)})
	load(t, dir, testSettings())
	path := filepath.Join(dir, "published", "calls.duckdb")
	if err := Publish(filepath.Join(dir, "calls.duckdb"), path); err != nil {
		t.Fatal(err)
	}
	if n := ask(t, reader, "select count(*) from calls")[1][0]; n != "1" {
		t.Errorf("the open copy changed: %s calls", n)
	}
	reader.Close()
	if n := ask(t, published(t, dir, testSettings()), "select count(*) from calls")[1][0]; n != "2" {
		t.Errorf("the new copy has %s calls", n)
	}
}

func TestPublishCopiesOnlyWhatChanged(t *testing.T) {
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	load(t, dir, testSettings())
	published(t, dir, testSettings()).Close()
	path := filepath.Join(dir, "published", "calls.duckdb")
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	load(t, dir, testSettings()) // nothing new
	published(t, dir, testSettings()).Close()
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("copied again: %v", err)
	}
	writeSpool(t, dir, map[string]string{"b.ndjson": oneCall})
	load(t, dir, testSettings())
	published(t, dir, testSettings()).Close()
	if after, err := os.Stat(path); err != nil || os.SameFile(before, after) {
		t.Errorf("not copied: %v", err)
	}
}

func TestPublishThatFailsLeavesTheOldCopy(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "published", "calls.duckdb")
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o755); err != nil { // a folder in its place
		t.Fatal(err)
	}
	database := filepath.Join(dir, "calls.duckdb")
	if err := os.WriteFile(database, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Publish(database, path); err == nil || !strings.Contains(err.Error(), "publishing") {
		t.Errorf("published over a folder: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	reader := loaded(t, testSettings(), map[string]string{"a.ndjson": oneCall})
	err := reader.SQL(t.Context(), "delete from calls", func([]string) error { return nil }, func([]any) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("deleting: %v", err)
	}
}
