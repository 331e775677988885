package importer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"callsheet/internal/exitcode"
	"callsheet/internal/spool"
)

// objectReader passes on the objects of a JSON file: NDJSON, objects that are indented over several lines, an array, or an object
// around an array, such as {"data":[…]}. It reads them one by one, so the file may be larger than memory.
type objectReader struct {
	lines   *lineReader
	place   string                             // what is counted: line, item or object
	deliver func(n int64, object []byte) error // a compact JSON object
	refuse  func(n int64, reason string)
	wrapper bool // objects around arrays
}

// setPlace determines what is read: the items of an array or of arrays within objects, lines, or objects. first is [ or {.
func (o *objectReader) setPlace(first byte) {
	head := o.lines.head()
	switch {
	case first == '[':
		o.place = "item"
	case isWrapper(head):
		o.place, o.wrapper = "item", true
	case !startsWithLine(head):
		o.place = "object"
	default:
		o.place = "line"
	}
}

// read reads the file. It stops at a syntax error, except in NDJSON.
func (o *objectReader) read() error {
	switch {
	case o.wrapper:
		return o.wrapped(json.NewDecoder(o.lines.r))
	case o.place == "item":
		return o.elements(json.NewDecoder(o.lines.r))
	case o.place == "object":
		return o.indented(json.NewDecoder(o.lines.r))
	}
	o.lines.isUTF8 = true
	for {
		line, err := o.lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text := strings.TrimSpace(line.text)
		switch {
		case line.damage != "":
			o.refuse(line.number, line.damage)
		case text != "":
			if err := o.object(line.number, []byte(text)); err != nil {
				return err
			}
		}
	}
}

// startsWithLine reports whether a JSON file has whole objects in its lines.
func startsWithLine(head []byte) bool {
	line, _, whole := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte{'\n'})
	return len(bytes.TrimSpace(line)) > 1 && (!whole || json.Valid(line) || !isIndented(head))
}

// isIndented reports whether the first object of a file is one over several lines.
func isIndented(head []byte) bool {
	var item json.RawMessage
	return json.NewDecoder(bytes.NewReader(head)).Decode(&item) == nil
}

// isWrapper reports whether a file begins with an object that is no call and has an array of objects.
func isWrapper(head []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(head))
	isKey := false
	var open []json.Delim
	for {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		inObject := len(open) > 0 && open[len(open)-1] == '{'
		isKey = inObject && !isKey
		switch value := token.(type) {
		case string:
			if isKey && (value == "kind" || fieldByHeading[normal(value)] == callSid) {
				return false
			}
		case json.Delim:
			switch value {
			case '{', '[':
				if value == '{' && len(open) > 0 && open[len(open)-1] == '[' {
					return true
				}
				open = append(open, value)
				isKey = false
				continue
			default:
				if open = open[:len(open)-1]; len(open) == 0 {
					return false
				}
				isKey = false
			}
		}
	}
}

// elements reads an array.
func (o *objectReader) elements(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return err
	}
	if err := o.items(decoder, new(int64)); err != nil {
		return err
	}
	return endOfFile(decoder)
}

// items reads the elements of an array up to its end.
func (o *objectReader) items(decoder *json.Decoder, n *int64) error {
	for decoder.More() {
		*n++
		var item json.RawMessage
		if err := decoder.Decode(&item); err != nil {
			return fmt.Errorf("item %d: %w", *n, err)
		}
		if err := o.object(*n, item); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

// wrapped reads the arrays within objects, such as the pages of a list.
func (o *objectReader) wrapped(decoder *json.Decoder) error {
	var n int64
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token == json.Delim('[') {
			if err := o.items(decoder, &n); err != nil {
				return err
			}
		}
	}
}

// indented reads objects one after another.
func (o *objectReader) indented(decoder *json.Decoder) error {
	for n := int64(1); ; n++ {
		var item json.RawMessage
		err := decoder.Decode(&item)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("object %d: %w", n, err)
		}
		if err := o.object(n, item); err != nil {
			return err
		}
	}
}

