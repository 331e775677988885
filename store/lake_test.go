package store

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestLakeProto(t *testing.T) {
	maxFollowedCalls = 500_000
	u, _ := url.Parse("postgres://callsheet@127.0.0.1:5544/lake")
	dir := t.TempDir()
	o := Options{Path: filepath.Join(dir, "definitions.duckdb"), Now: time.Now, Settings: Settings{Timezone: "Asia/Kolkata", Sources: []Source{{Name: "main", Timezone: "Asia/Kolkata", OutgoingCaller: "agent"}}},
		Lake: &Lake{Catalog: u, Data: "/tmp/lake/data-go", Extensions: "/tmp/lake/ext", Loader: "a"}}
	ctx := t.Context()
	st := time.Now()
	if err := InitLake(ctx, o); err != nil {
		t.Fatal(err)
	}
	t.Log("init", time.Since(st))
	st = time.Now()
	s, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("open", time.Since(st))
	st = time.Now()
	sum, err := s.Load(ctx, LoadOptions{SpoolDir: os.Getenv("SPOOL"), DefaultSource: "main"})
	t.Log(sum, err)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("load", time.Since(st))
	s.Close()
	st = time.Now()
	r, err := OpenReader(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("open reader", time.Since(st))
	st = time.Now()
	err = r.Query(ctx, "groups", map[string]any{"from": "2026-10-01", "to": "2026-11-30"}, func([]string) error { return nil }, func(v []any) error { t.Log(v[:8]); return nil })
	t.Log(err, time.Since(st))
	r.Close()
}
