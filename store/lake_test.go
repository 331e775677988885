//go:build unix

package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"callsheet/internal/servertest"
)

// lakeOptions are the options of a loader of a lake, on a machine of its own.
func lakeOptions(t *testing.T, lake Lake, loader string) Options {
	t.Helper()
	lake.Loader = loader
	return Options{Path: filepath.Join(t.TempDir(), "definitions.duckdb"), Lake: &lake, Settings: testSettings(), Now: testNow}
}

// newLake starts a catalog and creates a lake whose data is at a path or an address.
func newLake(t *testing.T, data string) Lake {
	t.Helper()
	return lakeOn(t, servertest.StartPostgres(t), data)
}

func lakeOn(t *testing.T, server *servertest.Postgres, data string) Lake {
	t.Helper()
	lake := Lake{Catalog: server.Database(t, "lake"), Password: servertest.Password, Data: data, Extensions: servertest.Extensions(t)}
	if err := InitLake(t.Context(), lakeOptions(t, lake, "")); err != nil {
		t.Fatal(err)
	}
	return lake
}

// loadLake loads the spool of a folder once.
func loadLake(ctx context.Context, options Options, dir string) (Summary, error) {
	db, err := Open(ctx, options)
	if err != nil {
		return Summary{}, err
	}
	defer db.Close()
	return db.Load(ctx, LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main"})
}

// observe returns a connection that sees each commit, unlike that of a Reader.
func observe(t *testing.T, lake Lake) *sql.Conn {
	t.Helper()
	options := lakeOptions(t, lake, "observer")
	if err := ensureDefinitions(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	db, conn, err := connect(t.Context(), options, writing)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	return conn
}

func openReader(t *testing.T, options Options) *Reader {
	t.Helper()
	reader, err := OpenReader(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	return reader
}

// storedSQL are queries of everything that a load stores, except where a line was and when it was loaded.
var storedSQL = []string{
	"select * from calls order by source, direction, call_sid",
	"select * from call_legs order by source, direction, call_sid, agent_key",
	"select * from call_versions order by all",
	"select * from live_events order by all",
	"select * from repeated_deliveries order by all",
	"select * exclude (file, line, loader) from other_events order by all",
	"select reason, count(*) from rejects group by all order by all",
	"from agent_names order by all", "from agent_spellings order by all", "from agent_name_days order by all", "from agent_name_changes order by all",
	"from virtual_number_days order by all", "from virtual_number_spellings order by all", "from delivery_days order by all",
	"from customer_episodes order by all", "from repeated_calls order by all", "from last_conversations order by all", "from hour_peaks order by all",
	"from groups('2026-01-01', '2026-12-31')", "from summary('2026-10-01', '2026-10-31')",
}

// missing returns the rows that other lacks.
func missing(rows, other [][]string) [][]string {
	return slices.DeleteFunc(slices.Clone(rows), func(row []string) bool {
		return slices.ContainsFunc(other, func(o []string) bool { return slices.Equal(row, o) })
	})
}

// TestLakeHasWhatADatabaseHas loads deliveries by three loaders at once, a few at a time and some by several loaders, and expects what one
// database file has of all of them.
func TestLakeHasWhatADatabaseHas(t *testing.T) {
	deliveries := testDeliveries(t)
	// Fewer statements: each asks the catalog.
	defer func(n int64) { maxFollowedCalls = n }(maxFollowedCalls)
	maxFollowedCalls = 1000
	lake := newLake(t, strings.Replace(servertest.StartS3(t), "?", "/a lake/?", 1))
	rng := rand.New(rand.NewPCG(1, 1))
	spools := [3][]string{}
	var all []string
	for _, delivery := range deliveries {
		for _, i := range rng.Perm(3)[:1+rng.IntN(3)] {
			spools[i] = append(spools[i], delivery)
			all = append(all, delivery)
		}
	}
	var loaders sync.WaitGroup
	var reader Options
	for i := range spools {
		options := lakeOptions(t, lake, fmt.Sprint("loader", i))
		reader = options
		dir, file := t.TempDir(), fmt.Sprintf("2026-10-05.loader%d.ndjson", i)
		writeSpool(t, dir, map[string]string{file: ""})
		loaders.Go(func() {
			for some := range slices.Chunk(spools[i], len(spools[i])/2+1) {
				appendTo(t, filepath.Join(dir, "spool", file), strings.Join(some, ""))
				summary, err := loadLake(t.Context(), options, dir)
				if err != nil || len(summary.Warnings) > 0 {
					t.Errorf("loader %d: %v %v", i, err, summary.Warnings)
				}
			}
		})
	}
	loaders.Wait()
	file := loaded(t, testSettings(), map[string]string{"2026-10-05.all.ndjson": strings.Join(all, "")})
	fromLake := openReader(t, reader)
	for _, asOf := range []bool{false, true} {
		for _, statement := range storedSQL {
			want, got := query(t, file, statement), query(t, fromLake, statement)
			if !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("as of: %v, %s: got %d rows, of them not wanted\n%s\nmissing\n%s", asOf, statement, len(got),
					lines(missing(got, want)), lines(missing(want, got)))
			}
		}
		if !asOf { // as it was before the last deliveries
			before := time.Date(2026, 10, 5, 11, 30, 0, 0, time.UTC)
			if err := errors.Join(file.AsOf(t.Context(), before), fromLake.AsOf(t.Context(), before)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestLoadersTakeTurns lets two loaders store at once, one of which has lost its lock, and expects DuckLake to commit one of them.
func TestLoadersTakeTurns(t *testing.T) {
	lake := newLake(t, filepath.Join(t.TempDir(), "data"))
	open := func(loader string) *Store {
		db, err := Open(t.Context(), lakeOptions(t, lake, loader))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	store := func(db *Store, meanwhile func()) error {
		return db.inTransaction(t.Context(), func(tx *sql.Tx) error {
			meanwhile()
			_, err := tx.ExecContext(t.Context(), "insert into lake.main.holidays values ('2026-01-26')")
			return err
		})
	}
	first, second := open("first"), open("second")
	err := store(first, func() {
		waiting, cancel := context.WithTimeout(t.Context(), 3*loadLockPoll)
		defer cancel()
		if err := second.withLoadLock(waiting, func() error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("two loaders have their turn at once: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	err = store(first, func() {
		second.holdsLoadLock = true // as if its connection with the lock had been cut
		if err := store(second, func() {}); err != nil {
			t.Error(err)
		}
		second.holdsLoadLock = false
	})
	if !IsTransient(err) {
		t.Errorf("both loaders committed: %v", err)
	}
	if err := store(first, func() {}); err != nil {
		t.Errorf("after a conflict: %v", err)
	}
	if _, err := second.conn.ExecContext(t.Context(), "update lake.main.settings set fingerprint = 'other'"); err != nil {
		t.Fatal(err)
	}
	if err := store(first, func() {}); !IsTransient(err) || !strings.Contains(err.Error(), "settings") {
		t.Errorf("the settings have changed: %v", err)
	}
	if _, err := second.conn.ExecContext(t.Context(), "update lake.main.settings set fingerprint = ?", first.fingerprint); err != nil {
		t.Fatal(err)
	}
	again := open("first")
	if err := store(again, func() {}); err != nil {
		t.Fatal(err)
	}
	if err := store(first, func() {}); !IsTransient(err) || !strings.Contains(err.Error(), "collector.id") {
		t.Errorf("two processes load one spool: %v", err)
	}
}

// TestCatalogRestartsDuringALoad crashes PostgreSQL between the steps of a load, and expects that nothing is stored, and everything by the next load.
func TestCatalogRestartsDuringALoad(t *testing.T) {
	server := servertest.StartPostgres(t)
	lake := lakeOn(t, server, filepath.Join(t.TempDir(), "data"))
	options, dir := lakeOptions(t, lake, "first"), t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	db, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	err = db.inTransaction(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "insert into lake.main.holidays values ('2026-01-26')"); err != nil {
			return err
		}
		server.Stop()
		server.Start(t)
		return nil
	})
	if !IsTransient(err) {
		t.Errorf("the transaction ended with %v", err)
	}
	db.Close() // its connections are cut
	if summary, err := loadLake(t.Context(), options, dir); err != nil || summary.Calls != 1 {
		t.Errorf("%d calls, %v", summary.Calls, err)
	}
	if got := query(t, openReader(t, options), "select count(*) from lake.main.holidays"); got[1][0] != "0" {
		t.Errorf("%s rows of the transaction are stored", got[1][0])
	}
}

// TestFilesOfSeveralLoadersHaveOneName corrects a rejected line of one loader, and renames its file, beside another whose file has the same name.
func TestFilesOfSeveralLoadersHaveOneName(t *testing.T) {
	lake := newLake(t, filepath.Join(t.TempDir(), "data"))
	first, second := lakeOptions(t, lake, "first"), lakeOptions(t, lake, "second")
	dirs := []string{t.TempDir(), t.TempDir()}
	other := `{"type":"other","value":"%d"}` + "\n"
	for i, options := range []Options{first, second} {
		writeSpool(t, dirs[i], map[string]string{"a.ndjson": report(fmt.Sprint("call-", i)) + fmt.Sprintf("rubbish %d\n", i) + fmt.Sprintf(other, i)})
		if summary, err := loadLake(t.Context(), options, dirs[i]); err != nil || summary.Rejects != 1 || len(summary.Rejected) != 1 {
			t.Fatalf("%+v, %v", summary, err)
		}
	}
	spool := filepath.Join(dirs[0], "spool")
	writeSpool(t, dirs[0], map[string]string{"a.ndjson": report("call-0") + report("repaired") + fmt.Sprintf(other, 0)})
	db, err := Open(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := db.Load(t.Context(), LoadOptions{SpoolDir: spool, DefaultSource: "main", RetryRejects: true})
	if err != nil || summary.Retried != 1 || summary.Rejects != 0 {
		t.Errorf("the retry: %+v, %v", summary, err)
	}
	db.Close()
	if err := os.Rename(filepath.Join(spool, "a.ndjson"), filepath.Join(spool, "b.ndjson")); err != nil {
		t.Fatal(err)
	}
	if summary, err := loadLake(t.Context(), first, dirs[0]); err != nil || summary.Lines != 0 || len(summary.Warnings) != 0 {
		t.Errorf("after the file was renamed: %+v, %v", summary, err)
	}
	got := lines(query(t, openReader(t, first), "select loader, file, 'reject' from rejects union all select loader, file, 'event' from other_events order by all")[1:])
	if want := "first,b.ndjson,event\nsecond,a.ndjson,event\nsecond,a.ndjson,reject"; strings.TrimSpace(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestReadersSeeCompleteCalls interrupts the computation of all calls after a change of settings. Readers see those from before until it ends.
func TestReadersSeeCompleteCalls(t *testing.T) {
	defer func(n int64) { portionDeliveries = n }(portionDeliveries)
	portionDeliveries = 1
	lake := newLake(t, filepath.Join(t.TempDir(), "data"))
	options, dir := lakeOptions(t, lake, "first"), t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": report("1") + report("2") + report("3")})
	if _, err := loadLake(t.Context(), options, dir); err != nil {
		t.Fatal(err)
	}
	days := func() string {
		t.Helper()
		options := lakeOptions(t, lake, "reader")
		options.Connections = 2
		reader := openReader(t, options)
		var seen [2]string
		for i := range seen { // each query takes the connection that has been idle for the longest
			seen[i] = lines(query(t, reader, "select local_day, count(*), (select timezone from settings) from calls group by all order by all")[1:])
		}
		if seen[0] != seen[1] {
			t.Errorf("one connection sees\n%s\nthe other\n%s", seen[0], seen[1])
		}
		return seen[0]
	}
	before := days()
	options.Settings.Timezone = "Pacific/Kiritimati" // where it is the next day
	interrupted, cancel := context.WithCancel(t.Context())
	initialized := make(chan error, 1)
	go func() { initialized <- InitLake(interrupted, options) }()
	observer := observe(t, lake)
	for {
		var incomplete bool
		if err := observer.QueryRowContext(t.Context(), "select fingerprint like 'incomplete % _%' from lake.main.settings").Scan(&incomplete); err != nil {
			t.Fatal(err)
		}
		if incomplete {
			break
		}
		select {
		case err := <-initialized:
			t.Fatalf("the computation was not interrupted: %v", err)
		default:
		}
	}
	cancel()
	if err := <-initialized; err == nil {
		t.Fatal("the computation was not interrupted")
	}
	if got := days(); got != before {
		t.Errorf("after the interruption:\n%s\nwant\n%s", got, before)
	}
	if _, err := loadLake(t.Context(), options, dir); err == nil || !strings.Contains(err.Error(), "init --lake") {
		t.Errorf("a load after the interruption: %v", err)
	}
	if err := InitLake(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	if got := days(); got == before || strings.Count(got, "\n") != strings.Count(before, "\n") {
		t.Errorf("in the end:\n%s", got)
	}
}

// TestInitLakeAppliesChangedSettings changes the settings of a lake and expects the calls of a database file that had the new ones from the start.
func TestInitLakeAppliesChangedSettings(t *testing.T) {
	text, err := os.ReadFile("../queries/testdata/parties_and_groups/events.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	lake := newLake(t, filepath.Join(t.TempDir(), "data"))
	options, dir := lakeOptions(t, lake, "first"), t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": string(text)})
	if _, err := loadLake(t.Context(), options, dir); err != nil {
		t.Fatal(err)
	}
	options.Settings.Timezone = "America/New_York"
	options.Settings.NumberGroups = map[string]string{"01209999999": "Elsewhere"}
	if err := InitLake(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	if summary, err := loadLake(t.Context(), options, dir); err != nil || summary.Lines != 0 {
		t.Errorf("%d lines were loaded again: %v", summary.Lines, err)
	}
	db, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.conn.ExecContext(t.Context(), "update lake.main.settings set definitions_fingerprint = 'other', macros_fingerprint = 'other'"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := loadLake(t.Context(), options, dir); err == nil || !strings.Contains(err.Error(), "another version") {
		t.Errorf("a load into the lake of another version: %v", err)
	}
	if err := InitLake(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	if _, err := loadLake(t.Context(), options, dir); err != nil {
		t.Errorf("after an update of the lake: %v", err)
	}
	const everything = "select * from calls order by call_sid"
	want := query(t, loaded(t, options.Settings, map[string]string{"a.ndjson": string(text)}), everything)
	if got := query(t, openReader(t, options), everything); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got\n%s\nwant\n%s", lines(got), lines(want))
	}
}

// TestLakeIsNotOpened expects a clear error for each lake that must not be loaded into.
func TestLakeIsNotOpened(t *testing.T) {
	lake := newLake(t, filepath.Join(t.TempDir(), "data"))
	for name, change := range map[string]struct {
		options func(*Options)
		want    string
	}{
		"password":   {func(o *Options) { o.Lake.Password = "wrong" }, "cannot be reached"},
		"no user":    {func(o *Options) { o.Lake.Catalog.User = url.User("nobody") }, "cannot be reached"},
		"no catalog": {func(o *Options) { o.Lake.Catalog.Path = "/nothing" }, "cannot be reached"},
		"no server":  {func(o *Options) { o.Lake.Catalog.Host = "127.0.0.1:1" }, "cannot be reached"},
		"data":       {func(o *Options) { o.Lake.Data = "/elsewhere" }, "all machines need the same store.lake.data"},
		"extensions": {func(o *Options) { o.Lake.Extensions = t.TempDir() }, "store.lake.extension_directory"},
		"settings":   {func(o *Options) { o.Settings.Timezone = "UTC" }, "other settings"},
		"no lake":    {func(o *Options) { o.Lake.Catalog.Path = "/postgres" }, "callsheet init --lake"},
	} {
		t.Run(name, func(t *testing.T) {
			options := lakeOptions(t, lake, "first")
			catalog := *lake.Catalog
			options.Lake.Catalog = &catalog
			change.options(&options)
			db, err := Open(t.Context(), options)
			if err == nil {
				t.Fatal("the lake was opened", db.Close())
			}
			if transient := name == "no server"; IsTransient(err) != transient {
				t.Errorf("transient: %v, want %v: %v", !transient, transient, err)
			}
			reader, readErr := OpenReader(t.Context(), options)
			if readErr == nil && reader.Close() == nil && name == "settings" { // a reader takes them from the lake
				readErr = err
			}
			for _, err := range []error{err, readErr} {
				if err == nil || !strings.Contains(err.Error(), change.want) || !strings.Contains(err.Error(), "hint: ") {
					t.Error(err)
				} else if strings.Contains(err.Error(), servertest.Password) || strings.Contains(err.Error(), "wrong") {
					t.Errorf("the error shows the password: %v", err)
				}
			}
		})
	}
}

// TestExtensionsAreVerified changes an extension that DuckDB has verified before.
func TestExtensionsAreVerified(t *testing.T) {
	lake := newLake(t, filepath.Join(t.TempDir(), "data"))
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(lake.Extensions)); err != nil {
		t.Fatal(err)
	}
	lake.Extensions = folder
	options := lakeOptions(t, lake, "first")
	open := func() error {
		reader, err := OpenReader(t.Context(), options)
		if err == nil {
			err = reader.Close()
		}
		return err
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(lake.extensionFolder(), "ducklake.duckdb_extension")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(file, []byte("ducklake_snapshots"), []byte("ducklake_snapshotz"), 1)
	for _, now := range [][]byte{changed, file} {
		if err := errors.Join(os.Remove(path), os.WriteFile(path, now, 0o644)); err != nil {
			t.Fatal(err)
		}
		if err := open(); (err == nil) != bytes.Equal(now, file) {
			t.Errorf("after a change of the extension: %v", err)
		} else if err != nil && !strings.Contains(err.Error(), "store.lake.extension_directory") {
			t.Errorf("no hint: %v", err)
		}
	}
}

// TestReadOnlyRole reads a lake as a user of PostgreSQL that may only read, and from a bucket that only answers reads. The role is that of docs/scale.md.
func TestReadOnlyRole(t *testing.T) {
	server := servertest.StartPostgres(t)
	var refused atomic.Bool
	bucket := servertest.BeforeS3(t, servertest.StartS3(t), func(w http.ResponseWriter, r *http.Request) bool {
		if !refused.Load() || r.Method == http.MethodGet || r.Method == http.MethodHead {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	text, err := os.ReadFile("../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	_, role, _ := strings.Cut(string(text), "create role analyst")
	role, _, found := strings.Cut(role, "```")
	if !found {
		t.Fatal("docs/scale.md has no role")
	}
	catalog := server.Database(t, "lake")
	server.Exec(t, "lake", "create role analyst"+strings.Replace(role, "PASSWORD", strings.ReplaceAll(servertest.Password, "'", "''"), 1))
	lake := Lake{Catalog: catalog, Password: servertest.Password, Data: bucket, Extensions: servertest.Extensions(t)}
	loader, dir := lakeOptions(t, lake, "first"), t.TempDir()
	if err := InitLake(t.Context(), loader); err != nil {
		t.Fatal(err)
	}
	var many strings.Builder // rows in the bucket, not in the catalog only
	for i := range 1500 {
		many.WriteString(report(fmt.Sprint("call-", i)))
	}
	writeSpool(t, dir, map[string]string{"a.ndjson": many.String()})
	if _, err := loadLake(t.Context(), loader, dir); err != nil {
		t.Fatal(err)
	}
	refused.Store(true)
	reading := *catalog
	reading.User = url.User("analyst")
	lake.Catalog = &reading
	analyst := lakeOptions(t, lake, "analyst")
	if got := query(t, openReader(t, analyst), "select calls from summary('2026-10-01', '2026-10-31')")[1][0]; got != "1500" {
		t.Errorf("the analyst sees %s calls", got)
	}
	refused.Store(false)
	if _, err := loadLake(t.Context(), analyst, dir); err == nil || !strings.Contains(err.Error(), "permission denied") || IsTransient(err) {
		t.Errorf("the analyst loads: %v", err)
	}
}

// TestReadersOfALakeOnlyRead runs SQL of users that would write to the lake or show its password.
func TestReadersOfALakeOnlyRead(t *testing.T) {
	lake := newLake(t, filepath.Join(t.TempDir(), "data"))
	reader := openReader(t, lakeOptions(t, lake, ""))
	for _, statement := range []string{
		"insert into calls from calls",
		"delete from loaders",
		"drop table calls",
		"from postgres_query('__ducklake_metadata_lake', 'select 1')",
		"call postgres_execute('__ducklake_metadata_lake', 'drop table ducklake_table')",
		"delete from __ducklake_metadata_lake.public.ducklake_table",
		"call ducklake_expire_snapshots('lake', older_than => now())",
		"call ducklake_cleanup_old_files('lake', cleanup_all => true)",
		"from lake.cleanup_old_files(cleanup_all => true)",
		"attach 'host=127.0.0.1' as other (type postgres)",
		"from read_text('/etc/passwd')",
	} {
		if err := reader.SQL(t.Context(), statement, func([]string) error { return nil }, func([]any) error { return nil }); err == nil {
			t.Errorf("%s was run", statement)
		}
	}
	checkFunctions(t, reader)
	for _, statement := range []string{"from duckdb_databases()", "from duckdb_settings()"} {
		if shown := lines(query(t, reader, statement)); strings.Contains(shown, "it's a") {
			t.Errorf("%s shows the password:\n%s", statement, shown)
		}
	}
}

// TestReaderOfALakeSeesOneState loads between two queries of a reader, and expects equal answers on all its connections, and new ones of the next reader.
func TestReaderOfALakeSeesOneState(t *testing.T) {
	lake := newLake(t, filepath.Join(t.TempDir(), "data"))
	options, dir := lakeOptions(t, lake, "first"), t.TempDir()
	load := func(name, call string) {
		t.Helper()
		writeSpool(t, dir, map[string]string{name: call})
		if summary, err := loadLake(t.Context(), options, dir); err != nil || summary.Reports != 1 {
			t.Fatalf("%d reports, %v", summary.Reports, err)
		}
	}
	load("a.ndjson", oneCall)
	options.Connections = 2
	reader := openReader(t, options)
	const counts = "select (select count(*) from calls), (select count(*) from call_versions), (from lake.current_snapshot())"
	before := query(t, reader, counts)
	load("b.ndjson", strings.ReplaceAll(oneCall, `"1"`, `"2"`))
	for range options.Connections { // takes turns
		if got := query(t, reader, counts); !slices.EqualFunc(got, before, slices.Equal) {
			t.Errorf("after a load: %v, want %v", got, before)
		}
	}
	if got := query(t, openReader(t, options), counts); got[1][0] != "2" {
		t.Errorf("the next reader has %s calls, want 2", got[1][0])
	}
}

// TestDefinitionsAreMadeOnce opens a lake in several processes of a new machine at the same moment, as serve does when it starts.
func TestDefinitionsAreMadeOnce(t *testing.T) {
	lake := Lake{Catalog: &url.URL{Scheme: "postgres", Path: "/none"}, Data: t.TempDir(), Extensions: servertest.Extensions(t)}
	options := lakeOptions(t, lake, "first")
	var made sync.WaitGroup
	for range 4 {
		made.Go(func() {
			if err := ensureDefinitions(t.Context(), options); err != nil {
				t.Error(err)
			}
		})
	}
	made.Wait()
}

// TestRunsOfMachinesThatShareALake loads the ledger that machines write to the catalog.
func TestRunsOfMachinesThatShareALake(t *testing.T) {
	server := servertest.StartPostgres(t)
	lake := lakeOn(t, server, t.TempDir())
	options := lakeOptions(t, lake, "first")
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	load := func() {
		t.Helper()
		if _, err := loadLake(t.Context(), options, dir); err != nil {
			t.Fatal(err)
		}
	}
	db := observe(t, lake)
	want := func(want ...string) {
		t.Helper()
		got, err := texts(t.Context(), db, "select format('{} {} {} {}', due_at at time zone 'UTC', recipient, state, loader) from report_runs order by all")
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("report_runs has %q, want %q; %v", got, want, err)
		}
	}
	lastChange := func() string {
		t.Helper()
		return server.Exec(t, "lake", "select snapshot_id, changes_made from ducklake_snapshot_changes order by 1 desc limit 1")
	}
	add := func(due, recipient, state, machine string) {
		t.Helper()
		server.Exec(t, "lake", fmt.Sprintf(`insert into callsheet_runs (run) values ('{"report":"daily","period":"2026-10-05","due_at":"%s","started_at":"%[1]s",
			"recipient":"%s","state":"%s","machine":"%s","open":false}')`, due, recipient, state, machine))
	}
	load()
	want()
	server.Exec(t, "lake", "create table callsheet_runs (id bigint generated always as identity primary key, run json not null)")
	load()
	want()
	add("2026-10-06T08:00:00+05:30", "", "building", "first")
	add("2026-10-06T08:00:00+05:30", "", "sent", "second")
	add("2026-10-06T08:00:00+05:30", "a@x", "sent", "second")
	load()
	want("2026-10-06 02:30:00  sent second", "2026-10-06 02:30:00 a@x sent second")
	before := lastChange()
	load()
	if after := lastChange(); after != before {
		t.Errorf("a load without anything new changed the lake: %s", after)
	}
	add("2026-10-07T08:00:00+05:30", "", "sent", "first") // another due time of the period
	add("2026-10-06T08:00:00+05:30", "a@x", "unknown", "second")
	load()
	want("2026-10-06 02:30:00 a@x unknown second", "2026-10-07 02:30:00  sent first")
	server.Exec(t, "lake", "delete from callsheet_runs")
	load()
	want()
}
