package report

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"unicode/utf16"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/suggest"
	"callsheet/report/xlsx"

	"github.com/goccy/go-yaml"
)

// sheetKinds are the keys that each kind of sheet takes in addition to kind, name, title and note, and those that it requires.
var sheetKinds = map[string]struct{ allowed, required []string }{
	"summary": {allowed: []string{"tiles", "findings", "charts", "ranking", "alerts", "outgoing"}, required: []string{"tiles"}},
	"table": {allowed: []string{"query", "columns", "optional", "labels", "filters", "limit", "empty", "omit", "total", "total_query", "bars", "spark", "sections", "fill_in"},
		required: []string{"query", "columns"}},
	"ranked": {allowed: []string{"query", "columns", "min", "optional", "labels", "filters", "limit", "empty", "total"},
		required: []string{"query", "columns"}},
	"cards": {allowed: []string{"query", "columns", "labels", "filters", "limit", "empty", "total", "spark"},
		required: []string{"query", "columns"}},
	"heatmap":   {allowed: []string{"rows", "days", "metrics", "filters", "outgoing"}, required: []string{"rows", "metrics"}},
	"timetable": {allowed: []string{"query", "metrics", "filters", "days", "empty", "omit"}, required: []string{"query", "metrics"}},
	"trend": {allowed: []string{"query", "columns", "optional", "labels", "filters", "total", "days", "charts", "outgoing"},
		required: []string{"query", "columns"}},
	"detail":   {allowed: []string{"query", "columns", "labels", "filters", "limit", "empty", "print"}, required: []string{"query", "columns"}},
	"evidence": {},
	"notes":    {},
}

var kindNames = []string{"summary", "table", "ranked", "cards", "heatmap", "timetable", "trend", "detail", "evidence", "notes"}

var queryName = lazyregexp.New(`^[a-z][a-z0-9_]*$`)

// A checker collects the errors of a definition, each with an excerpt of the YAML.
type checker struct {
	name   string
	text   []byte
	masked bool // whether the workbook masks customers' numbers
	errs   []error
}

func (c *checker) add(path, hint, format string, args ...any) {
	message := fmt.Sprintf("report %s: %s", c.name, fmt.Sprintf(format, args...))
	if p, err := yaml.PathString(path); err == nil {
		if excerpt, err := p.AnnotateSource(c.text, false); err == nil {
			message += "\n" + strings.TrimRight(string(excerpt), "\n")
		}
	}
	if hint != "" {
		message += "\nhint: " + hint
	}
	c.errs = append(c.errs, errors.New(message))
}

// maxTitle leaves room in the footer for the period, and for each & to be written twice.
const maxTitle = 80

func (d *Definition) validate(text []byte) error {
	c := &checker{name: d.name, text: text, masked: d.MaskCustomers}
	if d.Title == "" {
		c.add("$", `begin with a line such as "title: Daily call report"`, "it has no title")
	}
	if len(utf16.Encode([]rune(d.Title))) > maxTitle {
		c.add("$.title", fmt.Sprintf("the footer of every page contains it, and has room for %d characters", maxTitle), "its title is too long")
	}
	if len(d.Sheets) == 0 {
		c.add("$", "list at least one sheet under sheets", "it has no sheets")
	}
	d.Theme.validate(c)
	c.file("$.logo", d.path(d.Logo))
	c.file("$.base", d.path(d.Base))
	seen := map[string]int{}
	for i, s := range d.Sheets {
		path := fmt.Sprintf("$.sheets[%d]", i)
		c.sheetName(path, s, seen, i)
		c.kind(path, s)
		c.content(path, s)
		c.outgoing(path, s)
		if s.Kind == "summary" && i > 0 {
			c.add(path+".kind", "move it to the top of sheets", "the summary must be the first sheet")
		}
		if s.Omit && i == 0 {
			c.add(path+".omit", "begin with a sheet that is always there", "the first sheet cannot be left out")
		}
	}
	return errors.Join(c.errs...)
}

// file checks that a file exists.
func (c *checker) file(path, file string) {
	if file == "" {
		return
	}
	if _, err := os.Stat(file); err != nil {
		c.add(path, "paths are relative to the definition's own folder", "%v", err)
	}
}

func (c *checker) sheetName(path string, s Sheet, seen map[string]int, i int) {
	at := path + ".name"
	switch {
	case s.Name == "":
		c.add(path, "give it a name, which its tab shows", "sheet %d has no name", i+1)
		return
	case strings.ContainsAny(s.Name, `:\/?*[]`) || strings.ContainsFunc(s.Name, func(r rune) bool { return r < ' ' }):
		c.add(at, `leave out : \ / ? * [ ]`, "Excel allows no sheet named %q", s.Name)
	case strings.HasPrefix(s.Name, "'") || strings.HasSuffix(s.Name, "'"):
		c.add(at, "leave out the quote at the beginning or end", "Excel allows no sheet named %q", s.Name)
	case xlsx.HasEscapeSequence(s.Name):
		c.add(at, "leave out sequences such as _x0041_", "Excel shows the sheet name %q as another", s.Name)
	case strings.EqualFold(s.Name, "history"):
		c.add(at, "Excel reserves this name; use another", "Excel allows no sheet named %q", s.Name)
	case len(utf16.Encode([]rune(s.Name))) > maxSheetName(s.Kind):
		c.add(at, fmt.Sprintf("use at most %d characters", maxSheetName(s.Kind)), "the sheet name %q is too long", s.Name)
	}
	key := strings.ToLower(s.Name)
	if first, ok := seen[key]; ok {
		c.add(at, "sheet names must differ in more than case",
			"sheets %d and %d are both named %q", first+1, i+1, s.Name)
	}
	seen[key] = i
}

// maxSheetName leaves room for " 2", " 3" … after the name of a detail sheet, which may continue in further sheets.
func maxSheetName(kind string) int {
	if kind == "detail" {
		return 27
	}
	return 31
}

func (c *checker) kind(path string, s Sheet) {
	k, ok := sheetKinds[s.Kind]
	if !ok {
		at, hint := path+".kind", "the kinds are "+strings.Join(kindNames, ", ")
		if s.Kind == "" {
			at = path
		} else if near := suggest.Nearest(s.Kind, kindNames); near != "" {
			hint = fmt.Sprintf("did you mean %s? %s", near, hint)
		}
		c.add(at, hint, "unknown kind of sheet %q", s.Kind)
		return
	}
	set := setKeys(s)
	for _, key := range set {
		if !slices.Contains(k.allowed, key) && !slices.Contains([]string{"kind", "name", "title", "note"}, key) {
			hint := "it takes " + strings.Join(k.allowed, ", ")
			if len(k.allowed) == 0 {
				hint = "it takes title and note only"
			}
			c.add(path+"."+key, hint, "a %s sheet does not take %q", s.Kind, key)
		}
	}
	for _, key := range k.required {
		if !slices.Contains(set, key) {
			c.add(path, "", "the %s sheet %q requires %q", s.Kind, s.Name, key)
		}
	}
}

// setKeys returns the YAML keys of s that are set.
func setKeys(s Sheet) []string {
	var keys []string
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		field := v.Field(i)
		if !field.IsZero() && !(field.Kind() == reflect.Slice && field.Len() == 0) { // an empty list sets nothing
			keys = append(keys, v.Type().Field(i).Tag.Get("yaml"))
		}
	}
	return keys
}
