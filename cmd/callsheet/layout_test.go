package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"callsheet/queries"
)

// allowedImports lists the packages of this module that each package may import. Imports point one way: packages that store and read
// deliveries do not import reports, and only cmd imports everything. Each may import internal/lazyregexp, as it may import regexp.
var allowedImports = map[string][]string{
	"callsheet":                   {},
	"internal/atomicfile":         {},
	"internal/suggest":            {},
	"internal/backoff":            {},
	"internal/garbage":            {},
	"internal/lazyregexp":         {},
	"internal/texts":              {"internal/display"},
	"internal/child":              {},
	"internal/atomicfile/crashfs": {"internal/atomicfile"},
	"internal/backup":             {"internal/atomicfile", "internal/display", "internal/spool"},
	"internal/spool":              {"internal/atomicfile", "internal/display"},
	"internal/locale":             {"internal/suggest"},
	"internal/period":             {"internal/locale", "internal/suggest"},
	"internal/schedule":           {"internal/period"},
	"queries":                     {"internal/sqltoken", "internal/suggest"},
	"templates":                   {},
	"internal/notify":             {"internal/atomicfile", "internal/remote"},
	"internal/remote":             {},
	"internal/vendor":             {"internal/atomicfile", "internal/display", "internal/remote", "internal/spool"},
	"internal/demo":               {},
	"internal/demo/vendorapi":     {"internal/demo"},
	"internal/servertest":         {},
	"internal/smtptest":           {"internal/servertest"},
	"internal/pipeline":           {"internal/atomicfile", "internal/backoff", "internal/backup", "internal/catalog", "internal/child", "internal/config", "internal/display", "internal/exitcode", "internal/job", "internal/locale", "internal/notify", "internal/period", "internal/phone", "internal/schedule", "internal/spool", "internal/yamlstrict", "queries", "report", "store", "templates", "internal/suggest", "internal/vendor"},
	"internal/monitor":            {"internal/atomicfile", "internal/backoff", "internal/backup", "internal/child", "internal/collector", "internal/config", "internal/display", "internal/exitcode", "internal/importer", "internal/job", "internal/notify", "internal/period", "internal/pipeline", "internal/spool", "internal/sqlvalue", "internal/texts", "queries", "report", "store", "internal/vendor"},
	"internal/scheduler":          {"internal/atomicfile", "internal/backoff", "internal/catalog", "internal/child", "internal/collector", "internal/config", "internal/exitcode", "internal/job", "internal/monitor", "internal/pagedata", "internal/pipeline"},
	"internal/display":            {},
	"internal/exitcode":           {},
	"internal/shell":              {"internal/child", "internal/config", "internal/display", "internal/exitcode", "queries", "report", "store", "internal/sqltoken", "internal/suggest"},
	"internal/sqltoken":           {},
	"internal/sqlvalue":           {},
	"internal/yamlstrict":         {"internal/suggest"},
	"internal/client":             {},
	"internal/live":               {"internal/phone", "internal/spool"},
	"internal/phone":              {},
	"internal/page":               {"internal/client", "internal/atomicfile", "internal/live", "internal/locale", "internal/password", "internal/spool", "internal/texts"},
	"internal/pagedata":           {"internal/child", "internal/config", "internal/display", "internal/exitcode", "internal/job", "internal/live", "internal/locale", "internal/monitor", "internal/page", "internal/period", "internal/phone", "internal/pipeline", "internal/shell", "internal/spool", "internal/sqlvalue", "queries", "store"},
	"internal/password":           {},
	"internal/collector":          {"internal/client", "internal/exitcode", "internal/spool"},
	"internal/importer":           {"internal/display", "internal/exitcode", "internal/phone", "internal/spool", "internal/yamlstrict", "store", "internal/suggest"},
	"internal/config":             {"internal/locale", "internal/password", "internal/phone", "internal/period", "internal/schedule", "internal/sqltoken", "internal/yamlstrict", "queries", "internal/suggest"},
	"store":                       {"internal/atomicfile", "internal/spool", "internal/sqltoken", "internal/sqlvalue", "internal/suggest", "queries", "internal/display"},
	"report":                      {"internal/atomicfile", "internal/locale", "internal/phone", "internal/period", "internal/sqlvalue", "internal/yamlstrict", "queries", "report/xlsx", "internal/suggest"},
	"report/lint":                 {},
	"report/xlsx":                 {"internal/atomicfile"},
	"internal/catalog":            {},
	"internal/job":                {"internal/catalog", "internal/notify", "internal/atomicfile", "internal/backoff", "internal/period", "internal/schedule"},
	"bench/all":                   {"bench/process", "bench/reports"},
	"bench/collect":               {},
	"bench/hostile":               {},
	"bench/import":                {"bench/process", "bench/reports"},
	"bench/lake":                  {"bench/process", "bench/reports", "store"},
	"bench/load":                  {"bench/process", "bench/reports"},
	"bench/page":                  {"bench/reports"},
	"bench/process":               {},
	"bench/queries":               {"bench/reports", "queries", "store"},
	"bench/reports":               {},
	"bench/start":                 {},
	"bench/workbook":              {"bench/process", "bench/reports", "internal/sqlvalue", "store"},
	"cmd/callsheet":               {"internal/backup", "internal/atomicfile", "internal/child", "internal/collector", "internal/config", "internal/demo", "internal/demo/vendorapi", "internal/display", "internal/exitcode", "internal/garbage", "internal/importer", "internal/job", "internal/monitor", "internal/notify", "internal/page", "internal/pagedata", "internal/password", "internal/period", "internal/pipeline", "internal/scheduler", "internal/shell", "internal/spool", "queries", "store", "internal/suggest", "templates"},
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
		allowed, ok := allowedImports[name]
		if !ok {
			t.Errorf("package %s has no rule here", name)
		}
		found++
		for _, imported := range strings.Fields(imports) {
			if imported, ok := strings.CutPrefix(imported, "callsheet/"); ok && imported != "internal/lazyregexp" && !slices.Contains(allowed, imported) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
	if found != len(allowedImports) {
		t.Errorf("%d packages, %d rules", found, len(allowedImports))
	}
}

// A pattern in a package variable would be compiled at each start.
func TestPatternsAreCompiledWhenUsed(t *testing.T) {
	atStart := regexp.MustCompile(`(?m)^(var [^\n]*|\t\w+ += )regexp\.(MustCompile|Compile)\(.*`)
	if !atStart.MatchString("var (\n\tdigits = regexp.MustCompile(`[0-9]`)\n)") {
		t.Fatal("nothing would be found")
	}
	eachSource(t, func(path string, source []byte) {
		for _, found := range atStart.FindAll(source, -1) {
			t.Errorf("%s: %s\nhint: internal/lazyregexp", path, bytes.TrimSpace(found))
		}
	})
}

// Code that ignores the header of a result reads its columns by position, so a user's query must not take the place of the built-in one.
func TestQueriesReadByPositionCannotBeReplaced(t *testing.T) {
	byPosition := regexp.MustCompile(`\.Query\(\w+, "(\w+)", .*ignoreHeader`)
	dir, found := t.TempDir(), map[string]string{}
	eachSource(t, func(path string, source []byte) {
		for _, match := range byPosition.FindAllSubmatch(source, -1) {
			found[string(match[1])] = path
			if err := os.WriteFile(filepath.Join(dir, string(match[1])+".sql"), []byte("select 1"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	if len(found) == 0 {
		t.Fatal("no such code was found")
	}
	for _, file := range queries.User(dir) {
		if file.Err == nil {
			t.Errorf("%s reads %s by position\nhint: add it to fixedQueries in queries/user.go", found[file.Name], file.Name)
		}
	}
}

// eachSource calls do with each Go file that is no test.
func eachSource(t *testing.T, do func(path string, source []byte)) {
	t.Helper()
	for _, dir := range []string{"cmd", "internal", "queries", "report", "store"} {
		err := filepath.WalkDir(filepath.Join("../..", dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			do(path, source)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
