package store

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/queries"
)

// escapes are the statements of testdata/escapes.txt, by whether the command sql accepts them.
func escapes(t *testing.T, out string) (forbidden, temporary []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/escapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("OUT", out, `\n`, "\n", `\r`, "\r", `\0`, "\x00")
	for _, line := range strings.Split(string(text), "\n") {
		switch statement, isTemporary := strings.CutPrefix(line, "temporary: "); {
		case line == "" || line[0] == '#':
		case isTemporary:
			temporary = append(temporary, fill.Replace(statement))
		default:
			forbidden = append(forbidden, fill.Replace(line))
		}
	}
	if len(forbidden) < 100 {
		t.Fatalf("only %d escapes", len(forbidden))
	}
	return forbidden, temporary
}

// selects are statements that every gate accepts.
var selects = []string{
	"select 1 as n", "select 1 as n;", "select 1 as n; -- the end", "-- a comment; and more\nselect ';' as n /* ; */ ;\n", "\ufeffselect 1 as n",
	"from calls", "table calls", "values (1), (2)", "(select 1 as n) union all (select 2)", "select count(*) from calls group by all order by all limit 3",
	"with a as (select 1 as n), b as (from a) from b", "with recursive r as (select 1 as n union all select n + 1 from r where n < 5) from r",
	"select call_sid, row_number() over (partition by agent order by started_at) as n from calls qualify n = 1",
	"with slice as (from period_calls($from, $to, p_direction := $direction)) from kpi(['call_group'], slice)",
	"from groups($from, $to, p_group := $group)", "from days($from::date, coalesce($to, current_date))",
	"select * exclude (coins), coins::double as coins from calls", "select columns('.*_seconds') from calls",
	"pivot calls on outcome in ('answered', 'missed') using count(*) group by agent", "unpivot (select 1 as a, 2 as b) on a, b",
	"from (describe calls)", "describe calls", "summarize calls", "show tables", "from duckdb_columns() where table_name = 'calls'",
	"from range(3) r(n) join generate_series(1, 3) g(n) using (n)", "select unnest([1, 2]) as n", "select * from json_each('{\"a\": 1}')",
	"select list_transform([1, 2], lambda x: x + 1) as n", "select 'drop table calls; copy' as \"read_csv\"", "select random() < 2, uuid() is not null",
	"select e'it\\'s' as n", "select $$ it's; $$ as n", "from information_schema.tables", "select n from (select 1 as n) using sample 1 rows",
	"select getvariable('as_of'), current_setting('timezone')", "select count(*) filter (where answered) from calls",
}

// namedFiles returns statements as user queries q0, q1 ….
func namedFiles(statements []string) (files []queries.File) {
	for i, statement := range statements {
		name := fmt.Sprintf("q%d", i)
		files = append(files, queries.File{Name: name, SQL: statement, Path: "queries/" + name + ".sql"})
	}
	return files
}

// gateSite is a loaded database and its published copy.
func gateSite(t *testing.T) (dir string) {
	dir = t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": oneCall})
	load(t, dir, testSettings())
	published(t, dir, testSettings()).Close()
	return dir
}

// dump is everything in a database: its tables with a hash of their rows, and its macros.
func dump(t *testing.T, path string) string {
	t.Helper()
	reader, err := OpenReader(t.Context(), Options{Path: path, Settings: testSettings()})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	text := lines(query(t, reader, "select table_name, comment from duckdb_tables() where not internal union all select view_name, sql from duckdb_views() where not internal order by all")) +
		lines(query(t, reader, "select function_name, length(macro_definition), parameters from duckdb_functions() where not internal order by all"))
	for _, row := range query(t, reader, "select table_name from duckdb_tables() where not internal and table_name <> 'settings' order by 1")[1:] {
		text += lines(query(t, reader, fmt.Sprintf("select '%s', count(*), sum(hash(t)) from %s as t", row[0], row[0])))
	}
	return text
}

