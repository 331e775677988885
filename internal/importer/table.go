package importer

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/spool"
)

// tableReader turns the rows of a table into payloads.
type tableReader struct {
	rows    rowReader
	layout  *layout
	mapping *Mapping
	pass    *pass
	place   string // "line" or "row"

	directionOf     func(text string) (direction string, err error) // incoming, outgoing or unknown
	outgoingIsAgent bool                                            // SourceNumber of outgoing calls is the agent

	first   []row      // read while the headings were looked for
	titles  [][]string // the rows above the headings, and the headings: each page of an export can repeat them
	payload []byte
}

// errTwoColumns is the error of a table with two columns for one field.
var errTwoColumns = errors.New("two columns for one field")

// open finds the headings.
func (t *tableReader) open() error {
	var err error
	if t.first, err = firstRows(t.rows); err != nil {
		return err
	}
	if !slices.ContainsFunc(t.first, func(r row) bool { return !isBlank(r.cells) }) {
		for _, r := range t.first {
			if r.damage != "" {
				return fmt.Errorf("%s %d cannot be read: %s", t.place, r.number, r.damage)
			}
		}
		return errEmpty
	}
	i, _ := t.mapping.findHeadings(t.first)
	headings, number := t.first[i].cells, t.first[i].number
	for _, title := range t.first[:i+1] {
		t.titles = append(t.titles, title.cells)
	}
	t.first = t.first[i+1:]
	if err := t.mapping.checkColumns(headings); err != nil {
		return err
	}
	samples := slices.DeleteFunc(slices.Clone(t.first), func(r row) bool { return t.isTitle(r.cells) })
	if t.layout, err = t.mapping.layout(headings, samples, t.pass.partyOrder == agentColumn && t.outgoingIsAgent); err != nil {
		return err
	}
	if sheet, ok := t.rows.(*sheetReader); ok {
		return sheet.checkMerged(number)
	}
	return nil
}

// isTitle reports whether a row repeats the headings, or a row above them.
func (t *tableReader) isTitle(cells []string) bool {
	return slices.ContainsFunc(t.titles, func(title []string) bool {
		width := min(len(title), len(cells))
		same := func(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }
		return slices.EqualFunc(title[:width], cells[:width], same) && isBlank(title[width:]) && isBlank(cells[width:])
	})
}

func (t *tableReader) nextRow() (row, error) {
	if len(t.first) > 0 {
		r := t.first[0]
		t.first = t.first[1:]
		return r, nil
	}
	return t.rows.next()
}

func isBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// read passes each row to a function: as a payload, or with why it is no call.
func (t *tableReader) read(deliver func(place int64, payload []byte) error, refuse, skip func(place int64, reason string)) error {
	for {
		r, err := t.nextRow()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case r.damage != "":
			refuse(r.number, r.damage)
			continue
		case isBlank(r.cells):
			continue
		case t.isTitle(r.cells):
			skip(r.number, "a repeated heading")
			continue
		case t.isTotal(r.cells):
			skip(r.number, "a total")
			continue
		}
		cells, reason := t.fit(r.cells)
		if reason != "" {
			refuse(r.number, reason)
			continue
		}
		if t.value(cells, callSid) == "" && t.start(cells) == "" {
			skip(r.number, "neither CallSid nor start")
			continue
		}
		reason, err = t.build(r.number, cells)
		if err != nil {
			return err
		}
		if reason != "" {
			refuse(r.number, reason)
			continue
		}
		if err := deliver(r.number, t.payload); err != nil {
			return err
		}
	}
}

// totals are the words that a row of sums begins with.
var totals = []string{"total", "totals", "grandtotal", "subtotal", "sum", "overalltotal", "totalcalls", "average", "कुल"}

// isTotal reports whether a row has sums and not a call.
func (t *tableReader) isTotal(cells []string) bool {
	if t.start(cells) != "" {
		return false
	}
	first := cells[slices.IndexFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })]
	return slices.Contains(totals, normal(first))
}

// fit returns as many cells as there are headings. A sheet has no empty cells at the end of a row; in a text file a missing field means
// that the row is damaged.
func (t *tableReader) fit(cells []string) (fitted []string, damage string) {
	width := len(t.layout.columns)
	switch _, text := t.rows.(*csvReader); {
	case len(cells) == width:
		return cells, ""
	case len(cells) > width && isBlank(cells[width:]):
		return cells[:width], ""
	case len(cells) < width && !text:
		return append(cells, make([]string, width-len(cells))...), ""
	}
	return nil, fmt.Sprintf("%s, the header has %d\nhint: a separator within a value must be in quotes; see the line in a text editor", display.Plural(len(cells), "field"), width)
}

