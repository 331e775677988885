package importer

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
)

// row is a row of a table.
type row struct {
	number int64 // of its first line in a text file, or of the row in a sheet
	cells  []string
	damage string // why it cannot be read, with a hint; there may be no cells
}

// rowReader reads the rows of a table.
type rowReader interface {
	next() (row, error) // io.EOF after the last row
}

const unclosedQuote = "a quote that is not closed\nhint: correct the quotes in the line: a quote within a quoted field is doubled"

// maxQuotedLines is the number of lines that a quoted field may span.
const maxQuotedLines = 100

// csvReader reads CSV. A quoted field may span lines; but a quote that is never closed, or closed only in a later row, costs its own
// row and no other. Since the two begin alike, a row of several lines must end with a proper closing quote, have as many fields as
// the headings, and none of its further lines may look like a row of its own. The line with the closing quote may, if the first line has too few fields to
// be a row.
type csvReader struct {
	lines     *lineReader
	separator byte
	width     int // number of headings; 0 if there are none
	sid       int // index of CallSid among them
	cells     []string
}

func (c *csvReader) next() (row, error) {
	line, err := c.lines.next()
	if err != nil {
		return row{}, err
	}
	r := row{number: line.number, damage: line.damage}
	if r.damage != "" {
		return r, nil
	}
	if strings.IndexByte(line.text, '"') < 0 {
		c.cells = splitPlain(c.cells[:0], line.text, c.separator)
		r.cells = c.cells
		return r, nil
	}
	fields := splitQuoted(line.text, c.separator)
	if fields.open {
		return c.severalLines(line)
	}
	r.cells = fields.cells
	return r, nil
}

// severalLines reads on to the end of a quoted field that begins in a line, and returns to the next line if there is none.
func (c *csvReader) severalLines(first textLine) (row, error) {
	text, shorter := first.text, strings.Count(first.text, string(c.separator)) < c.width-1
	var read []textLine
	for len(read) < maxQuotedLines && len(text) <= maxLine {
		line, err := c.lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return row{}, err
		}
		read = append(read, line)
		if line.damage != "" {
			break
		}
		text += "\n" + line.text
		fields := quotedFields{open: true}
		if strings.IndexByte(line.text, '"') >= 0 {
			fields = splitQuoted(text, c.separator)
		}
		whole := !fields.open && !fields.stray && (c.width == 0 || len(fields.cells) == c.width)
		if whole && (shorter || strings.IndexByte(line.text, c.separator) < 0 || !c.isRow(line.text)) {
			return row{number: first.number, cells: fields.cells}, nil
		}
		if !fields.open || fields.stray || c.isRow(line.text) {
			break
		}
	}
	c.lines.pushBack(read)
	return row{number: first.number, damage: unclosedQuote}, nil
}

// isRow reports whether a line has as many fields as the headings, by its quotes or, as these may be damaged too, without them; or
// whether it has the number of a call where the headings have CallSid.
func (c *csvReader) isRow(line string) bool {
	if c.width > 1 && (len(splitQuoted(line, c.separator).cells) == c.width || strings.Count(line, string(c.separator)) == c.width-1) {
		return true
	}
	for range c.sid {
		_, line, _ = strings.Cut(line, string(c.separator))
	}
	return digits(strings.TrimLeft(line, `"' `), 10) >= 6
}

// splitPlain splits a line without quotes.
func splitPlain(cells []string, line string, separator byte) []string {
	for {
		i := strings.IndexByte(line, separator)
		if i < 0 {
			return append(cells, line)
		}
		cells = append(cells, line[:i])
		line = line[i+1:]
	}
}

// quotedFields are the fields of a line, or of several.
type quotedFields struct {
	cells []string
	open  bool // the last field is quoted and not closed
	stray bool // a quoted field has a quote that is neither doubled nor its end
}

// splitQuoted splits a text with quotes. A quote within a quoted field that neither is doubled nor ends the field is kept as it is, as
// in "said 5" pipe": spreadsheet programs read such a field to the next separator, too.
func splitQuoted(text string, separator byte) (f quotedFields) {
	for i := 0; ; {
		if i >= len(text) || text[i] != '"' {
			end := strings.IndexByte(text[i:], separator)
			if end < 0 {
				f.cells = append(f.cells, text[i:])
				return f
			}
			f.cells = append(f.cells, text[i:i+end])
			i += end + 1
			continue
		}
		cell, end, closed, stray := quotedField(text, i+1, separator)
		f.cells = append(f.cells, cell)
		f.stray = f.stray || stray
		if !closed {
			f.open = true
			return f
		}
		if end >= len(text) {
			return f
		}
		i = end + 1 // after the separator
	}
}

// quotedField returns the content of the quoted field that begins at start, and the index of the separator after it.
func quotedField(text string, start int, separator byte) (cell string, end int, closed, stray bool) {
	var content strings.Builder
	for i := start; i < len(text); i++ {
		next := strings.IndexByte(text[i:], '"')
		if next < 0 {
			content.WriteString(text[i:])
			return content.String(), len(text), false, stray
		}
		content.WriteString(text[i : i+next])
		i += next
		switch {
		case i+1 == len(text) || text[i+1] == separator:
			return content.String(), i + 1, true, stray
		case text[i+1] == '"':
			content.WriteByte('"')
			i++
		default:
			rest := len(text)
			if next := strings.IndexByte(text[i:], separator); next >= 0 {
				rest = i + next
			}
			content.WriteString(text[i:rest])
			return content.String(), rest, true, true
		}
	}
	return content.String(), len(text), false, stray
}

// firstRows reads the rows in which headings are looked for.
func firstRows(rows rowReader) (first []row, err error) {
	for len(first) < headingRows {
		r, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return first, err
		}
		r.cells = slices.Clone(r.cells)
		first = append(first, r)
	}
	return first, nil
}

// separators are tried in this order.
var separators = []byte{',', ';', '\t', '|'}

// newCSV returns a reader of CSV, after a line such as sep=; if there is one. Otherwise its separator is the one with which most
// headings are found.
func newCSV(lines *lineReader, m *Mapping) (*csvReader, error) {
	var first []textLine
	for len(first) < headingRows {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		first = append(first, line)
	}
	tried := separators
	if len(first) > 0 {
		if said, ok := strings.CutPrefix(strings.ToLower(strings.Trim(first[0].text, "\" ")), "sep="); ok && len(said) == 1 {
			tried, first = []byte(said), first[1:]
		}
	}
	lines.pushBack(first)
	c := &csvReader{lines: lines, separator: tried[0]}
	best := 0
	for _, separator := range tried {
		rows := &csvReader{lines: &lineReader{}, separator: separator}
		rows.lines.pushBack(first)
		candidates, err := firstRows(rows)
		if err != nil {
			return nil, err
		}
		if i, score := m.findHeadings(candidates); score > best {
			headings := candidates[i].cells
			best, c.separator, c.width = score, separator, len(headings)
			c.sid = max(0, slices.IndexFunc(headings, func(h string) bool { return cmp.Or(m.explicitField(h), fieldOf(h)) == callSid }))
		}
	}
	return c, nil
}
