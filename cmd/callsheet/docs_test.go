package main

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

var update = flag.Bool("update", false, "update the answers in docs/analysts.md")

// answered matches a statement in a page with its result below it, a table.
var answered = regexp.MustCompile("(?s)```sql\n([^`]*)```\n\n((?:\\|[^\n]*\n)+)")

// TestAnswersInTheDocs runs the statements of docs/analysts.md on the demo that the page names, and compares the results.
func TestAnswersInTheDocs(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	const path = "../../docs/analysts.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(page, []byte("`callsheet demo --days 31 --until 2026-10-31`")) {
		t.Fatal("the page names another demo")
	}
	o := defaultDemo
	o.dir, o.days, o.until = filepath.Join(t.TempDir(), "demo"), 31, "2026-10-31"
	if _, err := testApp(time.Now()).createDemo(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(o.dir, "callsheet.yaml")
	useOneThread(t, config)
	asked := 0
	text := answered.ReplaceAllStringFunc(string(page), func(block string) string {
		parts := answered.FindStringSubmatch(block)
		asked++
		got := runHere(t, "--config", config, "sql", "--format", "markdown", parts[1])
		if got != parts[2] && !*update {
			t.Errorf("%s\ngot\n%s\nthe page has\n%s", parts[1], got, parts[2])
		}
		return "```sql\n" + parts[1] + "```\n\n" + got
	})
	if asked < 10 {
		t.Errorf("only %d answers were found", asked)
	}
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDefinitionInTheDocsBuilds runs check on the report definition, which builds it from an empty database.
func TestDefinitionInTheDocsBuilds(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/workbooks.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n([^`]*)```").FindAllSubmatch(page, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of YAML", len(blocks))
	}
	dir := t.TempDir()
	base, logo := excelize.NewFile(), bytes.Buffer{}
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "templates"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := base.SaveAs(filepath.Join(dir, "templates", "letterhead.xlsx")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"callsheet.yaml": blocks[0][1], "templates/sales.yaml": blocks[1][1], "templates/logo.png": logo.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out := runHere(t, "--config", filepath.Join(dir, "callsheet.yaml"), "check"); !regexp.MustCompile(`ok +report sales-daily`).MatchString(out) {
		t.Errorf("check prints\n%s", out)
	}
}

// runHere runs a command in this process and returns its output.
func runHere(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	command := newRoot(&app{stdout: &out, stderr: io.Discard, now: time.Now})
	command.SetArgs(args)
	if err := command.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	return out.String()
}

var (
	testCommand = regexp.MustCompile("`go test ([^`]*)`")
	packagePath = regexp.MustCompile(`\./[\w/]+`)
	runPattern  = regexp.MustCompile(`-(?:run|fuzz) '?([^' ]+)`)
	testName    = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// TestCommandsInReliabilityFindTests keeps the commands of docs/reliability.md in step with the names of the tests.
func TestCommandsInReliabilityFindTests(t *testing.T) {
	const root = "../../"
	page, err := os.ReadFile(root + "docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	patterns := 0
	for _, command := range testCommand.FindAllStringSubmatch(string(page), -1) {
		run := runPattern.FindStringSubmatch(strings.ReplaceAll(command[1], `\|`, "|")) // a table escapes it
		if run == nil {
			continue
		}
		var names []string
		for _, path := range packagePath.FindAllString(command[1], -1) {
			files, err := filepath.Glob(filepath.Join(root, path, "*_test.go"))
			if err != nil || len(files) == 0 {
				t.Errorf("%s has no tests: %v", path, err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, match := range testName.FindAllStringSubmatch(string(text), -1) {
					names = append(names, match[1])
				}
			}
		}
		for pattern := range strings.SplitSeq(run[1], "|") {
			patterns++
			test, subtest, _ := strings.Cut(pattern, "/")
			if !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, test) }) {
				t.Errorf("no test is called %s: go test %s", test, command[1])
			}
			if test == "Scripts" && subtest != "" {
				if _, err := os.Stat("testdata/script/" + subtest + ".txtar"); err != nil {
					t.Errorf("go test %s: %v", command[1], err)
				}
			}
		}
	}
	if patterns < 50 {
		t.Errorf("only %d patterns on the page", patterns)
	}
}
