package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"callsheet/internal/atomicfile"
)

const oneCall = `{"CallSid":"1","EndTime":"2026-10-05 10:00:00","Status":"BUSY"}` + "\n"

func TestReaderKeepsItsCopyWhileANewOneIsPublished(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	load(t, dir, testSettings())
	reader := published(t, dir, testSettings())
	writeSpool(t, dir, map[string]string{"b.ndjson": strings.Replace(oneCall, `"1"`, `"2"`, 1)})
	load(t, dir, testSettings())
	path := filepath.Join(dir, "published", "calls.duckdb")
	if err := publish(t, filepath.Join(dir, "calls.duckdb"), path); err != nil {
		t.Fatal(err)
	}
	if n := query(t, reader, "select count(*) from calls")[1][0]; n != "1" {
		t.Errorf("the open copy changed: %s calls", n)
	}
	reader.Close()
	if n := query(t, published(t, dir, testSettings()), "select count(*) from calls")[1][0]; n != "2" {
		t.Errorf("the new copy has %s calls", n)
	}
}

func TestPublishCopiesOnlyWhatChanged(t *testing.T) {
	skipIfShort(t)
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
	if err := publish(t, database, path); err == nil || !strings.Contains(err.Error(), "publishing") {
		t.Errorf("published over a folder: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("remaining: %v, %v", entries, err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	reader := loaded(t, testSettings(), map[string]string{"a.ndjson": oneCall})
	err := reader.SQL(t.Context(), "delete from calls", func([]string) error { return nil }, func([]any) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("deleting: %v", err)
	}
}

// TestNewReaderOpensLatestCopy with its own settings, also while other readers of the process are open.
func TestNewReaderOpensLatestCopy(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	settings := Settings{Timezone: "Asia/Kolkata"}
	line := `{"CallSid":"1.%d","Direction":"IVR","Status":"ANSWER","StartTime":"2026-10-05 10:15:02","EndTime":"2026-10-05 10:15:51"}` + "\n"
	path := filepath.Join(dir, "published", "calls.duckdb")
	var text string
	for n := range 3 {
		text += fmt.Sprintf(line, n)
		writeSpool(t, dir, map[string]string{"2026-10-05.ndjson": text})
		load(t, dir, settings)
		if err := publish(t, filepath.Join(dir, "calls.duckdb"), path); err != nil {
			t.Fatal(err)
		}
		settings.Timezone = []string{"Europe/London", "UTC", "Asia/Tokyo"}[n]
		reader, err := OpenReader(t.Context(), Options{Path: path, Settings: settings, Immutable: true, MemoryLimit: fmt.Sprint(100*(n+1), "MB")})
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close() // at the end, so that all are open at the same time
		got := query(t, reader, "select count(*) as calls, current_setting('TimeZone') as zone from calls")
		if want := [][]string{{"calls", "zone"}, {fmt.Sprint(n + 1), settings.Timezone}}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// TestWritableFileIsOpenedOnce: Open waits until a reader in the same process is closed.
func TestWritableFileIsOpenedOnce(t *testing.T) {
	dir := t.TempDir()
	writeSpool(t, dir, nil)
	load(t, dir, testSettings())
	options := Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings()}
	reader, err := OpenReader(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan bool, 1)
	go func() {
		time.Sleep(200 * time.Millisecond)
		closed <- true
		reader.Close()
	}()
	db, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	select {
	case <-closed:
	default:
		t.Error("opened for writing while a reader was open")
	}
}

// TestStaleCopiesAreRemoved publishes every second: copies in use and those within copyGrace are kept.
func TestStaleCopiesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	database, path := filepath.Join(dir, "calls.duckdb"), filepath.Join(dir, "published", "calls.duckdb")
	opened := filepath.Join(dir, "published", "copy-2", "calls.duckdb")
	for second := range 30 {
		if err := os.WriteFile(database, make([]byte, 1000+second), 0o600); err != nil {
			t.Fatal(err)
		}
		p := Publication{Database: database, Path: path, files: atomicfile.OS{},
			Verify: func(context.Context, string) error { return nil },
			Now:    func() time.Time { return testNow().Add(time.Duration(second) * time.Second) },
			inUse:  func(path string) bool { return path == opened }}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := p.publish(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	copies, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(copies) != 13 { // the link, the open copy, the latest, those of the previous 10 seconds, and the one they replaced
		t.Errorf("%d names: %v, %v", len(copies), copies, err)
	}
	if !exists(opened) || exists(filepath.Join(dir, "published", "copy-3")) {
		t.Errorf("remaining: %v", copies)
	}
}
