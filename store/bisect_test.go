package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestLineThatDuckDBRefusesIsRejectedAlone has a value that DuckDB refuses in staging, and one that it refuses when calls are built:
// their lines are rejected with DuckDB's message, all others are loaded.
func TestLineThatDuckDBRefusesIsRejectedAlone(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	var text strings.Builder
	for i := range 16 {
		direction, group := "IVR", "Sales"
		switch i {
		case 3, 4, 10:
			direction = "BOOM"
		case 15:
			group = "BANG"
		}
		fmt.Fprintf(&text, `{"CallSid":"c%d","Direction":"%s","call_group":"%s","EndTime":"2026-10-05 10:00:00"}`+"\n\n", i, direction, group)
	}
	dir := spoolOf(t, map[string]string{"a.ndjson": text.String(), "b.ndjson": report("b")})
	db := openStore(t, Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow})
	defer db.Close()
	for _, macro := range []string{
		"create or replace macro call_direction(p_text) as case when p_text = 'BOOM' then error('no such direction')::varchar else 'incoming' end",
		"create or replace macro trimmed(p_text) as case when p_text = 'BANG' then error('no such group')::varchar else p_text end",
	} {
		if _, err := db.conn.ExecContext(t.Context(), macro); err != nil {
			t.Fatal(err)
		}
	}
	got, err := db.Load(t.Context(), LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Rejects != 4 || got.Calls != 13 || got.Lines != 33 || got.Blank != 16 || got.Files != 2 {
		t.Errorf("got %+v", got)
	}
	rows, err := db.conn.QueryContext(t.Context(), "select line || ': ' || reason from rejects order by line")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var reasons []string
	for rows.Next() {
		var reason string
		if err := rows.Scan(&reason); err != nil {
			t.Fatal(err)
		}
		reasons = append(reasons, reason)
	}
	for i, want := range []string{"7: ", "9: ", "21: ", "31: "} {
		if i >= len(reasons) || !strings.HasPrefix(reasons[i], want) || !strings.Contains(reasons[i], "no such ") {
			t.Errorf("reject %d is not %q…: %q", i, want, reasons)
		}
	}
}
