// Package queries holds the SQL of the program. A file has one statement, or a family of statements that belong together:
//
//	schema/   numbered migrations, run in order; never edited once released
//	base/     macros that turn what the vendor sent into one row per call
//	metrics/  macros for every aggregate, each defined once, and the catalogs that describe them
//	load/     the steps of a load, from staged lines to tables
//	import/   how an import is validated before it is added to the spool
//	named/    the queries that `callsheet query NAME` and reports run
//	session/  what else a reader runs: its set-up as of a time, and the values of a filter
package queries

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/sqltoken"
	"callsheet/internal/suggest"
)

//go:embed schema/*.sql base/*.sql metrics/*.sql load/*.sql import/*.sql named/*.sql session/*.sql
var files embed.FS

// Filters are the parameters by which named queries select calls, beside the period, in the order in which they are shown.
var Filters = []string{"group", "agent", "number", "direction", "campaign", "source", "hours"}

// File is one .sql file; Name is its base name without the ending.
type File struct {
	Name, SQL string
	Path      string // of a user-defined query; empty for a built-in one
	Err       error  // of a user-defined query that cannot be used

	Misnamed bool // which Err says; a built-in query or macro of the name stays
}

// Files returns the files of a folder, sorted by name.
func Files(folder string) []File {
	paths, err := fs.Glob(files, folder+"/*.sql")
	if err != nil || len(paths) == 0 {
		panic("queries: no folder " + folder) // the files are embedded, so this is a programming error
	}
	list := make([]File, len(paths))
	for i, p := range paths {
		text, _ := files.ReadFile(p)
		list[i] = File{Name: strings.TrimSuffix(path.Base(p), ".sql"), SQL: string(text)}
	}
	return list
}

// TopologicalOrder sorts files so that each comes after those whose macros it calls, since DuckDB binds a macro when it is
// created. A named query defines the macro of its name.
func TopologicalOrder(list []File) []File {
	definedBy := map[string]int{}
	for i, file := range list {
		definedBy[file.Name] = i
		for _, match := range definition().FindAllStringSubmatch(file.SQL, -1) {
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
		for _, name := range list[i].calls() {
			if dependency, ok := definedBy[name]; ok {
				add(dependency)
			}
		}
		ordered = append(ordered, list[i])
	}
	for i := range list {
		add(i)
	}
	return ordered
}

// SQL returns the text of one file by its path without the extension: "load/stage".
func SQL(path string) string {
	text, err := files.ReadFile(path + ".sql")
	if err != nil {
		panic(err) // the files are embedded, so this is a programming error
	}
	return string(text)
}

// All returns the built-in and the user-defined queries, sorted by name. A user-defined query overrides a built-in one of its name, unless
// the name cannot be used.
func All(user []File) []File {
	user = slices.DeleteFunc(slices.Clone(user), func(f File) bool { return f.Misnamed })
	list := slices.DeleteFunc(Files("named"), func(builtIn File) bool {
		return slices.ContainsFunc(user, func(f File) bool { return f.Name == builtIn.Name })
	})
	return slices.SortedFunc(slices.Values(append(list, user...)), func(a, b File) int { return strings.Compare(a.Name, b.Name) })
}

// Named finds a query by name among the built-in and the user-defined ones. One that cannot be used is an error.
func Named(user []File, name string) (File, error) {
	list := All(user)
	i := slices.IndexFunc(list, func(f File) bool { return f.Name == name })
	if i < 0 {
		names := make([]string, len(list))
		for i, f := range list {
			names[i] = f.Name
		}
		return File{}, fmt.Errorf("unknown query %q%s", name, suggest.Hint(name, names, "the queries are"))
	}
	return list[i], list[i].Explain(list[i].Err)
}

// Doc returns the comment at the head of the file as one line.
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
	definition    = lazyregexp.New(`create or replace macro (\w+)`)
	parameterName = lazyregexp.New(`^\$[a-z_]+$`)
)

// calls returns the names that a ( follows.
func (f File) calls() (names []string) {
	var last sqltoken.Token
	for token := range sqltoken.All(f.SQL) {
		if token.Kind == sqltoken.Space || token.Kind == sqltoken.Comment {
			continue
		}
		if token.Text == "(" && (last.Kind == sqltoken.Word || last.Kind == sqltoken.Quoted) {
			names = append(names, strings.ToLower(strings.Trim(last.Text, `"`)))
		}
		last = token
	}
	return names
}

func isParameter(token sqltoken.Token) bool {
	return token.Kind == sqltoken.Parameter && parameterName().MatchString(token.Text)
}

// Parameters returns the names of f's parameters ($from, $to …), in the order of their first appearance.
func (f File) Parameters() []string {
	var names []string
	for token := range sqltoken.All(f.SQL) {
		if name := strings.TrimPrefix(token.Text, "$"); isParameter(token) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Required returns the parameters that have no meaning when they are left out: the query neither replaces their NULL by another value,
// as coalesce($minutes, 10) does, nor asks for it, as $minutes is null does.
func (f File) Required() (names []string) {
	text := sqltoken.StripComments(f.SQL)
	for _, name := range f.Parameters() {
		parameter := regexp.QuoteMeta("$"+name) + `\b`
		optional := regexp.MustCompile(`(?i)(coalesce|ifnull)\s*\(\s*(try_)?(cast\s*\(\s*)?` + parameter + `|` +
			parameter + `(\s*::\s*[\w\[\](), ]+?)?\s*(is\s+(not\s+)?(null|distinct)|\bnotnull\b|\bisnull\b)|is\s+(not\s+)?distinct\s+from\s+` + parameter)
		if !optional.MatchString(text) {
			names = append(names, name)
		}
	}
	return names
}

// Macro returns the statement that defines f as a table macro of the same name, so that any DuckDB client can call it:
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
	return fmt.Sprintf("create or replace macro %q(%s) as table (%s\n)", f.Name, strings.Join(append(period, others...), ", "), f.Body())
}

// Body returns the statement in the macro of f, in which $from is the macro's parameter p_from.
func (f File) Body() string {
	var body strings.Builder
	for token := range sqltoken.All(sqltoken.StripComments(f.SQL)) {
		if isParameter(token) {
			token.Text = "p_" + token.Text[1:]
		}
		body.WriteString(token.Text)
	}
	return strings.TrimRight(body.String(), "; \t\r\n")
}