// TestNoGateLetsEscapesThrough tries every escape as a user query that runs, as its macro, as only_if, as recipients_query and as a
// statement of sql. Nothing is written anywhere.
func TestNoGateLetsEscapesThrough(t *testing.T) {
	t.Parallel()
	dir, out := gateSite(t), t.TempDir()
	forbidden, temporary := escapes(t, out)
	all := slices.Concat(forbidden, temporary)
	path := filepath.Join(dir, "published", "calls.duckdb")
	reader, err := OpenReader(t.Context(), Options{Path: path, Settings: testSettings(), Immutable: true, UserQueries: namedFiles(all)})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	before := listing(t, dir)
	for i, statement := range all {
		file := namedFiles(all)[i]
		gates := map[string]error{
			"query":      reader.Query(t.Context(), file.Name, nil, ignoreColumns, ignoreValues),
			"stream":     reader.Stream(t.Context(), file.Name, nil, ignoreColumns, ignoreValues),
			"recipients": reader.Select(t.Context(), file, ignoreColumns, ignoreValues),
		}
		_, gates["only_if"] = reader.Evaluate(t.Context(), "summary", nil, statement)
		_, gates["only_if exists"] = reader.Evaluate(t.Context(), "summary", nil, "exists ("+statement+")")
		if i < len(forbidden) {
			gates["sql"] = reader.SQL(t.Context(), statement, ignoreColumns, ignoreValues)
			gates["sql stream"] = reader.StreamSQL(t.Context(), statement, ignoreColumns, ignoreValues)
		}
		for gate, err := range gates {
			if err == nil {
				t.Errorf("%s: %q is not refused", gate, statement)
			} else if problems := strings.Count(err.Error(), "hint:"); problems > 1 {
				t.Errorf("%s: %q: more than one problem: %v", gate, statement, err)
			}
		}
	}
	if after := listing(t, dir); after != before {
		t.Errorf("before\n%safter\n%s", before, after)
	}
	if entries, err := os.ReadDir(out); err != nil || len(entries) > 0 {
		t.Errorf("files outside of the data: %v, %v", entries, err)
	}
}

// TestNoMacroIsAnEscape opens the database for writing with every escape as a user query, as a load does.
func TestNoMacroIsAnEscape(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir, out := gateSite(t), t.TempDir()
	forbidden, temporary := escapes(t, out)
	all := slices.DeleteFunc(slices.Concat(forbidden, temporary), func(statement string) bool { return strings.Contains(statement, "query_table") })
	path := filepath.Join(dir, "calls.duckdb")
	before := dump(t, path)
	for range 2 { // the second time, the macros are already defined
		db, err := Open(t.Context(), Options{Path: path, Settings: testSettings(), Now: testNow, UserQueries: namedFiles(all)})
		if err != nil {
			t.Fatal(err)
		}
		unusable := slices.Collect(maps.Keys(db.UnusableQueries()))
		for i, file := range namedFiles(all) {
			if !slices.Contains(unusable, file.Name) {
				t.Errorf("the macro %q is not refused", all[i])
			}
		}
		if got := len(db.warnings); got != len(all) {
			t.Errorf("%d warnings about %d files", got, len(all))
		}
		for _, warning := range db.warnings {
			if !strings.HasPrefix(warning, "queries/q") {
				t.Errorf("a warning without its file: %s", warning)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if after := dump(t, path); after != before {
			t.Fatal(differingLines(after, before))
		}
		if entries, err := os.ReadDir(out); err != nil || len(entries) > 0 {
			t.Errorf("files outside of the data: %v, %v", entries, err)
		}
	}
}

// TestEveryGateAcceptsSelects of many kinds.
func TestEveryGateAcceptsSelects(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir := gateSite(t)
	files := namedFiles(append(selects, "select * from q0() union all select * from q0()", "from \"Q1\" ( )"))
	db, err := Open(t.Context(), Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow, UserQueries: files})
	if err != nil {
		t.Fatal(err)
	}
	for _, warning := range db.warnings {
		t.Error(warning)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	reader, err := OpenReader(t.Context(), Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), UserQueries: files})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	arguments := map[string]any{"from": "2026-10-01", "to": "2026-10-31"}
	for _, file := range files {
		gates := map[string]error{
			"query":      reader.Query(t.Context(), file.Name, arguments, ignoreColumns, ignoreValues),
			"stream":     reader.Stream(t.Context(), file.Name, arguments, ignoreColumns, ignoreValues),
			"recipients": reader.Select(t.Context(), file, ignoreColumns, ignoreValues),
		}
		call := "from " + file.Name + "()"
		if strings.Contains(file.SQL, "$from") {
			call = "from " + file.Name + "('2026-10-01', '2026-10-31')"
		} else {
			gates["sql"] = reader.SQL(t.Context(), file.SQL, ignoreColumns, ignoreValues)
			_, gates["only_if"] = reader.Evaluate(t.Context(), "freshness", nil, "exists ("+call+") or calls is null")
		}
		gates["macro"] = reader.SQL(t.Context(), call, ignoreColumns, ignoreValues)
		for gate, err := range gates {
			if err != nil {
				t.Errorf("%s: %q: %v", gate, file.SQL, err)
			}
		}
	}
	for condition, want := range map[string]bool{
		"calls = 1": true, "calls > 1": false, "calls = 1 -- one": true, "calls = 1;": true, "answer_rate < 0.8 or\ncalls >= 1": true,
		"(select count(*) from calls) = 1": true, "null": false, "calls between 1 and 2 and not exists (from rejects)": true,
		"connected / outgoing > 0.3": false, "not connected / outgoing < 0.3": false, "calls / 0 > 1": false, // what is divided by 0 is unknown
		// The known part decides, if the unknown figure cannot change the result.
		"connected / outgoing > 0.3 or calls = 1": true, "connected / outgoing > 0.3 or calls > 1": false,
		"connected / outgoing > 0.3 and calls = 1": false, "not (connected / outgoing > 0.3 and calls > 1)": true,
	} {
		if got, err := reader.Evaluate(t.Context(), "summary", arguments, condition); err != nil || got != want {
			t.Errorf("%s: %v, %v", condition, got, err)
		}
	}
	for _, condition := range []string{
		"calls > 0) or (true", "calls > 0, 1", "*", "calls as x", "calls > 0 from calls", "calls > 0 limit 1", "calls > 0 order by 1",
		"distinct calls", "1 union select 2", "", "calls > 0)::bool, false) from calls --", "1 where true", "count(*) group by all",
	} {
		if _, err := reader.Evaluate(t.Context(), "summary", arguments, condition); err == nil {
			t.Errorf("%q is a condition", condition)
		}
	}
}

