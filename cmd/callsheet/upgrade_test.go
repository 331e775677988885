package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// redefined are the columns whose figures have changed since the database was made; docs/metrics.md says how, under What changed.
var redefined = map[string][]string{
	"agents": {"coins", "coins_unanswered", "coins_unanswered_share", "coins_per_answered", "coins_per_talk_minute"},
	// coins has a row of no agent for unanswered incoming calls.
	"coins": {"agent", "calls", "answered", "coins", "coins_unanswered", "coins_unanswered_share", "coins_per_answered", "coins_per_talk_minute"},
}

// TestDatabaseOfAnEarlierSchemaIsUpgraded loads into testdata/upgrade, a demo's database as schema 15 had it: the load migrates it, says
// so if there is a newer schema, and every figure is as before, by the macros that the old database brought along.
func TestDatabaseOfAnEarlierSchemaIsUpgraded(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "data", "spool"), os.DirFS("testdata/upgrade")); err != nil {
		t.Fatal(err)
	}
	spool, old, config := filepath.Join(dir, "data", "spool"), filepath.Join(dir, "old.duckdb"), filepath.Join(dir, "callsheet.yaml")
	if err := os.Rename(filepath.Join(spool, "callsheet.yaml"), config); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(spool, "calls.duckdb.zst")
	compressed, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	database, err := decoder.DecodeAll(compressed, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{old, filepath.Join(dir, "data", "calls.duckdb")} {
		if err := os.WriteFile(path, database, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(archive); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		command := exec.Command("callsheet", append([]string{"--config", config}, args...)...)
		var stderr strings.Builder
		command.Stderr = &stderr
		out, err := command.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.String())
		}
		return string(out)
	}
	schema := run("sql", "--db", old, "select max(version) from schema_migrations")
	loaded := run("load")
	newest := run("sql", "select max(version) from schema_migrations")
	if says := strings.Contains(loaded, "has been migrated from schema 15 to "); says != (schema != newest) || !strings.Contains(loaded, "0 new lines in 0 files") {
		t.Errorf("the load of schema %s into %s says\n%s", schema, newest, loaded)
	}
	for _, query := range []string{"total", "groups", "agents", "days", "numbers", "campaigns", "outcomes", "coins"} {
		source := query + "('2026-10-03', '2026-10-05')"
		header, _, _ := strings.Cut(run("sql", "--db", old, "from "+source), "\n") // later versions may have more columns
		columns := slices.DeleteFunc(strings.Split(header, ","), func(name string) bool { return slices.Contains(redefined[query], name) })
		statement := `select distinct "` + strings.Join(columns, `", "`) + `" from ` + source + " order by all"
		if got, want := run("sql", statement), run("sql", "--db", old, statement); got != want || strings.Count(want, "\n") < 2 {
			t.Errorf("%s: after the upgrade\n%s\nbefore\n%s", query, got, want)
		}
	}
	if got, want := run("query", "content", "--from", "2026-10-03", "--to", "2026-10-05"), 4; strings.Count(got, "\n") != want {
		t.Errorf("the days are\n%s", got)
	}
}
