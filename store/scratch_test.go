package store

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

var spillRounds = flag.Int("spillrounds", 1, "queries of each reader that spills at the same time as others")

// spilling sorts more than fits into memory; rank shows whether the order is right.
const spilling = `
select count(*) as n, sum(rank * (value % 7)) as figure
from (select value, row_number() over (order by key, value) as rank
      from (select range as value, md5(range::varchar) || repeat('x', 100) as key from range(200000)))`

// TestSpillsAtOnceAreCorrect: ten readers and loads, each with too little memory.
func TestSpillsAtOnceAreCorrect(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir := t.TempDir()
	temp := filepath.Join(dir, "tmp")
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	load(t, dir, testSettings())
	published(t, dir, testSettings()).Close()
	path := filepath.Join(dir, "published", "calls.duckdb")
	open := func(memory string) *Reader {
		reader, err := OpenReader(t.Context(), Options{Path: path, Settings: testSettings(), Immutable: true,
			TempDir: temp, TempLimit: 4 << 30, MemoryLimit: memory, Threads: 1})
		if err != nil {
			t.Error(err)
		}
		return reader
	}
	reader := open("2GB")
	want := fmt.Sprint(query(t, reader, spilling))
	reader.Close()

	var wait sync.WaitGroup
	spilled := make(chan bool, 10)
	for range 10 {
		wait.Go(func() {
			reader := open("40MB")
			if reader == nil {
				return
			}
			defer reader.Close()
			for range *spillRounds {
				if got := fmt.Sprint(query(t, reader, "create temp table kept as "+spilling)); got == "" {
					t.Error("no answer")
				}
				if got := fmt.Sprint(query(t, reader, "from kept")); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
				query(t, reader, "drop table kept")
			}
			spilled <- true
		})
	}
	for i := range 3 { // each a new instance
		appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), report(fmt.Sprint("more", i)))
		db := openStore(t, Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow,
			TempDir: temp, TempLimit: 4 << 30, MemoryLimit: "200MB"})
		summary, err := db.Load(t.Context(), LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main"})
		if err := errors.Join(err, db.Close()); err != nil || summary.Calls != int64(i+2) {
			t.Errorf("load %d: %+v, %v", i, summary, err)
		}
	}
	wait.Wait()
	if len(spilled) != 10 {
		t.Errorf("only %d readers answered", len(spilled))
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 1 {
		t.Errorf("remaining: %v, %v", left, err)
	}
}

// TestFoldersOfKilledInstancesAreRemoved: folders of running instances and other folders are kept.
func TestFoldersOfKilledInstancesAreRemoved(t *testing.T) {
	temp := filepath.Join(t.TempDir(), "tmp")
	live, err := newScratch(temp, 0, readerShare)
	if err != nil {
		t.Fatal(err)
	}
	defer live.close()
	for _, name := range []string{"12-1", "13-7", "of-others"} {
		if err := os.Mkdir(filepath.Join(temp, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"12-1/.lock", "12-1/duckdb_temp_storage_DEFAULT-0.tmp", "duckdb_temp_storage_DEFAULT-0.tmp"} {
		if err := os.WriteFile(filepath.Join(temp, name), []byte("1000"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	next, err := newScratch(temp, 0, readerShare)
	if err != nil {
		t.Fatal(err)
	}
	defer next.close()
	for name, want := range map[string]bool{
		filepath.Base(live.dir): true, filepath.Base(next.dir): true, "of-others": true,
		"12-1": false, "13-7": false, "duckdb_temp_storage_DEFAULT-0.tmp": false,
	} {
		if exists(filepath.Join(temp, name)) != want {
			t.Errorf("%s is there: %v", name, !want)
		}
	}
}

// TestInstancesShareTheTotal: a writer may spill half of the total, and ten readers an equal share each.
func TestInstancesShareTheTotal(t *testing.T) {
	temp := filepath.Join(t.TempDir(), "tmp")
	const total = 8 << 30
	var sum int64
	for range 10 {
		s, err := newScratch(temp, total, readerShare)
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		if sum += s.limit; s.limit != total/20 {
			t.Errorf("a reader may spill %d", s.limit)
		}
	}
	writer, err := newScratch(temp, total, writerShare)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.close()
	if sum += writer.limit; writer.limit != total/2 || sum > total {
		t.Errorf("the writer may spill %d, all together %d", writer.limit, sum)
	}
	one, err := newScratch(temp, total, readerShare)
	if err != nil || one.limit != scratchFloor {
		t.Errorf("one too many may spill %+v, %v", one, err)
	}
	one.close()
	small, err := newScratch(filepath.Join(t.TempDir(), "tmp"), 1<<20, readerShare)
	if err != nil || small.limit != 1<<20 {
		t.Errorf("%+v, %v", small, err)
	}
	small.close()
}

// TestSpillOverTheLimitFails with an error that names the limit.
func TestSpillOverTheLimitFails(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	load(t, dir, testSettings())
	published(t, dir, testSettings()).Close()
	reader, err := OpenReader(t.Context(), Options{Path: filepath.Join(dir, "published", "calls.duckdb"), Settings: testSettings(), Immutable: true,
		TempDir: filepath.Join(dir, "tmp"), TempLimit: 4 << 20, MemoryLimit: "40MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if got := query(t, reader, "select current_setting('max_temp_directory_size') as size")[1][0]; got != "4.0 MiB" {
		t.Errorf("the limit is %s", got)
	}
	err = reader.SQL(t.Context(), spilling, ignoreColumns, ignoreValues)
	if err == nil {
		t.Error("it spilled " + strconv.Itoa(4<<20) + " bytes at most, and answered")
	}
}
