package importer

import (
	"fmt"
	"slices"
	"strings"
)

// FileReport accounts for the rows of a file: Rows = Imported + Known + Rejected + Skipped.
type FileReport struct {
	Path     string
	Rows     int64
	Imported int64
	Known    int64 // in the spool already
	Rejected int64
	Skipped  int64 // rows of sums

	Columns      []Column // of a table, in its order
	DateOrder    string   // in which its dates were read, where they do not say it themselves
	Rejects      []Reject // the first maxListed
	UnreadSheets []string // of a workbook, if no sheet was named
	Skips        []Reject // the first maxListed

	place string // what is counted: line, row, item or object
}

// Column is a column of a table, and the field of the vendor that it is; "" if it is kept as an unknown field.
type Column struct{ Heading, Field string }

// Reject is a row that is not imported, and why.
type Reject struct{ Place, Reason string }

// maxListed is how many rejected and skipped rows are listed for each file.
const maxListed = 20

func (f *FileReport) reject(n int64, reason string) {
	f.Rejected++
	if len(f.Rejects) < maxListed {
		f.Rejects = append(f.Rejects, Reject{fmt.Sprintf("%s, %s %d", f.Path, f.place, n), reason})
	}
}

func (f *FileReport) skip(n int64, reason string) {
	f.Skipped++
	if len(f.Skips) < maxListed {
		f.Skips = append(f.Skips, Reject{fmt.Sprintf("%s, %s %d", f.Path, f.place, n), reason})
	}
}

// check returns an error if a row is not accounted for, which is a mistake of the program.
func (f *FileReport) check() error {
	if sum := f.Imported + f.Known + f.Rejected + f.Skipped; sum != f.Rows {
		return fmt.Errorf("%s: %d rows, but %d imported, in the spool already, rejected and skipped", f.Path, f.Rows, sum)
	}
	return nil
}

// Totals adds up the reports.
func Totals(files []*FileReport) (sum FileReport) {
	for _, f := range files {
		sum.Rows += f.Rows
		sum.Imported += f.Imported
		sum.Known += f.Known
		sum.Rejected += f.Rejected
		sum.Skipped += f.Skipped
	}
	return sum
}

// HasExtra reports whether a column of the file is no field of the vendor.
func (f *FileReport) HasExtra() bool {
	return slices.ContainsFunc(f.Columns, func(c Column) bool { return c.Field == "" && c.Heading != "" })
}

// hints are what to do about a reject, by what its reason contains.
var hints = []struct{ reason, hint string }{
	{"quote", "correct the quotes in the line: a quote within a quoted field is doubled"},
	{"fields, the header has", "a separator within a value must be in quotes; see the line in a text editor"},
	{"StartTime", "correct the time in the file, or map another column with --field \"StartTime=…\""},
	{"CallSid", "every row needs the id of its call; map its column with --field \"CallSid=…\""},
	{"UTF-8", "save the file as UTF-8 and import it again: what is in the spool already is skipped"},
	{"NUL", "the file is damaged; export it again"},
	{"direction", "say it with --set Direction=IVR (incoming) or --set Direction=WEBOBD (outgoing)"},
	{"not JSON", "correct the line and import the file again: what is in the spool already is skipped"},
}

// Hint returns what to do about a reject; empty if the reason says it.
func (r Reject) Hint() string {
	for _, h := range hints {
		if strings.Contains(r.Reason, h.reason) {
			return h.hint
		}
	}
	return ""
}
