package store

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestReadersAndLoadsWaitForAnotherProcess has another process hold the database file of a site that publishes nothing.
func TestReadersAndLoadsWaitForAnotherProcess(t *testing.T) {
	skipIfShort(t)
	const holder = "CALLSHEET_TEST_HOLDS"
	if path := os.Getenv(holder); path != "" {
		db := openStore(t, Options{Path: path, Settings: testSettings(), Now: testNow})
		os.Stdout.WriteString("held\n")
		time.Sleep(time.Second)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	dir := t.TempDir()
	options := Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow, TempDir: filepath.Join(dir, "tmp")}
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	load(t, dir, testSettings())
	for what, use := range map[string]func() error{
		"a reader": func() error {
			reader, err := OpenReader(t.Context(), options)
			if err != nil {
				return err
			}
			return reader.Close()
		},
		"a load": func() error {
			db, err := Open(t.Context(), options)
			if err != nil {
				return err
			}
			return db.Close()
		},
		"an import": func() error {
			preview, err := OpenPreview(t.Context(), options)
			if err != nil {
				return err
			}
			if attached, err := preview.attach(t.Context()); err != nil || !attached {
				t.Errorf("attached: %t %v", attached, err)
			}
			return preview.Close()
		},
	} {
		process := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		process.Env = append(os.Environ(), holder+"="+options.Path)
		out, err := process.StdoutPipe()
		if err == nil {
			err = process.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		said, err := bufio.NewReader(out).ReadString('\n')
		if err != nil || strings.TrimSpace(said) != "held" {
			t.Fatalf("the other process says %q: %v", said, err)
		}
		if err := use(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if err := process.Wait(); err != nil {
			t.Errorf("the other process: %v", err)
		}
	}
}
