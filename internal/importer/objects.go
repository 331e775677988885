package importer

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"callsheet/internal/exitcode"
	"callsheet/internal/spool"
)

// objectMapper turns objects into payloads. An object with a CallSid whose fields have the vendor's names, also within a wrapper, is a
// payload as the vendor sends it; another one, such as a row of the vendor's call list or of a panel, is mapped like the row of a table.
type objectMapper struct {
	table   tableReader
	layouts map[string]mappedKeys // by keys
	found   map[string]bool       // fields of --field whose key an object has
}

// mappedKeys is the layout of objects with the same keys, or why they have none.
type mappedKeys struct {
	layout *layout
	err    error
	isRow  bool // a key is a field by its heading only
}

// maxLayouts limits the layouts in memory: objects of an export have the same few keys.
const maxLayouts = 1000

// deliver passes on the payloads of an object, of a wrapper one for each call in it, and refuses what has none.
func (m *objectMapper) deliver(n int64, object []byte, to sink) error {
	wrapped := spool.Unwrap(object)
	if len(wrapped) == 0 {
		wrapped = []spool.Wrapped{{Call: object}}
	}
	for _, one := range wrapped {
		if one.Call != nil {
			payload, reason, err := m.payload(n, one.Call)
			if err != nil {
				return err
			}
			if reason != "" {
				to.refuse(n, reason)
				continue
			}
			one.Call = payload
		}
		if err := to.deliver(n, one.Payload()); err != nil {
			return err
		}
	}
	return nil
}

// payload returns the payload of an object that is no wrapper, or why it is none.
func (m *objectMapper) payload(n int64, object []byte) (payload []byte, reason string, err error) {
	var keys, cells []string
	namesCall := false
	for key, value := range spool.Members(object) {
		namesCall = namesCall || spool.FieldName(key) == callSid
		keys, cells = append(keys, string(key)), append(cells, spool.Text(value))
		m.noteKey(string(key))
	}
	id := strings.Join(keys, "\x00")
	mapped, known := m.layouts[id]
	if !known {
		if len(m.layouts) == maxLayouts {
			clear(m.layouts)
		}
		mapped.layout, mapped.err = m.table.mapping.layout(keys, []row{{cells: cells}}, m.table.pass.partyOrder == agentColumn && m.table.outgoingIsAgent)
		mapped.isRow = len(mapped.layout.byField[callSid]) > 0 && slices.ContainsFunc(mapped.layout.columns, m.isHeading)
		m.layouts[id] = mapped
	}
	switch err := mapped.err; {
	case namesCall && !mapped.isRow:
		return m.call(n, object), "", nil
	case err != nil && (m.isEvent(object) || !mapped.isRow && spool.Kind(object) != spool.KindOther): // a wrapper that the loader opens, or an event
		return object, "", nil
	case err != nil:
		return nil, strings.Replace(err.Error(), "the header has", "it has", 1), nil
	}
	m.table.layout = mapped.layout
	reason, err = m.table.build(n, cells)
	return m.table.payload, reason, err
}

// isHeading reports whether a column is a field only by the heading that a panel gives it, so that the collector would not read it.
func (m *objectMapper) isHeading(c column) bool {
	if c.field == "" || m.table.mapping.explicitField(c.heading) != "" {
		return false
	}
	switch spool.FieldName([]byte(c.heading)) {
	case "":
		return isRole(c.field) || spool.FieldName([]byte(c.field)) != ""
	case "type":
		return c.field != "type" && c.heading != "type" // Type can be a direction; an event has type
	}
	return false
}

// call returns a payload as the vendor sends it, with the fields that --field and --set give it, and its dates year first.
func (m *objectMapper) call(n int64, object []byte) []byte {
	sid, hasValue := "", map[string]bool{}
	for key, value := range spool.Members(object) {
		field, text := m.fieldOf(key), strings.TrimSpace(spool.Text(value))
		hasValue[field] = hasValue[field] || !m.table.mapping.isNothing(field, text)
		if field == callSid {
			sid = text
		}
	}
	out, changed := []byte{'{'}, false
	for key, value := range spool.Members(object) {
		name, field := string(key), m.fieldOf(key)
		if m.table.mapping.explicitField(name) != "" && field != name {
			name, changed = field, true
		}
		if slices.Contains(timeFields, field) {
			read := m.dates(n, value, sid)
			value, changed = read, changed || !bytes.Equal(read, value)
		}
		if set := m.table.mapping.Set[field]; set != "" && !hasValue[field] {
			value, changed, hasValue[field] = spool.AppendString(nil, set), true, true
		}
		out = appendMember(out, name, value)
	}
	for _, field := range slices.Sorted(maps.Keys(m.table.mapping.Set)) {
		if !hasValue[field] {
			out, changed = appendMember(out, field, spool.AppendString(nil, m.table.mapping.Set[field])), true
		}
	}
	if !changed {
		return object
	}
	return append(out, '}')
}

// fieldOf returns the vendor's field of a key, "" if it has none.
func (m *objectMapper) fieldOf(key []byte) string {
	return cmp.Or(m.table.mapping.explicitField(string(key)), spool.FieldName(key))
}

// dates returns a time, or an array of them, year first.
func (m *objectMapper) dates(n int64, value []byte, sid string) []byte {
	switch value[0] {
	case '"':
		text := spool.Text(value)
		if read := m.table.readDate(n, text, sid); read != text {
			return spool.AppendString(nil, read)
		}
	case '[':
		out := []byte{'['}
		for one := range spool.Elements(value) {
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(out, m.dates(n, one, sid)...)
		}
		return append(out, ']')
	}
	return value
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
	for _, field := range slices.Sorted(maps.Keys(m.table.mapping.Fields)) {
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
