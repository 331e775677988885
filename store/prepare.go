package store

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"callsheet/internal/spool"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// fields are the payload's fields that have a column of their own, in the order in which stage.sql takes them.
var fields = []struct {
	key   string
	extra bool // nobody documented it, so it stays in extra too
}{
	{"Direction", false},
	{"CallSid", false},
	{"SourceNumber", false},
	{"DestinationNumber", false},
	{"DialWhomNumber", false},
	{"CallDuration", false},
	{"coins", false},
	{"Status", false},
	{"StartTime", false},
	{"EndTime", false},
	{"CallRecordingUrl", false},
	{"campid", false},
	{"TalkDuration", false},
	{"call_group", false},
	{"receiver_name", false},
	{"error_code", false},
	{"LegA_Picked_time", false},
	{"LegB_Start_time", false},
	{"LegB_Picked_time", false},
	{"callstatus", true},
	{"type", true},
}

const (
	directionField = 0
	sidField       = 1
	firstContent   = 2 // of the fields that tell two versions of a call apart
)

var fieldOf = func() map[string]int {
	index := map[string]int{}
	for i, field := range fields {
		index[field.key] = i
	}
	return index
}()

// line is a spool line on its way into DuckDB. What is nil is NULL.
type line struct {
	file        string
	number      int64
	offset      int64
	hash        uint64 // lineHash
	text        []byte // as it stands; kept for a reject only
	reason      string // why it is rejected
	again       bool   // of a file that has changed, and is read again
	length      int64  // of the whole line, in bytes
	tooLong     bool   // so that text is only how it begins
	escapes     bool   // a value may contain escape, absent or fieldEnd
	kind        string
	source      []byte
	receivedAt  []byte
	id          []byte   // of the delivery; other lines than a collector's may have none
	values      [][]byte // of fields
	extra       []byte   // a JSON object of what nobody documented
	payload     []byte   // of an event of another kind, its numbers as strings
	callKey     uint64   // of the source and the call's id; 0 where there is no call
	contentHash uint64   // of all that was sent but the call's id; of a reject, its hash
}

// prepare reads the line's text. It never fails: what cannot be read gets a reason.
func (l *line) prepare(defaultSource []byte) {
	l.text = bytes.TrimPrefix(l.text, byteOrderMark) // an export may begin with one
	if l.reason == "" {
		l.reason = l.read()
	}
	if len(l.source) == 0 {
		l.source = defaultSource
	}
	if l.reason == "" {
		l.text = nil
		if l.kind != spool.KindOther {
			l.callKey = callKey(l.source, l.values[sidField])
		}
		return
	}
	l.contentHash = l.hash
	if !utf8.Valid(l.text) {
		l.text = escapeInvalid(l.text)
	}
}

// read fills in the columns and returns the reason to reject the line.
func (l *line) read() (reason string) {
	if l.tooLong {
		return fmt.Sprintf("line too long: %d bytes", l.length)
	}
	if err := spool.CheckLine(l.text); err != nil {
		return err.Error()
	}
	if !utf8.Valid(l.text) {
		return "not UTF-8"
	}
	if trimmed := bytes.TrimLeft(l.text, " \t"); len(trimmed) == 0 || trimmed[0] != '{' {
		return "not a JSON object"
	}
	object, ok := spool.Compact(l.text)
	if !ok {
		return "not JSON"
	}
	l.escapes = bytes.Contains(object, []byte(`\u001`)) // JSON has control characters only as escapes
	object = replaceSurrogates(object)
	payload := l.readEnvelope(object)
	switch {
	case l.kind == spool.KindUnreadable:
		return "unreadable body"
	case len(payload) == 0 || payload[0] != '{':
		return "no payload"
	case l.kind != spool.KindCallReport && l.kind != spool.KindLiveCall && l.kind != spool.KindOther:
		return "unknown kind"
	}
	if l.kind == spool.KindOther {
		l.payload = spool.QuoteNumbers(payload)
	} else if len(bytes.Trim(l.values[sidField], " ")) == 0 {
		return "no CallSid"
	}
	return ""
}

