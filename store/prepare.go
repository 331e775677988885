package store

import (
	"bytes"
	"encoding/hex"
	"unicode/utf8"

	"callsheet/spool"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// line is a spool line on its way into DuckDB, as the columns of spool_lines().
type line struct {
	file     string
	number   int64
	offset   int64
	text     []byte // JSON for DuckDB, its numbers quoted
	raw      []byte // the line as it stands where text differs, nil where it is the same
	fault    string // why it is not a JSON object of UTF-8
	bareKind string // of a payload without envelope
}

// prepare fills text, raw, fault and bareKind from a line as it stands. The line's memory is kept.
func (l *line) prepare(raw []byte) {
	raw = bytes.TrimPrefix(raw, byteOrderMark) // an export may begin with one
	l.text = raw
	switch trimmed := bytes.TrimLeft(raw, " \t"); {
	case !utf8.Valid(raw):
		l.fault = "not UTF-8"
		l.text = escapeInvalid(raw)
	case len(trimmed) == 0 || trimmed[0] != '{':
		l.fault = "not a JSON object"
	default:
		text, enveloped := spool.QuoteNumbers(raw)
		if text != nil {
			l.text, l.raw = text, raw
		}
		if !enveloped {
			l.bareKind = spool.Kind(raw)
		}
	}
}

// escapeInvalid writes bytes that are no UTF-8 as \xNN, so that a reject can be shown and mended.
func escapeInvalid(text []byte) []byte {
	var out []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size <= 1 {
			out = append(out, '\\', 'x')
			out = hex.AppendEncode(out, text[:1])
			size = 1
		} else {
			out = append(out, text[:size]...)
		}
		text = text[size:]
	}
	return out
}