// value returns the trimmed cell of a field: of several columns, the first that says something.
func (t *tableReader) value(cells []string, field string) (value string) {
	for _, i := range t.layout.byField[field] {
		if i >= len(cells) {
			continue
		}
		cell := strings.TrimSpace(cells[i])
		if !t.mapping.isNothing(field, cell) {
			return cell
		}
		value = cmp.Or(value, cell)
	}
	return value
}

// start returns the text of the start, which may be in two columns.
func (t *tableReader) start(cells []string) string {
	if len(t.layout.byField[dateRole]) == 0 {
		return cellText(startTime, t.value(cells, startTime))
	}
	date, clock := dateText(t.value(cells, dateRole)), timeText(t.value(cells, timeRole))
	return strings.TrimSpace(date + " " + clock)
}

// build sets the payload of a row, or returns why the row cannot be read.
func (t *tableReader) build(number int64, cells []string) (reason string, err error) {
	if err := t.checkTwins(number, cells); err != nil {
		return "", err
	}
	object := append(t.payload[:0], '{')
	sid, start := t.value(cells, callSid), yearFirst(t.start(cells), t.pass.order)
	for i := range t.layout.columns {
		c := &t.layout.columns[i]
		value := cells[i]
		switch {
		case c.key == "" || c.twin || isRole(c.field) || c.heading == "" && strings.TrimSpace(value) == "":
			continue
		case c.hasTwins:
			value = t.value(cells, c.field)
		}
		value = cellText(c.field, value)
		if c.isTime {
			value = t.readDate(number, value, sid)
		}
		if c.isTime && c.field != startTime {
			value = onDayOf(start, value)
		}
		if c.set != "" && t.mapping.isNothing(c.field, value) {
			value = c.set
		}
		if len(object) > 1 {
			object = append(object, ',')
		}
		object = spool.AppendString(append(object, c.quotedKey...), value)
	}
	set := t.mapping.Set
	add := func(field, value string) {
		if t.mapping.isNothing(field, value) {
			value = cmp.Or(set[field], value)
		}
		object = appendMember(object, field, spool.AppendString(nil, value))
	}
	split, parties := len(t.layout.byField[dateRole]) > 0, t.layout.hasParties()
	if split {
		add(startTime, t.readDate(number, t.start(cells), sid))
	}
	for _, field := range slices.Sorted(maps.Keys(set)) {
		made := split && field == startTime || parties && (field == sourceNumber || field == dialWhomNumber)
		if len(t.layout.byField[field]) == 0 && !made {
			add(field, "")
		}
	}
	if t.layout.showsParties {
		direction, _, err := t.direction(cells)
		if err != nil {
			return "", err
		}
		if direction == "outgoing" && t.pass.partyOrder == notShown {
			return t.undecided(), nil
		}
		t.collectParties(number, direction, cells)
	}
	if parties {
		source, dialled, reason, err := t.parties(cells)
		if reason != "" || err != nil {
			return reason, err
		}
		add(sourceNumber, source)
		add(dialWhomNumber, dialled)
		if key, caller := t.unusedCaller(cells, source, dialled); key != "" {
			add(key, caller)
		}
	}
	t.payload = append(object, '}')
	return "", nil
}

func (t *tableReader) readDate(number int64, text, sid string) string {
	t.pass.dates.add(t.place, number, text, sid)
	return yearFirst(text, t.pass.order)
}

// checkTwins returns an error if two columns of one field differ in a row.
func (t *tableReader) checkTwins(number int64, cells []string) error {
	for field, columns := range t.layout.byField {
		if len(columns) == 1 {
			continue
		}
		value := t.value(cells, field)
		for _, i := range columns {
			if other := strings.TrimSpace(cells[i]); !t.mapping.isNothing(field, other) && other != value {
				a, b := t.layout.columns[columns[0]].heading, t.layout.columns[i].heading
				hint := fmt.Sprintf("say which it is, such as --field \"%s=%s\"", field, a)
				if sameHeading(a, b) || isRole(field) {
					hint = "rename one of them in the file"
				}
				return exitcode.UsageError(fmt.Errorf("%w: %q and %q are both %s, and differ in %s %d\nhint: %s", errTwoColumns, a, b, field, t.place, number, hint))
			}
		}
	}
	return nil
}
