package store

import (
	"bytes"
	"strings"

	"callsheet/internal/spool"
)

// addValue adds a value of a field that may have one already: a repeated key, an array, or the same field in another spelling. The
// first value that says something counts. Equal values are one, and a blank is none. Values that do not count are added to unknown,
// so that they are kept in extra, and the field is marked.
func (l *line) addValue(field int, value []byte, unknown []member) []member {
	for one := range spool.Scalars(value) {
		current, text := l.values[field], columnText(one)
		switch {
		case string(one) == "{}": // an empty array of PHP
		case one[0] == '{':
			l.unreadable |= l.problemBit(field)
			unknown = l.setAside(field, one, unknown)
		case isBlankText(text):
			if current == nil {
				l.values[field] = text
			}
		case isBlankText(current):
			l.values[field] = text
		case bytes.Equal(bytes.TrimSpace(current), bytes.TrimSpace(text)):
		default:
			l.conflicting |= l.problemBit(field)
			if l.isNothing(field, current) && !l.isNothing(field, text) {
				l.values[field] = text
				one = spool.AppendString(nil, string(current))
			}
			unknown = l.setAside(field, one, unknown)
		}
	}
	return unknown
}

// problemBit returns the bit of a field of which conflicting and unreadable values are a problem, 0 for others.
func (l *line) problemBit(field int) uint64 {
	if payloadFields[field].anyForm {
		return 0
	}
	return 1 << field
}

// setAside adds a value that does not count. An undocumented field is in extra anyway.
func (l *line) setAside(field int, value []byte, unknown []member) []member {
	if payloadFields[field].undocumented {
		return unknown
	}
	return append(unknown, member{[]byte(payloadFields[field].key), value})
}

func isBlankText(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

// isNothing reports whether a text means no value, by spool.IsNothing or the source's nothing_values. It only decides which of several values
// counts; how a value is read is decided in queries/base.
func (l *line) isNothing(field int, text []byte) bool {
	switch trimmed := spool.TrimBlanks(string(text)); {
	case l.nothing.has(trimmed):
		return true
	case trimmed == "0":
		return !payloadFields[field].number
	default:
		return spool.IsNothing(trimmed) || strings.HasPrefix(trimmed, "0000-00-00") || strings.HasPrefix(trimmed, "1970-01-01")
	}
}

// fieldProblems lists the fields that were sent with several values or with one that cannot be read, such as "conflicting Status,
// unreadable receiver_name"; nil if there are none.
func (l *line) fieldProblems() (problems []byte) {
	if l.conflicting|l.unreadable == 0 {
		return nil
	}
	for i, field := range payloadFields {
		for _, problem := range []struct {
			name   string
			fields uint64
		}{{"conflicting ", l.conflicting}, {"unreadable ", l.unreadable}} {
			if problem.fields&(1<<i) == 0 {
				continue
			}
			if len(problems) > 0 {
				problems = append(problems, ", "...)
			}
			problems = append(append(problems, problem.name...), field.key...)
		}
	}
	return problems
}