// readEnvelope returns the payload of an envelope, or the whole object if it is none.
func (l *line) readEnvelope(object []byte) (payload []byte) {
	var hasKind, hasContent bool
	spool.WalkObject(object, 0, func(key []byte, start int) (end int) {
		if string(key) == "payload" && object[start] == '{' {
			hasContent = true
			end = l.readPayload(object, start)
			payload = object[start:end]
			return end
		}
		end = spool.ValueEnd(object, start)
		value := object[start:end]
		switch string(key) {
		case "kind":
			hasKind = true
			l.kind = spool.Text(value)
		case "payload":
			hasContent = true
			payload = value
		case "body_base64":
			hasContent = true
		case "id":
			l.id = column(value)
		case "source":
			l.source = column(value)
		case "received_at":
			l.receivedAt = column(value)
		}
		return end
	})
	if !hasKind || !hasContent {
		l.source, l.receivedAt, l.id, l.kind = nil, nil, nil, spool.Kind(object)
		l.readPayload(object, 0)
		return object
	}
	return payload
}

// readPayload fills in the fields, what nobody documented, and the hash, from the payload that begins at start, and returns
// the index behind it. Of a key that is there twice the first counts, and the others are kept with what nobody documented.
func (l *line) readPayload(text []byte, start int) (end int) {
	l.values = make([][]byte, len(fields))
	var unknown []member
	next := 0 // payloads often have the keys in the order of the list
	end = spool.WalkObject(text, start, func(key []byte, start int) (end int) {
		end = spool.ValueEnd(text, start)
		value := text[start:end]
		i, known := next, next < len(fields) && string(key) == fields[next].key
		if !known {
			i, known = fieldOf[string(key)]
		}
		next = i + 1
		taken := known && l.values[i] == nil
		if taken {
			l.values[i] = column(value)
		}
		if !taken || fields[i].extra {
			unknown = append(unknown, member{key, value})
		}
		return end
	})
	l.extra = object(unknown)
	l.contentHash = l.hashContent(unknown)
	return end
}

// column is a value as a column has it: the text of a string, nothing for null, any other value as it stands, its
// numbers as strings where it has several.
func column(value []byte) []byte {
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

// object is a JSON object of members whose numbers are strings; nil of none.
func object(members []member) []byte {
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

// hashContent is XXH64 of the values, and of the unknown members in the order of their keys: the same report as JSON and as a
// form is the same content. fieldEnd ends a value and absent stands for one that was not sent; where a value may contain these
// bytes, they are escaped, so that different values never make the same text.
func (l *line) hashContent(unknown []member) uint64 {
	var text [1024]byte
	content := text[:0]
	add := func(value []byte) {
		if l.escapes {
			content = append(appendMarked(content, value), fieldEnd)
		} else {
			content = append(append(content, value...), fieldEnd)
		}
	}
	for i, value := range l.values[firstContent:] {
		switch {
		case fields[firstContent+i].extra:
		case value == nil:
			content = append(content, absent, fieldEnd)
		default:
			add(value)
		}
	}
	slices.SortStableFunc(unknown, func(a, b member) int { return bytes.Compare(a.key, b.key) })
	for _, m := range unknown {
		add(m.key)
		add(column(m.value))
	}
	return xxhash.Sum64(content)
}

// callKey is XXH64 of a call's source and id.
func callKey(source, sid []byte) uint64 {
	var text [128]byte
	return xxhash.Sum64(append(append(appendMarked(text[:0], source), fieldEnd), bytes.Trim(sid, " ")...))
}

func appendEscaped(to []byte, c byte) []byte {
	return hex.AppendEncode(append(to, '\\', 'x'), []byte{c})
}

// escapeInvalid writes bytes that are no UTF-8 as \xNN, so that a reject can be shown and mended.
func escapeInvalid(text []byte) []byte {
	var out []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size <= 1 {
			out = appendEscaped(out, text[0])
			size = 1
		} else {
			out = append(out, text[:size]...)
		}
		text = text[size:]
	}
	return out
}
