package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
)

// parseReportedAt parses --reported-at; the zero time if it is empty.
func parseReportedAt(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	reported, err := period.ParseTime(text, now.Location())
	if err == nil && reported.After(now) {
		err = fmt.Errorf("--reported-at %s is in the future", text)
	}
	return reported, err
}

// listImports prints a row for each import in the spool, oldest first.
func (a *app) listImports(p *pipeline.Pipeline) error {
	imports, err := spool.Imports(p.Config.SpoolDir())
	if err != nil {
		return err
	}
	if len(imports) == 0 {
		fmt.Fprintln(a.stdout, "no imports")
		return nil
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tIMPORTED\tREPORTED\tFILE\tSOURCE\tROWS\tCALLS\tDAYS")
	for _, i := range imports {
		reported, calls := "", ""
		if !i.ReportedAt.IsZero() {
			reported, calls = display.Time(i.ReportedAt.In(p.Config.Zone())), display.Count(i.Calls)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", i.ID, display.Time(i.ImportedAt.In(p.Config.Zone())), reported,
			display.Escape(strings.Join(i.Files, ", ")), display.Escape(strings.Join(slices.Sorted(maps.Keys(i.Rows)), ", ")),
			display.Count(i.Lines()), calls, dayRange(i.FirstDay, i.LastDay))
	}
	return table.Flush()
}

func dayRange(first, last string) string {
	if first == last {
		return first
	}
	return first + " to " + last
}

// undoImport removes an import from the spool. It refuses if another import left rows out because this one has them.
func (a *app) undoImport(ctx context.Context, p *pipeline.Pipeline, name string) error {
	if err := p.RefuseLake("import --undo"); err != nil {
		return err
	}
	release, err := p.LockImports(ctx)
	if err != nil {
		return err
	}
	defer release()
	imports, err := spool.Imports(p.Config.SpoolDir())
	if err != nil {
		return err
	}
	undone, err := findImport(imports, name)
	if err != nil {
		return exitcode.UsageError(err)
	}
	for _, other := range imports {
		if rows := other.Needs[undone.ID]; rows > 0 {
			return fmt.Errorf("%s left out of import %s, since import %s has them\nhint: undo %[2]s first, then %[3]s, and import %[4]s again",
				display.Agree(rows, "row of "+importName(other)+" was", "rows of "+importName(other)+" were"), other.ID, undone.ID, importName(other))
		}
	}
	if err := spool.Undo(p.Config.SpoolDir(), undone.ID); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "import %s is undone: %s of %s removed from the spool\nnext: callsheet load, which rebuilds the database without them\n",
		undone.ID, display.Plural(int(undone.Lines()), "row"), importName(undone))
	return nil
}

// importName returns the name of the file of an import; one by an older version has none.
func importName(i spool.ImportRecord) string {
	return display.Escape(cmp.Or(strings.Join(i.Files, ", "), "an unknown file"))
}

// findImport returns the import with an id, or the only one of a file, given as then or by its last element.
func findImport(imports []spool.ImportRecord, name string) (spool.ImportRecord, error) {
	var found []spool.ImportRecord
	for _, i := range imports {
		if i.ID == name {
			return i, nil
		}
		if slices.ContainsFunc(i.Files, func(file string) bool { return file == name || filepath.Base(file) == name }) {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 0:
		return spool.ImportRecord{}, fmt.Errorf("no import %q\nhint: callsheet import --list shows the imports", name)
	case 1:
		return found[0], nil
	}
	var ids []string
	for _, i := range found {
		ids = append(ids, i.ID)
	}
	return spool.ImportRecord{}, errors.New(name + " was imported several times\nhint: name the import by its id: " + strings.Join(ids, ", "))
}
