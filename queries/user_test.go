package queries

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUserQueriesThatCannotBeUsed are listed with the reason, and never take the place of what the program needs.
func TestUserQueriesThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"fine": "select 1", "bom": "\ufeffselect 1", "summary": "select 1", "stats": "select 1", ".hidden": "x", "nul": "select 1\x00",
		"latin": "select '\xe9'", "wide": "\xff\xfes\x00", "empty": "-- nothing\n;", "kpi": "select 1", "range": "select 1", "freshness": "select 1",
		"Upper": "select 1", "large": "select '" + strings.Repeat("x", maxFileSize) + "'",
	} {
		if err := os.WriteFile(filepath.Join(dir, name+".sql"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.sql"), 0o700); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"fine": "", "bom": "", "summary": "", "stats": "", "nul": "UTF-8", "latin": "UTF-8", "wide": "UTF-8", "empty": "no statement", "kpi": "built-in macro",
		"range": "function of DuckDB", "freshness": "cannot be replaced", "Upper": "lower-case", "large": "1 MB", "folder": "not a file",
	}
	list := User(dir)
	if len(list) != len(want) {
		t.Errorf("%d files, want %d", len(list), len(want))
	}
	for _, file := range list {
		reason := want[file.Name]
		if reason == "" && file.Err != nil || reason != "" && (file.Err == nil || !strings.Contains(file.Err.Error(), reason)) {
			t.Errorf("%s: %v, want %q", file.Name, file.Err, reason)
		}
	}
	if file, err := Named(list, "freshness"); err != nil || file.Path != "" {
		t.Errorf("freshness is of %q, %v", file.Path, err)
	}
	if _, err := Named(list, "nul"); err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, "nul.sql")+":1:9: ") {
		t.Errorf("nul: %v", err)
	}
}
