package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the answers in docs/analysts.md anew")

// answered is a statement in a page with its answer below it, a table.
var answered = regexp.MustCompile("(?s)```sql\n([^`]*)```\n\n((?:\\|[^\n]*\n)+)")

// TestAnswersInTheDocs asks the questions of docs/analysts.md on the demo that the page names, and compares the answers.
func TestAnswersInTheDocs(t *testing.T) {
	const path = "../../docs/analysts.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "demo")
	if !bytes.Contains(page, []byte("`callsheet demo --days 31 --until 2026-10-31`")) {
		t.Fatal("the page names another demo")
	}
	runHere(t, "demo", "--dir", dir, "--days", "31", "--until", "2026-10-31")
	asked := 0
	text := answered.ReplaceAllStringFunc(string(page), func(block string) string {
		parts := answered.FindStringSubmatch(block)
		asked++
		got := runHere(t, "--config", filepath.Join(dir, "callsheet.yaml"), "sql", "--format", "markdown", parts[1])
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

// runHere runs a command in this process and gives what it prints.
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
