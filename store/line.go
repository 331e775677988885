package store

import (
	"bytes"
	"encoding/hex"
	"time"
	"unicode/utf8"

	"callsheet/internal/display"
	"callsheet/internal/spool"
)

// line is a spool line to load; nil values are NULL.
type line struct {
	file          string
	number        int64
	offset        int64
	fileTime      time.Time // modification of the file
	hash          uint64    // lineHash
	text          []byte    // as in the file; nil once it is parsed, except for a reject
	reason        string    // why it is rejected
	wantsPosition bool      // of every line, as in a file that has changed since it was loaded
	length        int64     // of the whole line, in bytes
	tooLong       bool      // text is truncated
	needsEscaping bool      // a value may contain escapeByte, nullMark or fieldEnd
	keepsPosition bool      // its file, number and offset are needed in DuckDB
	kind          string
	source        []byte
	nothing       words // the source's own texts that mean no value
	receivedAt    []byte
	reportedAt    []byte   // only imported lines have one
	fromList      bool     // of a vendor's list
	id            []byte   // of the delivery; only a collector's and imported lines have one
	values        [][]byte // of payloadFields
	extra         []byte   // a JSON object of the undocumented members
	payload       []byte   // of an event of kind "other", its numbers as strings
	callKey       uint64   // hash of the source and the call's id; 0 without a call
	contentHash   uint64   // of the payload without the call's id; of a reject, lineHash
	conflicting   uint64   // the payloadFields that were sent with several different values, a bit each
	unreadable    uint64   // those that were sent as an object
	more          []line   // the other deliveries of a wrapper
}

// parse sets the columns from the line's text. It never fails: a line that cannot be parsed is rejected with a reason.
func (l *line) parse(sources lineSources) {
	l.text = spool.TrimBOM(l.text)
	if l.reason == "" {
		l.reason = l.parseText(sources)
	}
	if len(l.source) == 0 {
		l.source = sources.byDefault
	}
	l.identify()
	for i := range l.more {
		l.more[i].source = l.source
		l.more[i].identify()
	}
	if l.reason == "" {
		l.text = nil
		return
	}
	l.contentHash = l.hash
	if !utf8.Valid(l.text) {
		l.text = escapeInvalid(l.text)
	}
}

// identify sets what follows from the other columns.
func (l *line) identify() {
	l.keepsPosition = l.wantsPosition || l.reason != "" || l.kind == spool.KindOther || !looksLikeTime(l.receivedAt)
	if l.reason == "" && l.kind == spool.KindLiveCall {
		l.keepInExtra()
	}
	if l.reason == "" && l.kind != spool.KindOther {
		l.callKey = callKey(l.source, l.values[callSidField])
	}
}

// parseText sets the columns and returns the reason to reject the line, if any.
func (l *line) parseText(sources lineSources) (reason string) {
	if l.tooLong {
		return "line too long: " + display.Plural(int(l.length), "byte")
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
	payload := l.parseEnvelope(object, sources)
	switch {
	case l.reportedAt != nil && !isTime(l.reportedAt):
		return "unreadable reported_at"
	case l.kind == spool.KindUnreadable:
		return "unreadable body"
	case len(payload) == 0 || payload[0] != '{':
		return "no payload"
	case l.kind != spool.KindCallReport && l.kind != spool.KindLiveCall && l.kind != spool.KindOther:
		return "unknown kind"
	}
	if mayBeWrapper := isBlankText(l.values[callSidField]) || len(l.extra) > 1 && bytes.ContainsAny(l.extra[1:], "{["); mayBeWrapper {
		return l.parseWrapper(payload)
	}
	l.setKind(payload)
	if l.kind != spool.KindOther {
		l.values[callSidField], reason = readCallSid(l.values[callSidField], l.nothing)
	}
	return reason
}

// setKind sets the kind of a payload whose envelope says other: older collectors knew fewer spellings. An event is kept as it is.
func (l *line) setKind(payload []byte) {
	if l.kind == spool.KindOther {
		l.kind = spool.Kind(payload)
	}
	if l.kind == spool.KindOther {
		l.payload = spool.QuoteNumbers(payload)
	}
}

// parseEnvelope returns the payload of an envelope, or the object itself if it is not an envelope.
func (l *line) parseEnvelope(object []byte, sources lineSources) (payload []byte) {
	var hasKind, hasContent bool
	l.nothing = sources.nothing[string(sources.byDefault)]
	spool.WalkObject(object, 0, func(key []byte, start int) (end int) {
		if string(key) == "payload" && object[start] == '{' {
			hasContent = true
			end = l.parsePayload(object, start, nil)
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
		case "encoding":
			l.fromList = spool.Text(value) == spool.EncodingAPI
		case "source":
			if l.source = columnText(value); len(l.source) > 0 {
				l.nothing = sources.nothing[string(l.source)]
			}
		case "received_at":
			l.receivedAt = columnText(value)
		case "reported_at":
			l.reportedAt = columnText(value)
		}
		return end
	})
	if !hasKind || !hasContent {
		l.source, l.receivedAt, l.reportedAt, l.id, l.fromList, l.kind = nil, nil, nil, nil, false, spool.Kind(object)
		l.nothing = sources.nothing[string(sources.byDefault)]
		l.parsePayload(object, 0, nil)
		return object
	}
	return payload
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

func isTime(text []byte) bool {
	_, err := time.Parse(time.RFC3339, string(text))
	return err == nil
}

// looksLikeTime reports whether a text begins with a date of this century and an hour, as a collector's times do.
func looksLikeTime(text []byte) bool {
	return len(text) >= len("2006-01-02T15:04:05Z") && string(text[:2]) == "20" && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':'
}
