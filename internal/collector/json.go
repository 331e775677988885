package collector

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"

	"callsheet/internal/spool"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// looksLikeJSON reports whether a body is JSON and not a form.
func looksLikeJSON(body []byte) bool {
	text := skipSpace(bytes.TrimPrefix(body, byteOrderMark))
	return len(text) > 0 && (text[0] == '{' || text[0] == '[' || json.Valid(text))
}

// decodeJSON returns an envelope for an object, or for each element of an array. Numbers, key order and repeated keys stay as sent; only
// white space is removed, since a line must not contain a newline.
func decodeJSON(body []byte, maxDeliveries int) ([]spool.Envelope, error) {
	text := bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	if utf8.Valid(text) {
		envelopes, ok, err := elements(text, maxDeliveries)
		if ok || err != nil {
			return envelopes, err
		}
	}
	return []spool.Envelope{unreadable(spool.EncodingJSON, body)}, nil
}

// elements returns an envelope for each element of an array, or for another value. ok is false if the text is not JSON. It returns an
// error at the first element over the limit.
func elements(text []byte, maxDeliveries int) (envelopes []spool.Envelope, ok bool, err error) {
	if text[0] != '[' {
		one, ok := element(text)
		return []spool.Envelope{one}, ok && one.Payload != nil, nil
	}
	rest := skipSpace(text[1:])
	for next := byte(','); next == ','; {
		if len(envelopes) == 0 && string(rest) == "]" {
			return nil, true, nil
		}
		if len(envelopes) == maxDeliveries {
			return nil, false, tooManyDeliveries(maxDeliveries)
		}
		end := spool.ValueEnd(rest, 0)
		one, ok := element(rest[:end])
		if rest = skipSpace(rest[end:]); !ok || len(rest) == 0 {
			return nil, false, nil
		}
		envelopes = append(envelopes, one)
		next, rest = rest[0], skipSpace(rest[1:])
		if next == ']' {
			return envelopes, len(rest) == 0, nil
		}
	}
	return nil, false, nil
}

func skipSpace(text []byte) []byte { return bytes.TrimLeft(text, " \t\r\n") }

// element returns the envelope of a JSON value: an object is compacted, another value is unreadable. ok is false if the text is not JSON.
func element(text []byte) (envelope spool.Envelope, ok bool) {
	compact, ok := spool.CompactPayload(text)
	if !ok || compact[0] != '{' {
		return unreadable(spool.EncodingJSON, text), ok
	}
	return readable(spool.EncodingJSON, compact), true
}

func readable(encoding string, payload []byte) spool.Envelope {
	return spool.Envelope{Kind: spool.Kind(payload), Encoding: encoding, Payload: payload}
}

var gzipMagic = []byte{0x1f, 0x8b}

// inflate decompresses a gzip body, which its first bytes show, whatever the Content-Encoding says, or one in deflate; ok is false if it is
// cut or damaged.
func inflate(contentEncoding string, body []byte, limit int64) (plain []byte, ok bool, err error) {
	var r io.Reader
	switch {
	case bytes.HasPrefix(body, gzipMagic):
		r, err = gzip.NewReader(bytes.NewReader(body))
	case strings.EqualFold(strings.TrimSpace(contentEncoding), "deflate") && !looksLikeJSON(body):
		r, err = zlib.NewReader(bytes.NewReader(body))
	default:
		return body, true, nil
	}
	if err != nil {
		return nil, false, nil
	}
	plain, err = io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(plain)) > limit {
		return nil, false, tooLargeError{"the body inflates to more than %d bytes", limit}
	}
	return plain, err == nil, nil
}
