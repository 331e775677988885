//go:build unix

package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callsheet/internal/servertest"
)

func init() { copiedRows = 100 } // several portions in each copy

// fileOptions are the options of a database file that lakeOptions' loader would copy.
func fileOptions(options Options, path string) Options {
	options.Path, options.Lake = path, nil
	return options
}

// allData returns what is stored, by the statement that reads it.
func allData(t *testing.T, options Options) map[string][][]string {
	t.Helper()
	reader, err := OpenReader(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	data := map[string][][]string{}
	for _, statement := range append(storedSQL, "from loads order by all", "select * exclude (loader) from spool_files order by all", "from settings", "from sources") {
		data[statement] = query(t, reader, statement)
	}
	return data
}

func compareData(t *testing.T, what string, got, want map[string][][]string) {
	t.Helper()
	for statement, want := range want {
		if got := got[statement]; !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %s: not wanted\n%s\nmissing\n%s", what, statement, lines(missing(got, want)), lines(missing(want, got)))
		}
	}
}

// TestCopiesGoOn copies a database file into a lake and the lake into another file. Each has the same data as the one before, and loads what is new
// in the spool, and nothing twice.
func TestCopiesGoOn(t *testing.T) {
	// Fewer statements: each asks the catalog.
	defer func(n int64) { maxFollowedCalls = n }(maxFollowedCalls)
	maxFollowedCalls = 1000
	deliveries := testDeliveries(t)
	half := len(deliveries) / 2
	lake := Lake{Catalog: servertest.StartPostgres(t).Database(t, "lake"), Password: servertest.Password, Data: strings.Replace(servertest.StartS3(t), "?", "/a lake/?", 1), Extensions: servertest.Extensions(t)}
	options, dir := lakeOptions(t, lake, "first"), t.TempDir()
	file := fileOptions(options, filepath.Join(dir, "calls.duckdb"))
	spoolFile := filepath.Join(dir, "spool", "a.ndjson")
	writeSpool(t, dir, map[string]string{"a.ndjson": strings.Join(deliveries[:half], "") + "{\n"})
	goOn := func(options Options, text string) {
		t.Helper()
		if summary, err := loadLake(t.Context(), options, dir); err != nil || summary.Lines != 0 || len(summary.Warnings) > 0 {
			t.Errorf("%d lines were loaded again: %v %v", summary.Lines, err, summary.Warnings)
		}
		appendTo(t, spoolFile, text)
		want := int64(strings.Count(text, "\n"))
		if summary, err := loadLake(t.Context(), options, dir); err != nil || summary.Lines+summary.Copies != want {
			t.Errorf("%d of %d lines were loaded: %v", summary.Lines, want, err)
		}
	}
	if _, err := loadLake(t.Context(), file, dir); err != nil {
		t.Fatal(err)
	}
	copied, err := CopyToLake(t.Context(), options, file.Path, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := CopyToLake(t.Context(), options, file.Path, nil)
	if err != nil || again != copied || copied.Calls == 0 || copied.Days == 0 {
		t.Errorf("%+v was copied, and then %+v: %v", copied, again, err)
	}
	compareData(t, "the lake", allData(t, options), allData(t, file))
	goOn(options, strings.Join(deliveries[half:len(deliveries)-20], ""))
	if _, err := CopyToLake(t.Context(), options, file.Path, nil); err == nil || !strings.Contains(err.Error(), "the lake has other data") {
		t.Errorf("copied into a lake with other data: %v", err)
	}

	back := fileOptions(options, filepath.Join(dir, "back.duckdb"))
	if _, err := CopyToFile(t.Context(), options, back.Path, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	compareData(t, "the file", allData(t, back), allData(t, options))
	if _, err := CopyToFile(t.Context(), options, back.Path, func() error { return nil }); err == nil || !strings.Contains(err.Error(), "the file exists") {
		t.Errorf("a file was replaced: %v", err)
	}
	goOn(back, strings.Join(deliveries[len(deliveries)-20:], ""))
	reader := openReader(t, back)
	all := loaded(t, testSettings(), map[string]string{"a.ndjson": strings.Join(deliveries, "") + "{\n"})
	for _, statement := range storedSQL {
		if got, want := query(t, reader, statement), query(t, all, statement); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("after all deliveries: %s: not wanted\n%s\nmissing\n%s", statement, lines(missing(got, want)), lines(missing(want, got)))
		}
	}
}

// TestInterruptedCopyGoesOn interrupts a copy into a lake after each portion, and again before its end. Nobody opens a part of the data, and the last
// call copies the rest of it, once.
func TestInterruptedCopyGoesOn(t *testing.T) {
	lake := Lake{Catalog: servertest.StartPostgres(t).Database(t, "lake"), Password: servertest.Password, Data: filepath.Join(t.TempDir(), "data"),
		Extensions: servertest.Extensions(t)}
	options, dir := lakeOptions(t, lake, "first"), t.TempDir()
	file := fileOptions(options, filepath.Join(dir, "calls.duckdb"))
	writeSpool(t, dir, map[string]string{"a.ndjson": strings.Join(testDeliveries(t), "")})
	if _, err := loadLake(t.Context(), file, dir); err != nil {
		t.Fatal(err)
	}
	interrupt := func(at int) (portions int, err error) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		began := -1
		_, err = CopyToLake(ctx, options, file.Path, func(done, total int) {
			if began < 0 {
				began = done
			}
			if portions = total; done-began == at || done == total {
				cancel()
			}
		})
		return portions, err
	}
	for portions, calls := 1, 0; calls < portions; calls++ {
		var err error
		if portions, err = interrupt(1); !errors.Is(err, context.Canceled) {
			t.Fatalf("%d of %d: %v", calls, portions, err)
		}
		if calls == 2 { // the file has changed meanwhile: the copy begins again
			writeSpool(t, dir, map[string]string{"b.ndjson": report("other")})
			if _, err := loadLake(t.Context(), file, dir); err != nil {
				t.Fatal(err)
			}
		}
		if calls > 0 {
			continue
		}
		_, openErr := Open(t.Context(), options)
		_, readErr := OpenReader(t.Context(), options)
		for _, err := range []error{openErr, readErr, InitLake(t.Context(), options)} {
			if err == nil || !strings.Contains(err.Error(), "callsheet migrate --to-lake") {
				t.Errorf("a part of the data was opened: %v", err)
			}
		}
	}
	if _, err := CopyToLake(t.Context(), options, file.Path, nil); err != nil {
		t.Fatal(err)
	}
	compareData(t, "the lake", allData(t, options), allData(t, file))
}

