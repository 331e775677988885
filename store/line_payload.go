package store

import (
	"bytes"
	"slices"

	"callsheet/internal/spool"
)

// parsePayload sets values, extra and contentHash from the payload at start, and returns the index after it. The members beside it in
// a wrapper are kept in extra. A null, an empty text and a missing field are the same, so that empty ones are not kept, except that
// of the time of leg A: sent empty, it says that the agent never picked up.
func (l *line) parsePayload(text []byte, start int, beside []spool.Member) (end int) {
	l.values = make([][]byte, len(payloadFields))
	var unknown []member
	var respelled []fieldMember
	next := 0 // payloads often have their keys in the order of payloadFields
	end = spool.WalkObject(text, start, func(key []byte, start int) (end int) {
		end = spool.ValueEnd(text, start)
		value := text[start:end]
		i, known := next, next < len(payloadFields) && string(key) == payloadFields[next].key
		if !known {
			i, known = payloadIndex[string(key)]
		}
		switch {
		case !known:
			if i, known = payloadIndex[spool.FieldName(key)]; known {
				respelled = append(respelled, fieldMember{i, member{key, value}})
			} else {
				unknown = append(unknown, member{key, value})
			}
			return end
		case l.values[i] == nil && value[0] != '[' && value[0] != '{':
			l.values[i] = columnText(value)
		default:
			unknown = l.addValue(i, value, unknown)
		}
		l.noteLegA(i)
		if next = i + 1; payloadFields[i].undocumented {
			unknown = append(unknown, member{key, value})
		}
		return end
	})
	for _, m := range respelled { // after all fields in the vendor's own spelling, which counts
		unknown = l.addValue(m.field, m.value, unknown)
		l.noteLegA(m.field)
		if payloadFields[m.field].undocumented {
			unknown = append(unknown, m.member)
		}
	}
	for _, m := range beside {
		unknown = append(unknown, member{m.Key, replaceSurrogates(m.Value)})
	}
	unknown = withoutEmpty(unknown)
	l.extra = joinMembers(unknown)
	l.contentHash = l.hashContent(unknown, l.fieldProblems())
	return end
}

// keepInExtra moves the fields of a live event without a column in live_events to extra, so that all that contentHash covers is stored,
// and a migration can recompute it.
func (l *line) keepInExtra() {
	var moved []member
	for i, field := range payloadFields {
		if field.onlyReports && len(l.values[i]) > 0 {
			moved = append(moved, member{[]byte(field.key), spool.AppendString(nil, string(l.values[i]))})
			l.values[i] = nil
		}
	}
	if moved == nil {
		return
	}
	moved = append(membersOf(l.extra), moved...)
	l.extra = joinMembers(moved)
	l.contentHash = l.hashContent(moved, l.fieldProblems())
}

// noteLegA records that the time of leg A was sent without a value.
func (l *line) noteLegA(field int) {
	if field == legAField && l.values[field] == nil && l.unreadable&(1<<field) == 0 {
		l.values[field] = []byte{}
	}
}

// columnText converts a JSON value to the text of a column: a string's content, nil for null, an object or array with its numbers as
// strings, any other value unchanged.
func columnText(value []byte) []byte {
	switch value[0] {
	case '"':
		if bytes.IndexByte(value, '\\') < 0 {
			return value[1 : len(value)-1 : len(value)]
		}
		return []byte(spool.Text(value))
	case '{', '[':
		return spool.QuoteNumbers(value)
	case 'n':
		return nil
	}
	return value
}

type member struct{ key, value []byte }

func withoutEmpty(members []member) []member {
	return slices.DeleteFunc(members, func(m member) bool { return string(m.value) == "null" || string(m.value) == `""` })
}

// fieldMember is a member that is one of payloadFields, by its index.
type fieldMember struct {
	field int
	member
}

// joinMembers returns a JSON object of members with numbers as strings; nil if there are none.
func joinMembers(members []member) []byte {
	if len(members) == 0 {
		return nil
	}
	text := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			text = append(text, ',')
		}
		text = spool.AppendString(text, string(m.key))
		text = append(append(text, ':'), spool.QuoteNumbers(m.value)...)
	}
	return append(text, '}')
}
