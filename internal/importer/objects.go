package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"callsheet/internal/exitcode"
	"callsheet/internal/spool"
)

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
		for _, field := range slices.Sorted(maps.Keys(m.table.mapping.Set)) {
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
