//go:build unix

package store

import (
	"flag"
	"path/filepath"
	"testing"

	"callsheet/internal/servertest"
)

var allGolden = flag.Bool("lakegolden", false, "run all golden cases on a lake, which takes some minutes, and not only a few")

// TestGoldenOnALake runs golden cases on a lake: those that cover the most, or all.
func TestGoldenOnALake(t *testing.T) {
	few := map[string]bool{"samples": true, "parties_and_groups": true, "nothing_values": true}
	server := servertest.StartPostgres(t)
	for _, dir := range goldenCases(t) {
		name := filepath.Base(dir)
		if !few[name] && !*allGolden {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lake := Lake{Catalog: server.Database(t, name), Password: servertest.Password, Data: filepath.Join(t.TempDir(), "data"), Extensions: servertest.Extensions(t)}
			runGolden(t, dir, func(data string, settings Settings) *Reader {
				options := lakeOptions(t, lake, "first")
				options.Settings, options.DataDir = settings, data
				if err := InitLake(t.Context(), options); err != nil {
					t.Fatal(err)
				}
				db, err := Open(t.Context(), options)
				if err != nil {
					t.Fatal(err)
				}
				_, err = db.Load(t.Context(), LoadOptions{SpoolDir: filepath.Join(data, "spool"), DataDir: data, DefaultSource: "main"})
				if err != nil {
					t.Fatal(err)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				return openReader(t, options)
			})
		})
	}
}
