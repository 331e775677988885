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
	"internal/spool":              {"internal/atomicfile"},
	"internal/locale":             {"internal/yamlstrict"},
	"internal/period":             {},
	"queries":                     {},
	"templates":                   {},
	"internal/notify":             {"internal/atomicfile"},
	"internal/demo":               {},
	"internal/display":            {},
	"internal/exitcode":           {},
	"internal/shell":              {"internal/child", "internal/config", "internal/display", "internal/exitcode", "queries", "report", "store"},
	"internal/sqlvalue":           {},
	"internal/yamlstrict":         {},
	"internal/collector":          {"internal/spool"},
	"internal/importer":           {"internal/spool"},
	"internal/config":             {"internal/locale", "internal/period", "internal/yamlstrict"},
	"store":                       {"internal/atomicfile", "internal/spool", "internal/sqlvalue", "queries"},
	"report":                      {"internal/atomicfile", "internal/locale", "internal/period", "internal/sqlvalue", "internal/yamlstrict"},
	"report/lint":                 {},
	"internal/job":                {"internal/notify", "internal/atomicfile", "internal/period"},
	"bench/collect":               {},
	"bench/hostile":               {},
	"bench/load":                  {"bench/process", "bench/reports"},
	"bench/process":               {},
	"bench/queries":               {"bench/reports", "queries", "store"},
	"bench/reports":               {},
	"bench/workbook":              {"bench/process", "bench/reports", "internal/sqlvalue", "store"},
	"cmd/callsheet":               {"internal/collector", "internal/config", "internal/notify", "internal/demo", "internal/importer", "internal/atomicfile", "internal/child", "internal/display", "internal/exitcode", "internal/job", "internal/shell", "internal/locale", "internal/period", "queries", "report", "internal/spool", "internal/sqlvalue", "store", "templates"},
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