// TestQueriesThatUseEachOtherAreBounded: neither an endless recursion nor an exponential number of tables is planned.
func TestQueriesThatUseEachOtherAreBounded(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir := gateSite(t)
	texts := map[string]string{
		"a": "from b()", "b": "from \"A\"()", "itself": "from itself ( )", "days": "from days($from, $to)",
		"uses_typo": "from typo()", "typo": "select ofered from calls", "fine": "from alone()", "alone": "select 1 as n",
		"grow0": "select 1 as n", "groups": "slect 1",
	}
	for i := range 40 {
		texts[fmt.Sprintf("grow%d", i+1)] = fmt.Sprintf("select x.n from grow%d() as x, grow%d() as y", i, i)
	}
	var files []queries.File
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		files = append(files, queries.File{Name: name, SQL: texts[name], Path: name + ".sql"})
	}
	began := time.Now()
	db, err := Open(t.Context(), Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow, UserQueries: files})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if took := time.Since(began); took > time.Minute {
		t.Errorf("took %s", took)
	}
	unusable := db.UnusableQueries()
	for name, reason := range map[string]string{
		"b": "uses itself", "itself": "uses itself", "days": "uses itself", "typo": "typo.sql:1:8: no column \"ofered\"", "grow9": "more than 500 tables",
		"groups": `groups.sql:1:1: Parser Error: syntax error at or near "slect"`,
	} {
		if err := unusable[name]; err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, want %q", name, err, reason)
		}
	}
	for _, name := range []string{"a", "uses_typo", "grow10", "grow40"} { // their only problem is that of another
		if err, ok := unusable[name]; !ok || err != nil {
			t.Errorf("%s: %v, %v", name, err, ok)
		}
	}
	if _, ok := unusable["fine"]; ok || len(db.warnings) != 6 {
		t.Errorf("%q", db.warnings)
	}
	// A built-in query does not stand in for a file with a problem.
	if macros, err := db.tableMacros(t.Context()); err != nil || slices.Contains(macros, "groups") || !slices.Contains(macros, "fine") {
		t.Errorf("%v, %v", macros, err)
	}
}

// TestResultsOfUsersAreBounded: the driver would hold them in memory.
func TestResultsOfUsersAreBounded(t *testing.T) {
	t.Parallel()
	files := namedFiles([]string{"from range(1000000000000)", "from range(0)"})
	reader, err := OpenReader(t.Context(), Options{Path: filepath.Join(gateSite(t), "calls.duckdb"), Settings: testSettings(), UserQueries: files})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := reader.Query(t.Context(), "q0", nil, ignoreColumns, ignoreValues); err == nil || !strings.Contains(err.Error(), "more than 1048576 rows") {
		t.Errorf("a query: %v", err)
	}
	files[0].Name, files[1].Name = "summary", "total"
	reader.userQueries = files
	for name, want := range map[string]string{"summary": "single row", "total": "single row"} {
		if _, err := reader.Evaluate(t.Context(), name, nil, "true"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("only_if over %s: %v", name, err)
		}
	}
}

// TestEveryFunctionOfDuckDBIsKnown: an update of DuckDB adds none that users can call before somebody has looked at it.
func TestEveryFunctionOfDuckDBIsKnown(t *testing.T) {
	t.Parallel()
	checkFunctions(t, loaded(t, testSettings(), map[string]string{"a.ndjson": oneCall}))
}

func checkFunctions(t *testing.T, reader *Reader) {
	t.Helper()
	for _, row := range query(t, reader, `select distinct function_name from duckdb_functions()
		where internal and (function_type in ('table', 'table_macro') or has_side_effects)`)[1:] {
		if !queries.IsKnownFunction(row[0]) {
			t.Errorf("%s is neither allowed nor refused", row[0])
		}
	}
}
