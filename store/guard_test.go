package store

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUserStatementsCannotWrite: refused statements change no file or folder.
func TestUserStatementsCannotWrite(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	load(t, dir, testSettings())
	path := filepath.Join(dir, "published", "calls.duckdb")
	if err := publish(t, filepath.Join(dir, "calls.duckdb"), path); err != nil {
		t.Fatal(err)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	spill := filepath.Join(dir, "spill")
	if err := os.Mkdir(spill, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"copy (select 1) to 'LINK'", "copy (select 1) to 'COPY'", "copy (select 1) to 'COPY.wal'", "copy (select 1) to 'SPILL/x.csv'",
		"copy (select 1) to '/dev/stdout'", "copy calls from 'COPY.wal'", "copy (pivot calls on outcome using count(*)) to 'COPY.wal'",
		"explain analyze copy (select 1) to 'COPY.wal'", "explain (analyze) copy (select 1) to 'COPY.wal'",
		"explain (analyze, format json) copy (select 1) to 'COPY.wal'", "EXPLAIN\nANALYSE\tcopy (select 1) to 'COPY.wal'",
		"/* x */ explain analyze copy (select 1) to 'COPY.wal'", "explain analyze copy (pivot calls on outcome using count(*)) to 'COPY.wal'",
		"/* /* */ explain select $$ */ explain analyze copy (select 1) to 'COPY.wal' -- $$",
		"/* /* */ select 1 -- */ copy (pivot calls on outcome using count(*)) to 'COPY.wal'",
		"-- \rselect\ncopy (pivot calls on outcome using count(*)) to 'COPY.wal'",
		"export database 'SPILL/e'", "explain export database 'SPILL/e'", "import database 'SPILL'", "attach 'SPILL/x.duckdb' as x",
		"select 1; copy (select 1) to 'COPY.wal'", "select 1; select 2", "prepare p as copy (select 1) to 'COPY.wal'",
		"from enable_logging(storage = 'file', storage_path = 'SPILL/logs')", "call enable_logging()", `from "Enable_Logging"()`,
		"from query('from enable_log' || 'ging()')", `from "query" /* */ ('select 1')`, "from query\u00a0('select 1')",
		"from json_execute_serialized_sql(json_serialize_sql('select 1'))", "from enable_profiling(save_location = 'SPILL/p')",
		"pragma enable_profiling", "pragma add_parquet_key('a', '0123456789112345')", "pragma import_database('SPILL')",
		"set temp_directory = 'SPILL'", "set enable_external_access = true", "reset lock_configuration", "set log_query_path = 'SPILL/q'",
		"create persistent secret s (type http)", "install httpfs", "load httpfs", "checkpoint", "vacuum", "detach calls", "update extensions",
		"delete from calls", "create table x as select 1", "drop table calls", "from glob('/etc/*')", "from read_text('/etc/passwd')",
		"create temp macro m() as table from read_text('/etc/passwd')", "select getenv('HOME')",
	} {
		// A new reader each: a refused statement must not affect the next.
		reader, err := OpenReader(t.Context(), Options{Path: path, Settings: testSettings(), Immutable: true, TempDir: spill})
		if err != nil {
			t.Fatal(err)
		}
		own, err := filepath.Glob(filepath.Join(spill, "*-*"))
		if err != nil || len(own) != 1 {
			t.Fatalf("spills into %v, %v", own, err)
		}
		before := listing(t, dir)
		fill := strings.NewReplacer("LINK", path, "COPY", real, "SPILL", own[0])
		if err := reader.SQL(t.Context(), fill.Replace(statement), ignoreColumns, ignoreValues); err == nil {
			t.Errorf("%s: not refused", statement)
		}
		if err := reader.StreamSQL(t.Context(), fill.Replace(statement), ignoreColumns, ignoreValues); err == nil {
			t.Errorf("%s: not refused as a stream", statement)
		}
		if after := listing(t, dir); after != before {
			t.Fatalf("%s: before\n%safter\n%s", statement, before, after)
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestUserStatementsCanRead the published data and use temporary tables.
func TestUserStatementsCanRead(t *testing.T) {
	reader := loaded(t, testSettings(), map[string]string{"a.ndjson": oneCall})
	for _, statement := range []string{
		"select 1;", "from calls", "with x as (select 1) from x", "(select 1) union (select 2)", "values (1)", "table calls", "describe calls",
		"show tables", "summarize calls", "pivot calls on outcome using count(*)", "from (pivot calls on outcome using count(*))",
		"create temp table p as pivot calls on outcome using count(*)", "explain pivot calls on outcome using count(*)",
		"explain select 1", "explain (select 1)", "explain analyze select 1", "explain (analyze, format json) select 1",
		"create temp table t as select 1 as n", "insert into t values (2)", "update t set n = 3", "delete from t", "drop table t",
		"create temp macro m() as 1", "create temp view v as from calls", "set variable x = 1", "pragma table_info('calls')",
		"-- a comment\nselect ';' /* ; */ -- ;", "select 'query' as query", "use calls",
	} {
		if err := reader.SQL(t.Context(), statement, ignoreColumns, ignoreValues); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	for statement, begins := range map[string]string{"slect 1": "slect", ".help": ".", "( ) select 1": ")"} {
		if err := reader.SQL(t.Context(), statement, ignoreColumns, ignoreValues); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("begins with %q", begins)) {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func ignoreColumns([]string) error { return nil }
func ignoreValues([]any) error     { return nil }

// listing is every file with its size and time of change.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var text strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		text.WriteString(path + " " + info.Mode().String() + " ")
		if !entry.IsDir() {
			text.WriteString(info.ModTime().String())
		}
		text.WriteString("\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text.String()
}
