package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"callsheet/internal/atomicfile"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/suggest"
	"callsheet/queries"
	"callsheet/report"
	"callsheet/templates"
)

// Definition returns the definition of a configured report, or of a template by its own name.
func Definition(c *config.Config, name string) (*report.Definition, config.Report, error) {
	entry, configured := c.FindReport(name)
	if !configured {
		entry = config.Report{Name: name, Template: name, Timezone: c.Timezone, Period: "yesterday"}
	}
	text, dir, err := templateText(c, entry.Template)
	if errors.Is(err, fs.ErrNotExist) {
		hint := "available: " + strings.Join(TemplateNames(c), ", ")
		if names := ReportNames(c); len(names) > 0 {
			hint += "; configured: " + strings.Join(names, ", ")
		}
		if near := suggest.Nearest(entry.Template, append(ReportNames(c), TemplateNames(c)...)); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		if entry.Template != name {
			return nil, entry, exitcode.UsageError(fmt.Errorf("report %s: unknown template %q\nhint: %s", name, entry.Template, hint))
		}
		return nil, entry, exitcode.UsageError(fmt.Errorf("unknown report %q\nhint: %s", name, hint))
	}
	if err != nil {
		return nil, entry, err
	}
	definition, err := report.Parse(entry.Template, text, dir)
	if err == nil {
		err = checkDefinition(c, definition)
	}
	return definition, entry, exitcode.UsageError(err)
}

// checkDefinition checks the values of filters, and that a report can give every parameter of the user queries.
func checkDefinition(c *config.Config, definition *report.Definition) error {
	for _, sheet := range definition.Sheets {
		for key, value := range sheet.Filters {
			if err := config.CheckFilter(key, value); err != nil {
				return fmt.Errorf("sheet %s, filters: %w", sheet.Name, err)
			}
		}
	}
	user := queries.User(c.UserQueries())
	available := append([]string{"from", "to", "since"}, queries.Filters...)
	for _, name := range definition.Queries() {
		query, err := queries.Named(user, name)
		if err != nil || query.Path == "" {
			continue
		}
		for _, parameter := range query.Parameters() {
			if !slices.Contains(available, parameter) {
				return fmt.Errorf("query %s needs $%s, which no report gives\nhint: a report gives %s", name, parameter, strings.Join(available, ", "))
			}
		}
	}
	return nil
}

// onlyGroup returns the group to which the workbook of a report, or of a part, is limited. It is empty if there is none, or if a user query
// does not take the group and may return the rows of others.
func onlyGroup(c *config.Config, name, part string) (string, error) {
	definition, entry, err := Definition(c, name)
	if err != nil {
		return "", err
	}
	builtIn := queries.Files("named") // which others use, too
	for _, query := range queries.User(c.UserQueries()) {
		isUsed := slices.Contains(definition.Queries(), query.Name) || slices.ContainsFunc(builtIn, func(f queries.File) bool { return f.Name == query.Name })
		if isUsed && !slices.Contains(query.Parameters(), "group") {
			return "", nil
		}
	}
	if part != "" && config.Bursts[entry.Burst] == "group" {
		return part, nil
	}
	return entry.Filters["group"], nil
}

// templateText returns the text of a template, given by the path of a .yaml file or by name, and the folder that paths in it are
// relative to.
func templateText(c *config.Config, template string) (text []byte, dir string, err error) {
	path := filepath.Join(c.UserTemplates(), template+".yaml")
	if strings.HasSuffix(template, ".yaml") {
		path = c.Path(template)
	}
	text, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(template, ".yaml") {
		text, err = templates.FS.ReadFile(template + ".yaml")
	}
	return text, filepath.Dir(path), err
}

// BuiltInTemplates returns the names of the built-in templates of workbooks, sorted.
func BuiltInTemplates() (names []string) {
	paths, _ := fs.Glob(templates.FS, "*.yaml")
	for _, path := range paths {
		names = append(names, strings.TrimSuffix(path, ".yaml"))
	}
	return names
}

// TemplateNames returns the names of the built-in and of the user's templates, sorted.
func TemplateNames(c *config.Config) []string {
	names := append(BuiltInTemplates(), UserTemplateNames(c)...)
	slices.Sort(names)
	return slices.Compact(names)
}

// UserTemplateNames returns the names of the user's templates, sorted.
func UserTemplateNames(c *config.Config) (names []string) {
	for _, path := range atomicfile.Glob(c.UserTemplates(), "*.yaml") { // which is sorted
		names = append(names, strings.TrimSuffix(filepath.Base(path), ".yaml"))
	}
	return names
}

// ReportNames returns the names of the configured reports.
func ReportNames(c *config.Config) (names []string) {
	for _, r := range c.Reports {
		names = append(names, r.Name)
	}
	return names
}
