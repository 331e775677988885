// Package spool stores deliveries in NDJSON files: it appends them durably, repairs the files after a crash, and reads them by offset.
//
// # Files
//
// A spool is a folder. Deliveries are appended to the file of the day on which they were received, in the configured time zone:
//
//	YYYY-MM-DD.ndjson           the deliveries of a day
//	YYYY-MM-DD.ID.ndjson        the same, with a collector id
//	YYYY-MM-DD~2.ndjson         the next part of a day, then ~3 …; with an id YYYY-MM-DD.ID~2.ndjson
//	YYYY-MM-DD.import-N.ndjson  deliveries that were imported on a day; YYYY-MM-DD.import-N is the id of the import
//	YYYY-MM-DD.import-N.json    the record of that import; no data depends on it
//	undone/                     the files of imports that were undone, until the next load has taken their lines out of the database
//	*.ndjson.zst or .gz         a file of that name, compressed
//	*.ndjson.torn-N             bytes after the last line of a file that are not a line, quarantined
//	.lock                       held by the one process that appends; contains its process id
//	.reserve                    1 MiB that is freed when the disk is full
//	.durable                    the durable length of each file that is being appended to
//	.*                          other hidden files are temporary
//
// A file is only appended to. A new part is begun if the file is compressed, or if a failed write cannot be truncated. A writer that
// opens a file quarantines and truncates the bytes after its last newline; if they are a whole line with a valid checksum, it adds the
// newline instead. A damaged line stays where it is.
//
// The logical name of a file is its name without .zst or .gz. If it exists plain and compressed, the plain file counts: the archive
// is not finished. Hard links to one file count once.
//
// Readers stop at the durable length of a file, since lines after it may be lost in a crash. The file .durable is overwritten in
// place after each sync. Its first line is a CRC-32C in 8 hex digits, a space, and the length of the lines after it. Each of those
// lines is a durable length, a space and a file name. Files that it does not name are durable as a whole, and so are all files if it
// is missing or damaged. It is removed when the writer is closed.
//
// # Lines
//
// A line is a JSON object and a newline, of at most MaxLine bytes without the newline. The collector writes envelopes, with their keys
// in this order:
//
//		{"id":"01…","received_at":"2026-10-05T10:15:52.123456+05:30","source":"main","kind":"call_report","encoding":"json","payload":{…},"crc":"9ae0daaf"}
//
//	  - id is a ULID; ids of a collector increase even when its clock is set back;
//	  - received_at has microseconds and the offset of the time zone;
//	  - source is the name of the configured source;
//	  - kind is call_report, live_call, other or unreadable; encoding is json, form, query, or api for a row of a vendor's list. Older collectors wrote other where they did
//	    not know a spelling or a wrapper, so a reader decides by the payload if the kind is other;
//	  - payload is the JSON object as sent, compacted, with numbers and key order unchanged; of a form or a query it is an object of
//	    strings, in which a repeated key has an array of strings. The fields of a query string beside a body follow those of the body.
//	    Of a wrapper with an array of deliveries, it is the wrapper with one of them: {"data":[{…}]};
//	  - an unreadable delivery has "body_base64", its exact bytes, instead of payload;
//	  - crc is the CRC-32C (Castagnoli) of the bytes of the line before `,"crc"`, in 8 hex digits, and always the last member.
//
// Lines without a checksum are valid: older collectors and other programs write none. A line whose checksum does not match is damaged.
// Objects and arrays are nested at most MaxDepth deep in a line, including the line's object; a delivery that is nested deeper is
// unreadable.
//
// A line that was imported from an export is an envelope with one more member, reported_at, as lines of a vendor's list are:
//
//		{"id":"01…","received_at":"…","reported_at":"…","source":"main","kind":"call_report","encoding":"json","payload":{…},"crc":"…"}
//
//	  - received_at is the time of the import, the same in all lines of a file; encoding is json;
//	  - reported_at is when the vendor made the export. The report with the latest reported_at, then id, is the current one of a call; a
//	    line without reported_at was reported when it was received.
//
// A line that was imported from a vendor's list is copied from there, with its id and times, and has the encoding api.
//
// Older versions imported lines without id, received_at, reported_at and encoding.
//
// Other programs may put *.ndjson files with bare lines, payloads without an envelope, into the folder. A byte order mark before a line, as
// an export may begin with, is not part of it.
//
// # Vendors' lists
//
// A vendor's list of the calls of a day is beside the spool, in DATA_DIR/vendor/SOURCE/YYYY-MM-DD.ndjson; the day is one of the source's
// zone. It is complete, and the next fetch of the day replaces it. Its first line is a header, the others are envelopes:
//
//		{"list":"callerdesk","source":"main","day":"2026-10-05","fetched_at":"2026-10-06T02:30:00.000000+05:30","rows":512,"total":512,"crc":"71c2a0d3"}
//		{"id":"01…","received_at":"…","reported_at":"…","source":"main","kind":"call_report","encoding":"api","payload":{…},"crc":"…"}
//
//	  - fetched_at is when the fetch began; received_at and reported_at of all lines are the same time;
//	  - rows is the number of lines after the header, total what the vendor said;
//	  - payload is the row with the names of the fields of a call report; fields that a call report does not have keep their names.
//
// A list is not part of the spool: comparing it with the calls adds no call. Beside the lists of a source are
//
//	directory.ndjson   the history of the vendor's agents, groups and virtual numbers: see directoryLine
//	balance.ndjson     what was left on the account, a line per fetch: see balanceLine
//	reconciled.json    what serve did to reconcile the source: pipeline.Reconciled; no data depends on it
//	.DAY.partial       the pages of an unfinished fetch
//	.*                 other hidden files are temporary
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

