package store

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"callsheet/internal/spool"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// line is a spool line to load; nil values are NULL.
type line struct {
	file          string
	number        int64
	offset        int64
	hash          uint64 // lineHash
	text          []byte // as in the file; nil once it is parsed, except for a reject
	reason        string // why it is rejected
	reread        bool   // from a file that has changed since it was loaded
	length        int64  // of the whole line, in bytes
	tooLong       bool   // text is truncated
	needsEscaping bool   // a value may contain escapeByte, nullMark or fieldEnd
	keepsPosition bool   // its file, number and offset are needed in DuckDB
	kind          string
	source        []byte
	receivedAt    []byte
	id            []byte   // of the delivery; only a collector's lines have one
	values        [][]byte // of payloadFields
	extra         []byte   // a JSON object of the undocumented members
	payload       []byte   // of an event of kind "other", its numbers as strings
	callKey       uint64   // hash of the source and the call's id; 0 without a call
	contentHash   uint64   // of the payload without the call's id; of a reject, lineHash
}

// parse sets the columns from the line's text. It never fails: a line that cannot be parsed is rejected with a reason.
func (l *line) parse(defaultSource []byte) {
	l.text = bytes.TrimPrefix(l.text, byteOrderMark) // an export may begin with one
	if l.reason == "" {
		l.reason = l.parseText()
	}
	if len(l.source) == 0 {
		l.source = defaultSource
	}
	l.keepsPosition = l.reread || l.reason != "" || l.kind == spool.KindOther || !looksLikeTime(l.receivedAt)
	if l.reason == "" {
		l.text = nil
		if l.kind != spool.KindOther {
			l.callKey = callKey(l.source, l.values[callSidField])
		}
		return
	}
	l.contentHash = l.hash
	if !utf8.Valid(l.text) {
		l.text = escapeInvalid(l.text)
	}
}

// parseText sets the columns and returns the reason to reject the line, if any.
func (l *line) parseText() (reason string) {
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
	l.needsEscaping = bytes.Contains(object, []byte(`\u001`)) // JSON has control characters only as escapes
	object = replaceSurrogates(object)
	payload := l.parseEnvelope(object)
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
	} else if len(bytes.Trim(l.values[callSidField], " ")) == 0 {
		return "no CallSid"
	}
	return ""
}

// parseEnvelope returns the payload of an envelope, or the object itself if it is not an envelope.
func (l *line) parseEnvelope(object []byte) (payload []byte) {
	var hasKind, hasContent bool
	spool.WalkObject(object, 0, func(key []byte, start int) (end int) {
		if string(key) == "payload" && object[start] == '{' {
			hasContent = true
			end = l.parsePayload(object, start)
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
			l.id = columnText(value)
		case "source":
			l.source = columnText(value)
		case "received_at":
			l.receivedAt = columnText(value)
		}
		return end
	})
	if !hasKind || !hasContent {
		l.source, l.receivedAt, l.id, l.kind = nil, nil, nil, spool.Kind(object)
		l.parsePayload(object, 0)
		return object
	}
	return payload
}

// parsePayload sets values, extra and contentHash from the payload at start, and returns the index after it. The first value of a
// duplicate key is used; the others are kept in extra.
func (l *line) parsePayload(text []byte, start int) (end int) {
	l.values = make([][]byte, len(payloadFields))
	var unknown []member
	next := 0 // payloads often have their keys in the order of payloadFields
	end = spool.WalkObject(text, start, func(key []byte, start int) (end int) {
		end = spool.ValueEnd(text, start)
		value := text[start:end]
		i, known := next, next < len(payloadFields) && string(key) == payloadFields[next].key
		if !known {
			i, known = payloadIndex[string(key)]
		}
		next = i + 1
		taken := known && l.values[i] == nil
		if taken {
			l.values[i] = columnText(value)
		}
		if !taken || payloadFields[i].undocumented {
			unknown = append(unknown, member{key, value})
		}
		return end
	})
	l.extra = joinMembers(unknown)
	l.contentHash = l.hashContent(unknown)
	return end
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

// escapeInvalid replaces invalid UTF-8 bytes by \xNN, so that a reject can be shown and corrected.
func escapeInvalid(text []byte) []byte {
	var out []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size <= 1 {
			out = hex.AppendEncode(append(out, '\\', 'x'), text[:1])
			size = 1
		} else {
			out = append(out, text[:size]...)
		}
		text = text[size:]
	}
	return out
}

// looksLikeTime reports whether a text begins with a date of this century and an hour, as a collector's times do.
func looksLikeTime(text []byte) bool {
	return len(text) >= len("2006-01-02T15:04:05Z") && string(text[:2]) == "20" && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':'
}
