package pipeline

import (
	"os"
	"path/filepath"
	"testing"

	"callsheet/internal/config"
)

// TestAWorkbookIsLimitedToAGroup if a filter or a part says so, and no user query ignores it.
func TestAWorkbookIsLimitedToAGroup(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("own.yaml", "title: Own\nsheets:\n  - {name: Own, kind: table, query: own, columns: [call_sid]}\n")
	write("callsheet.yaml", `data_dir: ./data
reports:
  - {name: all, template: daily}
  - {name: agents, template: daily, burst: agent}
  - {name: sales, template: daily, filters: {group: Sales}}
  - {name: parts, template: daily, burst: call_group}
  - {name: own, template: own.yaml, filters: {group: Sales}}
`)
	check := func(want map[string]string) {
		t.Helper()
		c, err := config.Load(filepath.Join(dir, "callsheet.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for name, group := range want {
			part := map[string]string{"agents": "Asha", "parts": "Support"}[name]
			if got, err := onlyGroup(c, name, part); err != nil || got != group {
				t.Errorf("%s is limited to %q, want %q; %v", name, got, group, err)
			}
		}
	}
	const limited, unlimited = "select call_sid from calls where call_group = $group", "select call_sid from calls"
	write("queries/own.sql", limited)
	check(map[string]string{"all": "", "agents": "", "sales": "Sales", "parts": "Support", "own": "Sales"})
	write("queries/own.sql", unlimited)
	check(map[string]string{"sales": "Sales", "parts": "Support", "own": ""})
	write("queries/groups.sql", unlimited) // instead of a built-in query
	check(map[string]string{"sales": "", "parts": "", "own": ""})
}
