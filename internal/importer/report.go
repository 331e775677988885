package importer

import (
	"fmt"
	"slices"
	"strings"

	"callsheet/internal/display"
)

// Report accounts for the rows of a file: Rows = Imported + Known + Rejected + Skipped.
type Report struct {
	Path     string
	Rows     int64
	Imported int64
	Known    int64 // in the spool already
	Rejected int64
	Skipped  int64 // rows of sums, and repeated headings

	Columns      []Column // of a table, in its order
	DateOrder    string   // in which its dates were read, where they do not say it themselves
	Rejects      []Reject // the first maxListed
	UnreadSheets []string // of a workbook, if no sheet was named
	Skips        []Reject // the first maxListed

	place string // what is counted: line, row, item or object
}

// Column is a column of a table, and the field of the vendor that it is; "" if it is kept as an unknown field.
type Column struct{ Heading, Field string }

// Reject is a row that is not imported, why, and what to do about it; the hint is empty if the reason says it.
type Reject struct{ Place, Reason, Hint string }

// maxListed is how many rejected and skipped rows are listed for each file.
const maxListed = 20

// reject counts a row; the reason may end with a hint, as that of an error.
func (r *Report) reject(n int64, reason string) {
	r.Rejected++
	if len(r.Rejects) < maxListed {
		reason, hint, _ := strings.Cut(reason, "\nhint: ")
		r.Rejects = append(r.Rejects, Reject{r.placeOf(n), reason, hint})
	}
}

func (r *Report) skip(n int64, reason string) {
	r.Skipped++
	if len(r.Skips) < maxListed {
		r.Skips = append(r.Skips, Reject{Place: r.placeOf(n), Reason: reason})
	}
}

func (r *Report) placeOf(n int64) string { return fmt.Sprintf("%s, %s %d", r.Path, r.place, n) }

// check returns an error if a row is not accounted for, which is a mistake of the program.
func (r *Report) check() error {
	if sum := r.Imported + r.Known + r.Rejected + r.Skipped; sum != r.Rows {
		return fmt.Errorf("%s: %s, but %d imported, in the spool already, rejected and skipped", r.Path, display.Plural(int(r.Rows), "row"), sum)
	}
	return nil
}

// HasExtra reports whether a column of the file is no field of the vendor.
func (r *Report) HasExtra() bool {
	return slices.ContainsFunc(r.Columns, func(c Column) bool { return c.Field == "" && c.Heading != "" })
}
