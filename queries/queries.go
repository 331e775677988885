// Package queries holds the SQL of the program, one statement or one family a file:
//
//	schema/   migrations, in order of their numbers; never edited once released
//	base/     macros that make one row per call out of what the vendor sent
//	metrics/  every aggregate, once, and the words for it
//	load/     the steps of a load, from staged lines to tables
//	named/    what `callsheet query NAME` runs and reports ask for
//	session/  what a reader's connection can set up before it asks
package queries

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed schema/*.sql base/*.sql metrics/*.sql load/*.sql named/*.sql session/*.sql
var files embed.FS

// File is one .sql file; Name is its base name without the ending.
type File struct {
	Name, SQL string
	Path      string // of a user's own
}

// In lists the files of a folder by name.
func In(folder string) []File {
	paths, err := fs.Glob(files, folder+"/*.sql")
	if err != nil || len(paths) == 0 {
		panic("queries: no folder " + folder) // embedded at build time, so a slip of the programmer
	}
	list := make([]File, len(paths))
	for i, p := range paths {
		text, _ := files.ReadFile(p)
		list[i] = File{Name: strings.TrimSuffix(path.Base(p), ".sql"), SQL: string(text)}
	}
	return list
}

// InOrder sorts files so that each comes after those that define the macros it calls: a macro is bound when it is created.
// A named query defines the macro of its name.
func InOrder(list []File) []File {
	definedBy := map[string]int{}
	for i, file := range list {
		definedBy[file.Name] = i
		for _, match := range definition.FindAllStringSubmatch(file.SQL, -1) {
			definedBy[match[1]] = i
		}
	}
	var ordered []File
	seen := map[int]bool{}
	var add func(i int)
	add = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, match := range call.FindAllStringSubmatch(comment.ReplaceAllString(list[i].SQL, ""), -1) {
			if needed, ours := definedBy[match[1]]; ours {
				add(needed)
			}
		}
		ordered = append(ordered, list[i])
	}
	for i := range list {
		add(i)
	}
	return ordered
}

// Load is the SQL of one step of a load.
func Load(step string) string { return read("load", step) }

// Metrics is the SQL of one family of metrics.
func Metrics(name string) string { return read("metrics", name) }

// Session is the SQL that sets up a reader's connection.
func Session(name string) string { return read("session", name) }

func read(folder, name string) string {
	text, err := files.ReadFile(folder + "/" + name + ".sql")
	if err != nil {
		panic(err) // embedded at build time, so a slip of the programmer
	}
	return string(text)
}

// All are our named queries and the user's own, which stand for ours of the same name, by name.
func All(own []File) []File {
	list := slices.DeleteFunc(In("named"), func(ours File) bool {
		return slices.ContainsFunc(own, func(f File) bool { return f.Name == ours.Name })
	})
	return slices.SortedFunc(slices.Values(append(list, own...)), func(a, b File) int { return strings.Compare(a.Name, b.Name) })
}

// Named finds a named query among ours and the user's own.
func Named(own []File, name string) (File, error) {
	list := All(own)
	i := slices.IndexFunc(list, func(f File) bool { return f.Name == name })
	if i < 0 {
		names := make([]string, len(list))
		for i, f := range list {
			names[i] = f.Name
		}
		return File{}, fmt.Errorf("unknown query %q\nhint: the queries are %s", name, strings.Join(names, ", "))
	}
	return list[i], nil
}

// Doc is the comment at the head of a file, in one line.
func (f File) Doc() string {
	var words []string
	for line := range strings.Lines(f.SQL) {
		comment, ok := strings.CutPrefix(line, "--")
		if !ok {
			break
		}
		words = append(words, strings.TrimSpace(comment))
	}
	return strings.Join(words, " ")
}

var (
	definition = regexp.MustCompile(`create or replace macro (\w+)`)
	call       = regexp.MustCompile(`\b(\w+)\(`)
	comment    = regexp.MustCompile(`(?m)--.*$`)
	parameter  = regexp.MustCompile(`\$([a-z_]+)\b`)
)

// Parameters are the names of f's parameters ($from, $to …), in the order they first appear.
func (f File) Parameters() []string {
	var names []string
	for _, match := range parameter.FindAllStringSubmatch(comment.ReplaceAllString(f.SQL, ""), -1) {
		if !slices.Contains(names, match[1]) {
			names = append(names, match[1])
		}
	}
	return names
}

// Macro is the statement that makes f a table macro of the same name, so that any DuckDB client has it:
// from groups('2026-10-01', '2026-10-31', p_direction := 'incoming').
func (f File) Macro() string {
	var period, others []string
	names := f.Parameters()
	for _, name := range []string{"from", "to"} {
		if slices.Contains(names, name) {
			period = append(period, "p_"+name)
		}
	}
	for _, name := range names {
		if name != "from" && name != "to" {
			others = append(others, "p_"+name+" := null")
		}
	}
	arguments := append(period, others...)
	body := parameter.ReplaceAllString(comment.ReplaceAllString(f.SQL, ""), "p_$1")
	return fmt.Sprintf("create or replace macro %q(%s) as table %s", f.Name, strings.Join(arguments, ", "),
		strings.TrimSuffix(strings.TrimSpace(body), ";"))
}
