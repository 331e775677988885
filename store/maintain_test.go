//go:build unix

package store

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"callsheet/internal/servertest"
)

// stored returns what a reader has of everything that a load stores.
func stored(t *testing.T, reader *Reader) (results [][][]string) {
	t.Helper()
	for _, statement := range storedSQL {
		results = append(results, query(t, reader, statement))
	}
	return results
}

func checkStored(t *testing.T, reader *Reader, want [][][]string, when string) {
	t.Helper()
	for i, got := range stored(t, reader) {
		if !slices.EqualFunc(got, want[i], slices.Equal) {
			t.Errorf("%s: %s: not wanted\n%s\nmissing\n%s", when, storedSQL[i], lines(missing(got, want[i])), lines(missing(want[i], got)))
		}
	}
}

func maintain(t *testing.T, options Options, limits MaintainOptions) Maintained {
	t.Helper()
	done, err := MaintainLake(t.Context(), options, limits)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// TestMaintenanceBesideLoadsAndReaders maintains a lake in a bucket while a reader has an old snapshot and two loaders load, and expects that all see what
// they would without it, and that few files and snapshots remain. The first run
// has a time limit.
func TestMaintenanceBesideLoadsAndReaders(t *testing.T) {
	deliveries := testDeliveries(t)
	defer func(n int) { expiredAtOnce = n }(expiredAtOnce)
	expiredAtOnce = 10
	lake := newLake(t, strings.Replace(servertest.StartS3(t), "?", "/a lake/?", 1))
	options := lakeOptions(t, lake, "maintenance")
	first, second := lakeOptions(t, lake, "first"), lakeOptions(t, lake, "second")
	dirs := [2]string{t.TempDir(), t.TempDir()}
	load := func(options Options, dir, name string, part int) {
		writeSpool(t, dir, map[string]string{name: strings.Join(deliveries[part*len(deliveries)/4:(part+1)*len(deliveries)/4], "")})
		if summary, err := loadLake(t.Context(), options, dir); err != nil || len(summary.Warnings) > 0 {
			t.Errorf("%s: %v %v", name, err, summary.Warnings)
		}
	}
	load(first, dirs[0], "a.ndjson", 0)
	now := time.Now()
	options.Now = func() time.Time { now = now.Add(time.Minute); return now } // a portion takes a minute
	part, rest := maintain(t, options, MaintainOptions{TimeLimit: 8 * time.Minute}), maintain(t, options, MaintainOptions{TimeLimit: 24 * time.Hour})
	if !part.Unfinished || part.FlushedRows == 0 || rest.Unfinished || rest.FlushedRows == 0 {
		t.Errorf("the run with a time limit: %+v, the next: %+v", part, rest)
	}
	maintaining := first
	maintaining.maintains = true
	other, err := connectLake(t.Context(), maintaining, writing)
	if err != nil {
		t.Fatal(err)
	}
	release, err := other.lockMaintenance(t.Context())
	if err != nil || release == nil {
		t.Fatal("the lake is being maintained", err)
	}
	if done := maintain(t, options, MaintainOptions{}); !done.Elsewhere {
		t.Errorf("two maintenances at once: %+v", done)
	}
	release()
	other.Close()
	load(first, dirs[0], "b.ndjson", 1)
	reader := openReader(t, first)
	before := stored(t, reader)

	var loaders sync.WaitGroup
	loaders.Go(func() { load(first, dirs[0], "c.ndjson", 2) })
	loaders.Go(func() { load(second, dirs[1], "d.ndjson", 3) })
	maintain(t, options, MaintainOptions{})
	loaders.Wait()
	checkStored(t, reader, before, "a reader of an old snapshot")
	want := stored(t, loaded(t, testSettings(), map[string]string{"all.ndjson": strings.Join(deliveries, "")}))

	options.Now = func() time.Time { return time.Now().Add(snapshotsKept + fileGrace) }
	maintain(t, options, MaintainOptions{})
	if done := maintain(t, options, MaintainOptions{}); done.ExpiredSnapshots == 0 || done.DeletedFiles == 0 || done.FlushedRows > 0 || done.RewrittenFiles > 0 || done.MergedFiles > 0 {
		t.Errorf("a week later: %+v", done)
	}
	reader = openReader(t, first)
	checkStored(t, reader, want, "a week later")
	const counts = "select (select count(*) from lake.snapshots()), (select max(file_count) from ducklake_table_info('lake'))"
	if got := query(t, reader, counts)[1]; got[0] != "1" || got[1] > "2" { // calls have files of two months
		t.Errorf("%s snapshots and %s files of a table remain", got[0], got[1])
	}
}

// maintainedEnv has the catalog of the lake that the test process maintains until it is killed.
const maintainedEnv = "CALLSHEET_TEST_MAINTAINED"

// TestKilledMaintenanceLosesNothing kills processes that maintain a lake, and expects the same rows after each, and a complete maintenance in the end.
func TestKilledMaintenanceLosesNothing(t *testing.T) {
	if catalog := os.Getenv(maintainedEnv); catalog != "" {
		parsed, err := url.Parse(catalog)
		if err != nil {
			t.Fatal(err)
		}
		lake := Lake{Catalog: parsed, Password: servertest.Password, Data: os.Getenv("DATA"), Extensions: servertest.Extensions(t), Loader: "maintenance"}
		maintain(t, Options{Path: os.Getenv("DEFINITIONS"), Lake: &lake, Settings: testSettings(), Now: time.Now}, MaintainOptions{})
		return
	}
	data := filepath.Join(t.TempDir(), "data")
	lake := newLake(t, data)
	options, dir := lakeOptions(t, lake, "first"), t.TempDir()
	deliveries := testDeliveries(t)
	for i, name := range []string{"a.ndjson", "b.ndjson"} {
		writeSpool(t, dir, map[string]string{name: strings.Join(deliveries[i*len(deliveries)/2:(i+1)*len(deliveries)/2], "")})
		db, err := Open(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		// Each load writes files.
		if _, err := db.conn.ExecContext(t.Context(), "call lake.set_option('data_inlining_row_limit', 0)"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Load(t.Context(), LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main"}); err != nil {
			t.Fatal(err)
		}
		db.Close()
	}
	want := stored(t, openReader(t, options))
	maintenance := lakeOptions(t, lake, "maintenance")
	maintenance.Now = time.Now
	if err := ensureDefinitions(t.Context(), maintenance); err != nil {
		t.Fatal(err)
	}
	const content = "select bit_xor(hash(calls)), (select bit_xor(hash(call_versions)) from call_versions), (select bit_xor(hash(customer_episodes)) from customer_episodes) from calls"
	wantContent := query(t, openReader(t, options), content)
	killed := 0
	for delay := 200 * time.Millisecond; ; delay *= 2 {
		process := exec.Command(os.Args[0], "-test.run=^TestKilledMaintenanceLosesNothing$", "-test.count=1")
		process.Env = append(os.Environ(), maintainedEnv+"="+lake.Catalog.String(), "DATA="+data, "DEFINITIONS="+maintenance.Path)
		timer := time.AfterFunc(delay, func() { process.Process.Kill() })
		out, err := process.CombinedOutput()
		if timer.Stop() { // it has ended before
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			break
		}
		killed++
		if got := query(t, openReader(t, options), content); !slices.EqualFunc(got, wantContent, slices.Equal) {
			t.Errorf("killed after %v: %v, want %v", delay, got, wantContent)
		}
	}
	if killed == 0 {
		t.Error("no process was killed")
	}
	maintenance.Now = func() time.Time { return time.Now().Add(snapshotsKept + fileGrace) }
	maintain(t, maintenance, MaintainOptions{})
	reader := openReader(t, options)
	checkStored(t, reader, want, "a week later")
	known := query(t, reader, "select sum(file_count + delete_file_count)::int from ducklake_table_info('lake')")[1][0]
	files := 0
	err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".parquet") {
			files++
		}
		return err
	})
	if err != nil || known != fmt.Sprint(files) {
		t.Errorf("%d files remain, and the lake has %s: %v", files, known, err)
	}
}
