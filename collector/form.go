package collector

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"callsheet/spool"
)

// fields are the keys of a form in the order they first appear, each with its values.
type fields struct {
	keys   []string
	values map[string][]string
}

func (f *fields) add(key, value string) {
	if f.values == nil {
		f.values = map[string][]string{}
	}
	if _, seen := f.values[key]; !seen {
		f.keys = append(f.keys, key)
	}
	f.values[key] = append(f.values[key], value)
}

// decodeForm makes an envelope of name=value pairs. What has no pair, a bad escape or other than UTF-8 is kept as it is,
// and so is XML or text of several lines, which is no form though it has an equals sign: decoding would change it.
func decodeForm(encoding string, text []byte) []spool.Envelope {
	var form fields
	trimmed := strings.TrimSpace(string(text))
	if strings.HasPrefix(trimmed, "<") || strings.ContainsFunc(trimmed, unicode.IsControl) {
		return []spool.Envelope{unreadable(encoding, text)}
	}
	for pair := range strings.SplitSeq(trimmed, "&") {
		if pair == "" {
			continue
		}
		key, value, hasValue := strings.Cut(pair, "=")
		if !hasValue && encoding == spool.EncodingForm {
			return []spool.Envelope{unreadable(encoding, text)}
		}
		key, keyErr := url.QueryUnescape(key)
		value, valueErr := url.QueryUnescape(value)
		if keyErr != nil || valueErr != nil || !isText(key) || !isText(value) {
			return []spool.Envelope{unreadable(encoding, text)}
		}
		form.add(key, value)
	}
	if len(form.keys) == 0 {
		return []spool.Envelope{unreadable(encoding, text)}
	}
	return []spool.Envelope{readable(encoding, form.object())}
}

// isText is false for what a line cannot give back: bytes that are no UTF-8, and NUL, which databases end a text at.
func isText(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }

// object is the form as a JSON object of strings, a repeated key as an array of them.
func (f *fields) object() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	write := func(value any) {
		encoder.Encode(value)       // strings always can
		out.Truncate(out.Len() - 1) // the encoder ends with a newline
	}
	out.WriteByte('{')
	for i, key := range f.keys {
		if i > 0 {
			out.WriteByte(',')
		}
		write(key)
		out.WriteByte(':')
		if values := f.values[key]; len(values) == 1 {
			write(values[0])
		} else {
			write(values)
		}
	}
	out.WriteByte('}')
	return out.Bytes()
}

// decodeMultipart reads multipart/form-data; ok is false for anything else.
func decodeMultipart(contentType string, body []byte) (envelopes []spool.Envelope, ok bool) {
	if !strings.HasPrefix(strings.ToLower(contentType), "multipart/") {
		return nil, false
	}
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || looksLikeJSON(body) {
		return nil, false
	}
	var form fields
	parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return []spool.Envelope{unreadable(spool.EncodingForm, body)}, true
		}
		value, err := io.ReadAll(part)
		if err != nil || !isText(string(value)) || !isText(part.FormName()) {
			return []spool.Envelope{unreadable(spool.EncodingForm, body)}, true
		}
		form.add(part.FormName(), string(value))
	}
	if len(form.keys) == 0 {
		return []spool.Envelope{unreadable(spool.EncodingForm, body)}, true
	}
	return []spool.Envelope{readable(spool.EncodingForm, form.object())}, true
}