// The encodings of a payload.
const (
	EncodingJSON  = "json"
	EncodingForm  = "form"
	EncodingQuery = "query"
	EncodingAPI   = "api" // a row of a vendor's list, not a delivery
)

// Envelope is a delivery. Exactly one of Payload and Body is set.
type Envelope struct {
	ID         string    // set by Append
	ReceivedAt time.Time // set by Append
	Source     string
	Kind       string
	Encoding   string
	Payload    []byte // a compact JSON object of valid UTF-8
	Body       []byte // the exact bytes of an unreadable delivery
}

// receivedFormat has microseconds even when they are zero, so that times of one zone sort as text.
const receivedFormat = "2006-01-02T15:04:05.000000Z07:00"

// stamp is the text of a time in receivedFormat. It is formatted once a second, since appends format it with the writer locked.
type stamp struct {
	text   []byte
	second int64
	zone   *time.Location
}

// set returns the text of a time, which is valid until the next call.
func (s *stamp) set(t time.Time) []byte {
	if t.Unix() != s.second || t.Location() != s.zone {
		s.text, s.second, s.zone = t.AppendFormat(s.text[:0], receivedFormat), t.Unix(), t.Location()
	}
	const firstDigit, lastDigit = len("2006-01-02T15:04:05."), len("2006-01-02T15:04:05.00000")
	micros := t.Nanosecond() / 1000
	for i := lastDigit; i >= firstDigit; i-- {
		s.text[i] = byte('0' + micros%10)
		micros /= 10
	}
	return s.text
}

// The parts of a line around its id and time.
const (
	idPrefix = `{"id":"` // the 26 bytes after it are the id
	afterID  = `","received_at":"`
	maxHead  = len(idPrefix) + 26 + len(afterID) + len(receivedFormat) + len(`"`)
)

// AppendLine appends the envelope's line, newline included.
func (e Envelope) AppendLine(dst []byte) []byte {
	return appendLine(dst, e.ID, e.ReceivedAt.AppendFormat(nil, receivedFormat), e.appendRest(nil))
}

func appendLine(dst []byte, id string, receivedAt, rest []byte) []byte {
	begin := len(dst)
	dst = append(dst, idPrefix...)
	dst = append(dst, id...)
	dst = append(dst, afterID...)
	dst = append(dst, receivedAt...)
	dst = append(dst, '"')
	dst = append(dst, rest...)
	return append(appendChecksum(dst, begin), '\n')
}

// appendRest appends the part of a line between its head and its checksum.
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
	quoted, _ := json.Marshal(text) // strings never fail
	return append(dst, quoted...)
}

// isPlain reports whether a text needs no escapes in a JSON string.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
