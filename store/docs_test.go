package store

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/metrics.md")

const byHand = "\n## Calls that several people took\n"

// TestMetricsPageMatchesCatalog compares docs/metrics.md with the catalogs in the database.
func TestMetricsPageMatchesCatalog(t *testing.T) {
	reader := loaded(t, testSettings(), nil)
	var page strings.Builder
	page.WriteString("# Metrics\n\n" +
		"What `kpi` and the named queries compute, from the table `metric_catalog`. Ratios are ratios of sums, and unknown when\n" +
		"their denominator is 0; durations are seconds. `go test ./store -run MetricsPage -update` writes the two tables.\n\n" +
		"| name | label | unit | is | good |\n|---|---|---|---|---|\n")
	for _, row := range query(t, reader, "select name, label, unit, formula, good from metric_catalog")[1:] {
		fmt.Fprintf(&page, "| %s | %s | %s | %s | %s |\n", row[0], row[1], row[2], row[3], row[4])
	}
	page.WriteString("\n## Columns of a call\n\n| name | label | is |\n|---|---|---|\n")
	for _, row := range query(t, reader, "select name, label, meaning from column_catalog")[1:] {
		fmt.Fprintf(&page, "| %s | %s | %s |\n", row[0], row[1], row[2])
	}
	const path = "../docs/metrics.md"
	if text, err := os.ReadFile(path); err == nil { // what follows the catalogs is written by hand
		_, rest, _ := strings.Cut(string(text), byHand)
		page.WriteString(byHand + rest)
	}
	if *update {
		if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != page.String() {
		t.Errorf("docs/metrics.md does not match the catalog; rewrite it with -update (%v)", err)
	}
}

// TestCatalogNamesEveryMetric compares the columns of kpi with its catalog.
func TestCatalogNamesEveryMetric(t *testing.T) {
	reader := loaded(t, testSettings(), nil)
	rows := query(t, reader, `
		select column_name, name
		from (
			from (describe (with slice as (from calls) from all_metrics(['everything'], slice)))
			union
			from (describe (with slice as (from calls) from agent_metrics(['everything'], slice, slice)))
		) as computed
		full join metric_catalog on column_name = name
		where column_name is distinct from 'everything' and (column_name is null or name is null)`)
	for _, row := range rows[1:] {
		t.Errorf("kpi has %q, the catalog %q", row[0], row[1])
	}
	if n := len(query(t, reader, "from metric_catalog")); n < 20 {
		t.Errorf("only %d metrics", n)
	}
}

// TestSQLInTheDocsRuns runs every statement of every page.
func TestSQLInTheDocsRuns(t *testing.T) {
	events, err := os.ReadFile("../queries/testdata/samples/events.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	reader := loaded(t, testSettings(), map[string]string{"2026-10-05.ndjson": string(events)})
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, path := range pages {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(page), "```sql\n")[1:] {
			block, _, _ = strings.Cut(block, "```")
			for statement := range strings.SplitSeq(block, ";\n") {
				if strings.TrimSpace(statement) != "" {
					query(t, reader, statement)
					ran++
				}
			}
		}
	}
	if ran < 7 {
		t.Errorf("only %d statements were found", ran)
	}
}
