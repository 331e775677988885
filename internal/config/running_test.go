package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"callsheet/internal/config"
)

// TestChildrenKeepWhatNeedsARestart turns a lake on and off by a reload: the process and its children keep what it was started with, and get the rest.
func TestChildrenKeepWhatNeedsARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "callsheet.yaml")
	load := func(text string) *config.Config {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	file := "timezone: UTC\n"
	lake := "data_dir: ./other\ncollector: {id: two, tls: {cert_file: a.pem, key_file: a.key}}\nstore: {load_every: 1m, lake: {catalog: 'postgres://calls@db/lake', data: ./lake}}\n"
	for _, c := range []struct{ name, started, next string }{{"on", file, lake}, {"off", lake, file}} {
		t.Run(c.name, func(t *testing.T) {
			started, again := load(c.started), load(c.next)
			if got, want := again.KeepFixed(started), []string{"collector.id", "data_dir", "collector.tls", "store.lake"}; !slices.Equal(got, want) {
				t.Errorf("not applied: %q, want %q", got, want)
			}
			next := load(c.next) // another reload
			next.KeepFixed(again)
			var sent bytes.Buffer
			if err := next.WriteRunning(&sent); err != nil {
				t.Fatal(err)
			}
			os.WriteFile(path, []byte("another: file"), 0o600)
			child, err := config.ReadRunning(path, &sent)
			if err != nil {
				t.Fatal(err)
			}
			for who, kept := range map[string]*config.Config{"the process": next, "a child": child} {
				if kept.Data() != started.Data() || kept.Collector.ID != started.Collector.ID || kept.Collector.TLS != started.Collector.TLS ||
					kept.Store.Lake != started.Store.Lake || kept.ReadDatabase() != started.ReadDatabase() {
					t.Errorf("%s uses %+v and %+v, read from %s", who, kept.Collector, kept.Store, kept.ReadDatabase())
				}
				if applied := load(c.next); kept.Timezone != applied.Timezone || kept.Store.LoadEvery != applied.Store.LoadEvery {
					t.Errorf("%s has not applied the rest: %s, %v", who, kept.Timezone, kept.Store.LoadEvery)
				}
			}
		})
	}
}
