package lint

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"callsheet/internal/lazyregexp"
)

// A cell is a cell as a sheet stores it.
type cell struct {
	Ref     string  `xml:"r,attr"`
	Type    string  `xml:"t,attr"`
	Formula *string `xml:"f"`
	Value   *string `xml:"v"`
	Inline  string  `xml:"is>t"`
}

var number = lazyregexp.New(`^[-+−]?[0-9][0-9,]*(\.[0-9]+)?%?$`)

// A position is a column and a row, which count from 1.
type position struct{ column, row int }

// An area is a range of cells.
type area struct{ from, to position }

func (l *linter) sheet(name, part string) error {
	dimension, cells, err := l.cells(name, part)
	if err != nil {
		return err
	}
	used := area{position{1 << 20, 1 << 30}, position{}}
	for at := range cells {
		used.from = position{min(used.from.column, at.column), min(used.from.row, at.row)}
		used.to = position{max(used.to.column, at.column), max(used.to.row, at.row)}
	}
	if len(cells) > 0 && dimension != used {
		l.addProblem("sheet %s has the dimension %v and cells in %v", name, dimension, used)
	}
	relations, err := l.relations(part)
	if err != nil {
		return err
	}
	for _, r := range relations {
		if strings.HasSuffix(r.Type, "/table") {
			if err := l.table(name, r.Target, cells); err != nil {
				return err
			}
		}
	}
	return nil
}

// cells returns the texts of a sheet's cells by position, empty for cells of other types.
func (l *linter) cells(name, part string) (dimension area, cells map[position]string, err error) {
	r, err := l.parts[part].Open()
	if err != nil {
		return dimension, nil, err
	}
	defer r.Close()
	cells = map[position]string{}
	filled := map[position]bool{}
	decoder := xml.NewDecoder(r)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return dimension, cells, nil
		}
		if err != nil {
			return dimension, cells, err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "dimension":
			dimension = parseArea(start.Attr[0].Value)
		case "c":
			var c cell
			if err := decoder.DecodeElement(&c, &start); err != nil {
				return dimension, cells, err
			}
			if c.Formula != nil && c.Value == nil {
				l.addProblem("%s!%s has a formula and no value", name, c.Ref)
			}
			at := parsePosition(c.Ref)
			if _, duplicate := cells[at]; duplicate {
				l.addProblem("%s!%s exists twice", name, c.Ref)
			}
			cells[at] = l.text(c)
			filled[at] = c.Value != nil || c.Inline != ""
		case "hyperlink": // these come after the cells; openpyxl puts the target into an empty cell
			ref := start.Attr[slices.IndexFunc(start.Attr, func(a xml.Attr) bool { return a.Name.Local == "ref" })].Value
			if !filled[parseArea(ref).from] {
				l.addProblem("%s!%s is a link on an empty cell", name, ref)
			}
		}
	}
}

func (l *linter) text(c cell) string {
	switch c.Type {
	case "inlineStr":
		return c.Inline
	case "s":
		if i, err := strconv.Atoi(*c.Value); err == nil && i < len(l.shared) {
			return l.shared[i]
		}
	}
	return ""
}

// table checks that the headers are unique and equal to their cells, that the filter covers the table, and that no figures are text.
func (l *linter) table(sheet, part string, cells map[position]string) error {
	var t struct {
		Name   string `xml:"name,attr"`
		Ref    string `xml:"ref,attr"`
		Filter struct {
			Ref string `xml:"ref,attr"`
		} `xml:"autoFilter"`
		Columns []struct {
			Name string `xml:"name,attr"`
		} `xml:"tableColumns>tableColumn"`
	}
	if err := l.read(part, &t); err != nil {
		return err
	}
	if l.tables[strings.ToLower(t.Name)] {
		l.addProblem("two tables are named %s", t.Name)
	}
	l.tables[strings.ToLower(t.Name)] = true
	if t.Filter.Ref != t.Ref {
		l.addProblem("table %s covers %s and its filter %s", t.Name, t.Ref, t.Filter.Ref)
	}
	at := parseArea(t.Ref)
	if len(t.Columns) != at.to.column-at.from.column+1 || at.to.row <= at.from.row {
		l.addProblem("table %s covers %s and has %d columns", t.Name, t.Ref, len(t.Columns))
	}
	seen := map[string]bool{}
	for i, column := range t.Columns {
		head := cells[position{at.from.column + i, at.from.row}]
		if column.Name == "" || unescape(column.Name) != head {
			l.addProblem("table %s: header %q differs from its cell %q", t.Name, column.Name, head)
		}
		if seen[strings.ToLower(column.Name)] {
			l.addProblem("table %s has header %q twice", t.Name, column.Name)
		}
		seen[strings.ToLower(column.Name)] = true
		if slices.Contains(l.identifiers, head) {
			continue
		}
		for row := at.from.row + 1; row <= at.to.row; row++ {
			if text := cells[position{at.from.column + i, row}]; number().MatchString(text) {
				l.addProblem("%s: %q under %q is a figure stored as text", sheet, text, head)
				break
			}
		}
	}
	return nil
}

var escape = lazyregexp.New(`_x([0-9A-Fa-f]{4})_`)

// unescape decodes the characters that names escape as _x0041_.
func unescape(s string) string {
	return escape().ReplaceAllStringFunc(s, func(match string) string {
		n, _ := strconv.ParseUint(match[2:6], 16, 16) // four hexadecimal digits
		return string(rune(n))
	})
}

func parseArea(ref string) area {
	first, last, isRange := strings.Cut(ref, ":")
	if !isRange {
		last = first
	}
	return area{parsePosition(first), parsePosition(last)}
}

func parsePosition(ref string) (at position) {
	letters := strings.TrimRight(ref, "0123456789")
	for _, letter := range letters {
		at.column = at.column*26 + int(letter-'A') + 1
	}
	at.row, _ = strconv.Atoi(ref[len(letters):]) // an invalid row becomes 0, which differs from every cell's
	return at
}