// TestOtherFilesAreNotCopied expects a clear error for each file that a load would change first, and for a target that is in use.
func TestOtherFilesAreNotCopied(t *testing.T) {
	lake := Lake{Catalog: servertest.StartPostgres(t).Database(t, "lake"), Password: servertest.Password, Data: filepath.Join(t.TempDir(), "data"),
		Extensions: servertest.Extensions(t)}
	options, dir := lakeOptions(t, lake, "first"), t.TempDir()
	file := fileOptions(options, filepath.Join(dir, "calls.duckdb"))
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	if _, err := loadLake(t.Context(), file, dir); err != nil {
		t.Fatal(err)
	}
	refused := func(what, want string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "hint: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
	other := options
	other.Settings.Timezone = "UTC"
	_, err := CopyToLake(t.Context(), other, file.Path, nil)
	refused("settings", "other settings", err)
	other = options
	other.Settings.Goals = []Goal{{Metric: "calls", Goal: 1}}
	_, err = CopyToLake(t.Context(), other, file.Path, nil)
	refused("goals", "other settings", err)
	_, err = CopyToLake(t.Context(), options, filepath.Join(dir, "missing.duckdb"), nil)
	refused("missing file", "does not exist", err)
	if err := os.WriteFile(file.Path+".wal", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = CopyToLake(t.Context(), options, file.Path, nil)
	refused("log", "a load was interrupted", err)
	_, err = CopyToFile(t.Context(), options, file.Path, func() error { return nil })
	refused("existing file", "the file exists", err)
	_, err = CopyToFile(t.Context(), options, filepath.Join(dir, "back.duckdb"), func() error { return nil })
	refused("missing lake", "there is no lake", err)
}
