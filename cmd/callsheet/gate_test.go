package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUsersSQLCannotWrite gives every escape of store/testdata/escapes.txt to the program: as a user query to load, check and query, as
// only_if and recipients_query of a report to check and run, and to sql. The data stays as it is, and no file appears.
func TestUsersSQLCannotWrite(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	config := promptHome(t, "")
	dir, out := filepath.Dir(config), t.TempDir()
	callsheet := func(want int, args ...string) (output string) {
		t.Helper()
		command := exec.Command("callsheet", append([]string{"--config", config}, args...)...)
		command.Dir = out
		text, _ := command.CombinedOutput()
		if code := command.ProcessState.ExitCode(); code != want {
			t.Errorf("callsheet %q: exit code %d, want %d\n%s", args, code, want, text)
		}
		return string(text)
	}
	const everything = "select (select sum(hash(c)) from calls as c), (select sum(hash(v)) from call_versions as v), (select list(table_name order by 1) from duckdb_tables()), (select list(distinct function_name order by 1) from duckdb_functions())"
	before := callsheet(0, "sql", everything)

	text, err := os.ReadFile("../../store/testdata/escapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	var escapes []string
	for _, line := range strings.Split(string(text), "\n") {
		if line != "" && line[0] != '#' {
			line = strings.NewReplacer("OUT", out, `\n`, "\n", `\r`, "\r", `\0`, "\x00").Replace(strings.TrimPrefix(line, "temporary: "))
			escapes = append(escapes, line)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "queries"), 0o700); err != nil {
		t.Fatal(err)
	}
	reports := "reports:\n"
	for i, escape := range escapes {
		path := filepath.Join(dir, "queries", fmt.Sprintf("e%d.sql", i))
		if err := os.WriteFile(path, []byte(escape), 0o600); err != nil {
			t.Fatal(err)
		}
		condition, _ := json.Marshal(strings.ReplaceAll(escape, "\x00", ";"))
		recipients, _ := json.Marshal(path)
		reports += fmt.Sprintf("  - {name: r%d, template: coins, only_if: %s, deliver: [{folder: %s/sent}, {mail: {recipients_query: %s}}]}\n", i, condition, out, recipients)
	}
	own, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	mail := "mail: {host: 127.0.0.1, port: 1, tls: none, from: reports@example.com}\n"
	if err := os.WriteFile(config, append(own, mail+reports...), 0o600); err != nil {
		t.Fatal(err)
	}

	loaded, checked := callsheet(3, "load"), callsheet(1, "check")
	for i := range escapes {
		if !strings.Contains(loaded, fmt.Sprintf("/e%d.sql:", i)) {
			t.Errorf("load does not name %q", escapes[i])
		}
		for _, what := range []string{fmt.Sprintf("PROBLEM  query e%d:", i), fmt.Sprintf("PROBLEM  report r%d: only_if ", i), fmt.Sprintf("PROBLEM  report r%d, recipients: recipients_query ", i)} {
			if count := strings.Count(checked, what); count != 1 {
				t.Errorf("check: %d times %q for %q", count, what, escapes[i])
			}
		}
		if i%16 == 0 { // each is a process; package store tries them all
			callsheet(1, "run", fmt.Sprintf("r%d", i))
			if !strings.ContainsRune(escapes[i], 0) {
				callsheet(1, "query", fmt.Sprintf("e%d", i))
			}
		}
	}
	for _, escape := range []string{"drop table calls", "select 1; drop table calls", "from read_text('/etc/passwd')", "from '/etc/passwd'", "copy calls to 'x.csv'"} {
		callsheet(1, "sql", escape)
	}
	if after := callsheet(0, "sql", everything); after != before {
		t.Errorf("before\n%safter\n%s", before, after)
	}
	if files, err := os.ReadDir(out); err != nil || len(files) > 0 {
		t.Errorf("files appeared: %v, %v", files, err)
	}
}
