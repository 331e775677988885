package collector

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"unicode/utf8"

	"callsheet/spool"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// looksLikeJSON tells an object, an array or another JSON value from a form.
func looksLikeJSON(body []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(body, byteOrderMark), " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[' || json.Valid(text))
}

// decodeJSON makes an envelope of an object, and one of each element of an array. Numbers, key order and repeated
// keys stay as sent; only the space between is taken out, since a line must not hold a newline.
func decodeJSON(body []byte) []spool.Envelope {
	text := bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	if !utf8.Valid(text) {
		return []spool.Envelope{unreadable(spool.EncodingJSON, body)}
	}
	if text[0] != '[' {
		return []spool.Envelope{element(text, body)}
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(text, &elements); err != nil {
		return []spool.Envelope{unreadable(spool.EncodingJSON, body)}
	}
	envelopes := make([]spool.Envelope, len(elements))
	for i, one := range elements {
		envelopes[i] = element(one, one)
	}
	return envelopes
}

// element is an object, compacted; what is none is kept as it came.
func element(text, body []byte) spool.Envelope {
	object, ok := spool.Compact(text)
	if !ok || object[0] != '{' {
		return unreadable(spool.EncodingJSON, body)
	}
	return readable(spool.EncodingJSON, object)
}

func readable(encoding string, payload []byte) spool.Envelope {
	return spool.Envelope{Kind: spool.Kind(payload), Encoding: encoding, Payload: payload}
}

// inflate undoes a gzip content encoding, up to a limit; ok is false for what is no gzip or more than the limit.
func inflate(contentEncoding string, body []byte, limit int64) (plain []byte, ok bool) {
	if contentEncoding != "gzip" {
		return body, true
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, false
	}
	plain, err = io.ReadAll(io.LimitReader(r, limit+1))
	return plain, err == nil && int64(len(plain)) <= limit
}
