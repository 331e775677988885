// Package spool owns the NDJSON files that every delivery is kept in: appending to them durably, repairing them
// after a crash, and reading them by offset.
//
// # Files
//
// A spool is a folder with a file for each day of the configured zone in which deliveries were received:
//
//	YYYY-MM-DD.ndjson       or  YYYY-MM-DD.ID.ndjson  with a collector id
//	YYYY-MM-DD.ndjson.zst   (or .gz) the same content, compressed once the day is finished
//	YYYY-MM-DD.import-N.ndjson  what was imported on a day
//	YYYY-MM-DD~2.ndjson     what came for a day after that, ~3 after that is compressed too; with an id YYYY-MM-DD.ID~2.ndjson
//	*.torn-N                what followed the last line of a file and was no line itself, kept for a look
//	.lock                   held by the one process that appends; holds its process id
//	.reserve                room that is given up when the disk is full
//	.durable                how much of the files being appended to is synced; readers stop there
//
// A file is appended to and never changed otherwise; only what follows its last newline, which is no line, is removed when a writer
// opens it. A damaged line stays where it is. Its logical name is that without .zst or .gz.
//
// The file .durable is overwritten after each sync. Its first line is the CRC-32C, in 8 hex digits, and the length of the lines
// after it; each of those is a durable length, a space and a file name. Files that it does not name, and all files when it is
// missing or damaged, are durable as a whole. It is removed when the writer is closed.
//
// # Lines
//
// A line is a JSON object and a newline, of at most MaxLine bytes without it. The collector writes envelopes, their keys in this order:
//
//		{"id":"01…","received_at":"2026-10-05T10:15:52.123456+05:30","source":"main","kind":"call_report","encoding":"json","payload":{…},"crc":"9ae0daaf"}
//
//	  - id is a ULID, rising within a collector even when its clock is set back;
//	  - received_at has microseconds and the zone's offset;
//	  - kind is call_report, live_call, other or unreadable; encoding is json, form or query;
//	  - payload is the JSON object as sent, compacted, its numbers and key order untouched; of a form or a query it is
//	    an object of strings, a repeated key an array of them;
//	  - of an unreadable body there is no payload but "body_base64" with its exact bytes;
//	  - crc is the CRC-32C (Castagnoli) of the line's bytes before `,"crc"`, in 8 hex digits, always the last member.
//
// Lines without a checksum are valid: older collectors and other tools write none. A line whose checksum does not match is
// damaged. Objects and arrays are nested at most MaxDepth deep in a line, its own object included; a delivery that is nested deeper
// counts as unreadable.
//
// Others may put bare lines, a payload without an envelope, into *.ndjson files of their own. What was imported has its source
// and kind, but neither id nor received_at, since it never came to a collector:
// {"source":"main","kind":"call_report","payload":{…},"crc":"…"}.
package spool

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// The kinds of deliveries.
const (
	KindCallReport = "call_report"
	KindLiveCall   = "live_call"
	KindOther      = "other"
	KindUnreadable = "unreadable"
)

// The ways a payload is encoded in HTTP.
const (
	EncodingJSON  = "json"
	EncodingForm  = "form"
	EncodingQuery = "query"
)

// Envelope is a delivery. Of Payload and Body exactly one is set.
type Envelope struct {
	ID         string // given by Append
	ReceivedAt time.Time
	Source     string
	Kind       string
	Encoding   string
	Payload    []byte // a compact JSON object of valid UTF-8
	Body       []byte // the exact bytes of what is no such object
}

// receivedFormat keeps the microseconds even when they are zero, so that lines sort by it within a zone.
const receivedFormat = "2006-01-02T15:04:05.000000Z07:00"

// The parts of a line around an id and a time.
const (
	idPrefix = `{"id":"` // the 26 bytes after it are the id
	afterID  = `","received_at":"`
	maxHead  = len(idPrefix) + 26 + len(afterID) + len(receivedFormat) + len(`"`)
)

// AppendLine appends the envelope's line, newline included.
func (e Envelope) AppendLine(dst []byte) []byte {
	return appendLine(dst, e.ID, e.ReceivedAt, e.appendRest(nil))
}

func appendLine(dst []byte, id string, receivedAt time.Time, rest []byte) []byte {
	begin := len(dst)
	dst = append(dst, idPrefix...)
	dst = append(dst, id...)
	dst = append(dst, afterID...)
	dst = receivedAt.AppendFormat(dst, receivedFormat)
	dst = append(dst, '"')
	dst = append(dst, rest...)
	return append(appendChecksum(dst, begin), '\n')
}

// appendRest appends what stands between the head of a line and its checksum.
func (e *Envelope) appendRest(dst []byte) []byte {
	dst = append(dst, `,"source":`...)
	dst = AppendString(dst, e.Source)
	dst = append(dst, `,"kind":"`...)
	dst = append(dst, e.Kind...)
	dst = append(dst, `","encoding":"`...)
	dst = append(dst, e.Encoding...)
	if e.Payload != nil {
		dst = append(dst, `","payload":`...)
		return append(dst, e.Payload...)
	}
	dst = append(dst, `","body_base64":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, e.Body)
	return append(dst, '"')
}

// AppendString appends a text as a JSON string.
func AppendString(dst []byte, text string) []byte {
	if isPlain(text) {
		return append(append(append(dst, '"'), text...), '"')
	}
	quoted, _ := json.Marshal(text) // a string always can
	return append(dst, quoted...)
}

// isPlain tells whether a text means itself between quotes.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
