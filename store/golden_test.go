package store

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"callsheet/internal/sqlvalue"
)

// TestGolden runs the cases of queries/testdata: a folder has events.ndjson to load, optionally settings.json and the folder vendor, with
// what was fetched from a vendor, and pairs of NAME.sql, with the arithmetic in its comment, and NAME.csv, the expected result.
func TestGolden(t *testing.T) {
	for i, dir := range goldenCases(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			if testing.Short() && i%10 != 0 {
				t.Skip("the short form runs every tenth case")
			}
			t.Parallel()
			runGolden(t, dir, func(data string, settings Settings) *Reader {
				load(t, data, settings)
				return published(t, data, settings)
			})
		})
	}
}

// goldenCases returns the folders of the cases.
func goldenCases(t *testing.T) (dirs []string) {
	t.Helper()
	dirs, err := filepath.Glob("../queries/testdata/*/events.ndjson")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no golden cases: %v", err)
	}
	for i, events := range dirs {
		dirs[i] = filepath.Dir(events)
	}
	return dirs
}

// runGolden runs the case of a folder. open loads a data folder with settings and returns a reader of what was loaded.
func runGolden(t *testing.T, dir string, open func(data string, settings Settings) *Reader) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "events.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	settings := testSettings()
	if text, err := os.ReadFile(filepath.Join(dir, "settings.json")); err == nil {
		if err := json.Unmarshal(text, &settings); err != nil {
			t.Fatal(err)
		}
	}
	data := t.TempDir()
	writeSpool(t, data, map[string]string{"2026-10-05.ndjson": string(text)})
	if _, err := os.Stat(filepath.Join(dir, "vendor")); err == nil {
		copyVendor(t, dir, data)
	}
	reader := open(data, settings)
	cases, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no query in %s: %v", dir, err)
	}
	for _, path := range cases {
		compareGolden(t, reader, path)
	}
}

func compareGolden(t *testing.T, reader *Reader, path string) {
	t.Helper()
	statement, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(strings.TrimSuffix(path, ".sql") + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := query(t, reader, string(statement))
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, lines(got), lines(want))
	}
}

func lines(rows [][]string) string {
	var text strings.Builder
	for _, row := range rows {
		text.WriteString(strings.Join(row, ",") + "\n")
	}
	return text.String()
}

func testSettings() Settings {
	return Settings{Timezone: "Asia/Kolkata", ShortAbandon: 5 * time.Second, ServiceLevelTarget: 20 * time.Second, RecoveryWindow: 24 * time.Hour}
}

// testNow is a fixed clock, well after the events of the tests.
func testNow() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }

// loaded loads a spool with the given files and opens the published copy.
func loaded(t *testing.T, settings Settings, files map[string]string) *Reader {
	t.Helper()
	dir := t.TempDir()
	writeSpool(t, dir, files)
	load(t, dir, settings)
	return published(t, dir, settings)
}

func writeSpool(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	spoolDir := filepath.Join(dir, "spool")
	if err := os.MkdirAll(spoolDir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(spoolDir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// load loads dir/spool into dir/calls.duckdb.
func load(t *testing.T, dir string, settings Settings) Summary {
	t.Helper()
	return loadWith(t, dir, Options{Settings: settings}, 0)
}

// loadInBatches loads with two threads, in batches of so many bytes, or in one if 0.
func loadInBatches(t *testing.T, dir string, settings Settings, bytes int64) Summary {
	t.Helper()
	return loadWith(t, dir, Options{Settings: settings, Threads: 2}, bytes)
}

func loadWith(t *testing.T, dir string, options Options, bytes int64) Summary {
	t.Helper()
	ctx := context.Background()
	options.Path, options.DataDir = filepath.Join(dir, "calls.duckdb"), dir
	if options.Now == nil {
		options.Now = testNow
	}
	db := openStore(t, options)
	summary, err := db.Load(ctx, LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DataDir: dir, DefaultSource: "main", batchBytes: bytes})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return summary
}

// publish expects no problems with the previous copy.
func publish(t *testing.T, database, path string) error {
	t.Helper()
	problems, err := Publish(t.Context(), Publication{Database: database, Path: path, Now: time.Now,
		Verify: func(context.Context, string) error { return nil }})
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	return err
}

// published publishes dir/calls.duckdb and opens the copy.
func published(t *testing.T, dir string, settings Settings) *Reader {
	t.Helper()
	path := filepath.Join(dir, "published", "calls.duckdb")
	if err := publish(t, filepath.Join(dir, "calls.duckdb"), path); err != nil {
		t.Fatal(err)
	}
	reader, err := OpenReader(context.Background(), Options{Path: path, Settings: settings, Immutable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	return reader
}

// query runs a statement; the first row is the header, and NULL is an empty text.
func query(t *testing.T, reader *Reader, statement string) [][]string {
	t.Helper()
	var rows [][]string
	header, add := collect(&rows)
	if err := reader.SQL(context.Background(), statement, header, add); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
	return rows
}

// collect returns functions that append the header and the rows of a result to rows.
func collect(rows *[][]string) (header func([]string) error, add func([]any) error) {
	header = func(columns []string) error { *rows = append(*rows, slices.Clone(columns)); return nil }
	add = func(values []any) error {
		row := make([]string, len(values))
		for i, value := range values {
			row[i] = cell(value)
		}
		*rows = append(*rows, row)
		return nil
	}
	return header, add
}

func cell(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.DateTime)
	case sqlvalue.LocalTime:
		return time.Time(v).Format(time.DateTime)
	}
	return fmt.Sprint(value)
}

// copyVendor copies what was fetched from vendors from one data folder to another.
func copyVendor(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(filepath.Join(to, "vendor"), os.DirFS(filepath.Join(from, "vendor"))); err != nil {
		t.Fatal(err)
	}
}