// endOfFile returns an error if anything but white space follows.
func endOfFile(decoder *json.Decoder) error {
	rest, err := bufio.NewReader(io.MultiReader(decoder.Buffered())).ReadBytes(0)
	if len(bytes.TrimSpace(rest)) > 0 {
		return fmt.Errorf("something follows the end of the array: %.40s", bytes.TrimSpace(rest))
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// object passes on one value if it is an object that a spool line can have.
func (o *objectReader) object(n int64, text []byte) error {
	if !utf8.Valid(text) {
		o.refuse(n, "not UTF-8")
		return nil
	}
	object, ok := spool.CompactPayload(text)
	if !ok {
		object, ok = spool.Compact(text)
		ok = ok && spool.IsEnvelope(object)
	}
	switch {
	case !ok && json.Valid(text):
		o.refuse(n, "nested too deep")
	case !ok:
		o.refuse(n, "not JSON")
	case object[0] != '{':
		o.refuse(n, "not a JSON object")
	default:
		if err := spool.CheckLine(object); err != nil {
			o.refuse(n, err.Error())
			return nil
		}
		return o.deliver(n, object)
	}
	return nil
}

// objectMapper turns objects into payloads. An object with a CallSid, or a wrapper around one, is a payload as the vendor sends it;
// another one, such as a row of the vendor's call list, is mapped like the row of a table.
type objectMapper struct {
	table   tableReader
	layouts map[string]mappedKeys // by keys
	found   map[string]bool       // fields of --field whose key an object has
}

// mappedKeys is the layout of objects with the same keys, or why they have none.
type mappedKeys struct {
	layout *layout
	err    error
}

// maxLayouts limits the layouts in memory: objects of an export have the same few keys.
const maxLayouts = 1000

// payload returns the payload of an object, or why it is none.
func (m *objectMapper) payload(n int64, object []byte) (payload []byte, reason string, err error) {
	var keys, cells []string
	isPayload, changed := false, false
	for key, value := range spool.Members(object) {
		name := string(key)
		keys, cells = append(keys, name), append(cells, spool.Text(value))
		m.noteKey(name)
		isPayload = isPayload || normal(name) == "callsid"
	}
	if isPayload {
		sid := ""
		for i, key := range keys {
			if normal(key) == "callsid" {
				sid = cells[i]
			}
		}
		out := []byte{'{'}
		for key, value := range spool.Members(object) {
			name := string(key)
			if field := m.table.mapping.explicitField(name); field != "" && field != name {
				name, changed = field, true
			}
			if slices.Contains(timeFields, name) && len(value) > 2 && value[0] == '"' {
				text := spool.Text(value)
				if read := m.table.readDate(n, text, sid); read != text {
					value, changed = spool.AppendString(nil, read), true
				}
			}
			if set := m.table.mapping.Set[name]; set != "" && strings.TrimSpace(spool.Text(value)) == "" {
				value, changed = spool.AppendString(nil, set), true
			}
			out = appendMember(out, name, value)
		}
		for _, field := range sortedKeys(m.table.mapping.Set) {
			if !slices.ContainsFunc(keys, func(key string) bool { return normal(key) == normal(field) }) {
				out, changed = appendMember(out, field, spool.AppendString(nil, m.table.mapping.Set[field])), true
			}
		}
		if !changed {
			return object, "", nil
		}
		return append(out, '}'), "", nil
	}
	if spool.Unwrap(object) != nil {
		return object, "", nil // the loader reads the calls in a wrapper
	}
	id := strings.Join(keys, "\x00")
	mapped, known := m.layouts[id]
	if !known {
		if len(m.layouts) == maxLayouts {
			clear(m.layouts)
		}
		mapped.layout, mapped.err = m.table.mapping.layout(keys, []row{{cells: cells}})
		m.layouts[id] = mapped
	}
	if err := mapped.err; err != nil {
		if spool.Kind(object) != spool.KindOther || m.isEvent(object) { // a wrapper that the loader opens, or an event
			return object, "", nil
		}
		reason, _, _ := strings.Cut(err.Error(), "\n")
		return nil, strings.Replace(reason, "the header has", "it has", 1), nil
	}
	m.table.layout = mapped.layout
	reason, err = m.table.build(n, cells)
	return m.table.payload, reason, err
}

// noteKey remembers the keys that --field names.
func (m *objectMapper) noteKey(key string) {
	for field, heading := range m.table.mapping.Fields {
		if sameHeading(heading, key) {
			m.found[field] = true
		}
	}
}

// checkKeys returns a usage error if --field names a key that no object has.
func (m *objectMapper) checkKeys() error {
	for _, field := range sortedKeys(m.table.mapping.Fields) {
		if !m.found[field] {
			return exitcode.UsageError(fmt.Errorf("--field %s=%s: no object has that key", field, m.table.mapping.Fields[field]))
		}
	}
	return nil
}

// isEvent reports whether an object says that it is an event, which is kept though it is no call. Answers of an API say success or error.
func (m *objectMapper) isEvent(object []byte) bool {
	for key, value := range spool.Members(object) {
		if kind := strings.TrimSpace(spool.Text(value)); string(key) == "type" {
			return kind != "" && kind != "success" && kind != "error"
		}
	}
	return false
}

func appendMember(object []byte, key string, value []byte) []byte {
	if len(object) > 1 {
		object = append(object, ',')
	}
	return append(append(spool.AppendString(object, key), ':'), value...)
}
