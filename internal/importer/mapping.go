package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"callsheet/internal/exitcode"
	"callsheet/internal/spool"
	"callsheet/internal/suggest"
)

// Mapping says which fields of the vendor the columns of a file are.
type Mapping struct {
	Fields map[string]string // column by field; a column that a file lacks is a mistake
	Saved  map[string]string // the same from the configuration, for the files that have the column
	Set    map[string]string // values of fields for rows that have none

	NothingValues []string // the source's own texts that mean no value
}

// Check returns a usage error for a field that the vendor does not have.
func (m *Mapping) Check() error {
	for _, given := range []struct {
		flag   string
		fields map[string]string
	}{{"--field", m.Fields}, {"--set", m.Set}, {"import: fields:", m.Saved}} {
		for _, field := range slices.Sorted(maps.Keys(given.fields)) {
			if slices.Contains(vendorFields(), field) {
				continue
			}
			hint := "the fields are " + strings.Join(vendorFields(), ", ")
			if near := nearestField(field); near != "" {
				hint = fmt.Sprintf("did you mean %s?", near)
			}
			return exitcode.UsageError(fmt.Errorf("%s %s: the vendor has no such field\nhint: %s", given.flag, field, hint))
		}
	}
	return nil
}

// CheckDirection returns a usage error for a word that is no direction; direction reads it as incoming, outgoing or unknown.
func CheckDirection(word string, direction func(word string) (string, error)) error {
	if word == "" {
		return nil
	}
	read, err := direction(word)
	if err == nil && read == "unknown" {
		err = exitcode.UsageError(fmt.Errorf("the direction %s is not known\nhint: it is IVR (incoming) or WEBOBD (outgoing)", word))
	}
	return err
}

func nearestField(name string) string {
	if field := fieldOf(name); field != "" && !isRole(field) {
		return field
	}
	return suggest.Nearest(name, vendorFields())
}

// column is a column of a table.
type column struct {
	heading string
	field   string // of the vendor, or a role; "" for a column that goes to extra
	key     string // of the payload; "" for a column that is not imported by itself

	named     bool   // the field has the vendor's own name, or is given by --field
	quotedKey []byte // key as JSON, with its colon
	set       string // value for rows that have none
	isTime    bool
	hasTwins  bool // other columns are the same field
	twin      bool // one of them, and not the first
}

// layout is how the rows of a table become payloads.
type layout struct {
	columns []column
	byField map[string][]int // indexes of columns; of two columns for one field, each row must agree

	showsParties bool // a column of who called and one of agents, whose rows show who is who in outgoing calls
}

// headingRows is the number of rows in which the headings are looked for: titles and dates of export stand above them.
const headingRows = 50

// findHeadings returns the index of the row that has most known headings, and how well it fits.
func (m *Mapping) findHeadings(rows []row) (index, score int) {
	score = -1
	for i, r := range rows {
		known, filled := map[string]bool{}, 0
		for _, cell := range r.cells {
			if strings.TrimSpace(cell) == "" {
				continue
			}
			filled++
			if field := cmp.Or(m.explicitField(cell), fieldOf(cell)); field != "" {
				known[field] = true
			}
		}
		fit := len(known)*10_000 + min(filled, 999)
		if known[callSid] {
			fit += 10_000_000
		}
		if fit > score {
			index, score = i, fit
		}
	}
	return index, score
}

// explicitField returns the field to which --field or the configuration maps a column.
func (m *Mapping) explicitField(heading string) string {
	for _, given := range []map[string]string{m.Fields, m.Saved} {
		for _, field := range slices.Sorted(maps.Keys(given)) {
			if sameHeading(given[field], heading) {
				return field
			}
		}
	}
	return ""
}

func sameHeading(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a == b || normal(a) != "" && normal(a) == normal(b)
}

// layout maps the headings of a table. samples are its first rows; with agentColumn, its column of agents has those of outgoing calls, too.
func (m *Mapping) layout(headings []string, samples []row, agentColumn bool) (*layout, error) {
	l := &layout{byField: map[string][]int{}}
	exact := map[string]bool{}
	for _, heading := range headings {
		c := column{heading: strings.TrimSpace(heading)}
		c.field = m.explicitField(c.heading)
		c.named = c.field != ""
		exact[c.field] = exact[c.field] || c.named
		l.columns = append(l.columns, c)
	}
	for _, vendorName := range []bool{true, false} { // a heading that is the vendor's own name counts before synonyms
		found := maps.Clone(exact)
		for i := range l.columns {
			c := &l.columns[i]
			if c.field != "" || c.heading == "" {
				continue
			}
			field := m.bySample(fieldOf(c.heading), c.heading, samples, i)
			if field == "" || found[field] || vendorName != (normal(field) == normal(c.heading)) {
				continue
			}
			c.field, c.named = field, vendorName
			exact[field] = true
		}
	}
	m.assignRoles(l, samples, agentColumn)
	l.nameKeys()
	for i := range l.columns {
		c := &l.columns[i]
		c.quotedKey = append(spool.AppendString(nil, c.key), ':')
		if c.field != "" {
			c.set, c.isTime, c.twin = m.Set[c.field], slices.Contains(timeFields, c.field), len(l.byField[c.field]) > 0
			l.byField[c.field] = append(l.byField[c.field], i)
		}
	}
	for i := range l.columns {
		l.columns[i].hasTwins = len(l.byField[l.columns[i].field]) > 1
	}
	return l, m.checkLayout(l)
}

// checkColumns returns a usage error if --field names a column that the table lacks.
func (m *Mapping) checkColumns(headings []string) error {
	for _, field := range slices.Sorted(maps.Keys(m.Fields)) {
		if slices.ContainsFunc(headings, func(heading string) bool { return sameHeading(heading, m.Fields[field]) }) {
			continue
		}
		hint := "the columns are " + listed(headings)
		if near := suggest.Nearest(m.Fields[field], headings); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return exitcode.UsageError(fmt.Errorf("--field %s=%s: there is no such column\nhint: %s", field, m.Fields[field], hint))
	}
	return nil
}

// checkLayout returns an error for a table that does not name its calls, or has nothing that only a report of a finished call has.
func (m *Mapping) checkLayout(l *layout) error {
	var headings []string
	for _, c := range l.columns {
		headings = append(headings, c.heading)
	}
	has := func(field string) bool { return len(l.byField[field]) > 0 || m.Set[field] != "" }
	switch {
	case len(l.byField[callSid]) == 0:
		return fmt.Errorf("the header has no CallSid: it has %s\nhint: map its columns with --field, such as --field \"CallSid=Call ID\"", listed(headings))
	case !slices.ContainsFunc(reportFields, has) && !has("type"):
		return fmt.Errorf("the header has nothing that only a finished call has (%s): it has %s\nhint: map its columns with --field, such as --field \"TalkDuration=Talk (s)\"",
			strings.Join(reportFields, ", "), listed(headings))
	}
	return nil
}

// listed joins headings for a message, the first ones if they are many.
func listed(headings []string) string {
	const most, longest = 40, 60
	var shown []string
	for _, heading := range headings {
		if heading == "" {
			continue
		}
		if len(shown) == most {
			return strings.Join(shown, ", ") + " …"
		}
		if runes := []rune(heading[:min(len(heading), 4*longest)]); len(runes) > longest {
			heading = string(runes[:longest]) + "…"
		}
		shown = append(shown, heading)
	}
	return strings.Join(shown, ", ")
}
