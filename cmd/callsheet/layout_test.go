package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which of our packages each may import. They point one way: what keeps and reads deliveries knows
// nothing of reports, and only cmd knows all.
var allowed = map[string][]string{
	"internal/atomicfile":         {},
	"internal/child":              {},
	"internal/atomicfile/crashfs": {"internal/atomicfile"},
	"spool":                       {"internal/atomicfile"},
	"locale":                      {"strict"},
	"period":                      {},
	"queries":                     {},
	"templates":                   {},
	"deliver":                     {"internal/atomicfile"},
	"demo":                        {},
	"strict":                      {},
	"collector":                   {"spool"},
	"exports":                     {"spool"},
	"config":                      {"locale", "period", "strict"},
	"store":                       {"internal/atomicfile", "spool", "queries"},
	"report":                      {"internal/atomicfile", "locale", "period", "strict"},
	"report/lint":                 {},
	"job":                         {"deliver", "internal/atomicfile", "period"},
	"bench/collect":               {},
	"bench/hostile":               {},
	"bench/load":                  {"bench/process", "bench/reports"},
	"bench/process":               {},
	"bench/queries":               {"bench/reports", "queries", "store"},
	"bench/reports":               {},
	"bench/workbook":              {"bench/process", "bench/reports", "store"},
	"cmd/callsheet":               {"collector", "config", "deliver", "demo", "exports", "internal/atomicfile", "internal/child", "job", "locale", "period", "queries", "report", "spool", "store", "templates"},
}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Imports " "}}`, "callsheet/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		name := strings.TrimPrefix(path, "callsheet/")
		may, known := allowed[name]
		if !known {
			t.Errorf("package %s has no rule here", name)
		}
		found++
		for _, imported := range strings.Fields(imports) {
			if ours, ok := strings.CutPrefix(imported, "callsheet/"); ok && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
		}
	}
	if found != len(allowed) {
		t.Errorf("%d packages, %d rules", found, len(allowed))
	}
}
