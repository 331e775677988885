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

	"callsheet/internal/spool"
)

// fields are the keys of a form in the order they first appear, each with its values.
type fields struct {
	max, count int
	keys       []string
	values     map[string][]string
}

// add fails if the field is one too many.
func (f *fields) add(key, value string) error {
	if f.count == f.max {
		return tooLargeError{"more than %d fields in one form", int64(f.max)}
	}
	f.count++
	if f.values == nil {
		f.values = map[string][]string{}
	}
	if _, seen := f.values[key]; !seen {
		f.keys = append(f.keys, key)
	}
	f.values[key] = append(f.values[key], value)
	return nil
}

// decodeForm makes an envelope of name=value pairs. What has no pair, a bad escape or other than UTF-8 is kept as it is,
// and so is XML or text of several lines, which is no form though it has an equals sign: decoding would change it.
func decodeForm(encoding string, text []byte, maxFields int) ([]spool.Envelope, error) {
	asItIs := []spool.Envelope{unreadable(encoding, text)}
	form := fields{max: maxFields}
	trimmed := strings.TrimSpace(string(text))
	if strings.HasPrefix(trimmed, "<") || strings.ContainsFunc(trimmed, unicode.IsControl) {
		return asItIs, nil
	}
	for pair := range strings.SplitSeq(trimmed, "&") {
		if pair == "" {
			continue
		}
		key, value, hasValue := strings.Cut(pair, "=")
		if !hasValue && encoding == spool.EncodingForm {
			return asItIs, nil
		}
		key, keyErr := url.QueryUnescape(key)
		value, valueErr := url.QueryUnescape(value)
		if keyErr != nil || valueErr != nil || !isText(key) || !isText(value) {
			return asItIs, nil
		}
		if err := form.add(key, value); err != nil {
			return nil, err
		}
	}
	if len(form.keys) == 0 {
		return asItIs, nil
	}
	return []spool.Envelope{readable(encoding, form.object())}, nil
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

// multipartBoundary is what separates the parts of a form with this Content-Type; empty for anything else.
func multipartBoundary(contentType string) string {
	if !strings.HasPrefix(strings.ToLower(contentType), "multipart/") {
		return ""
	}
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		return ""
	}
	return parameters["boundary"]
}

// decodeMultipart makes an envelope of a multipart form. What is none is kept as it is.
func decodeMultipart(boundary string, body []byte, maxFields int) ([]spool.Envelope, error) {
	asItIs := []spool.Envelope{unreadable(spool.EncodingForm, body)}
	form := fields{max: maxFields}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return asItIs, nil
		}
		value, err := io.ReadAll(part)
		if err != nil || !isText(string(value)) || !isText(part.FormName()) {
			return asItIs, nil
		}
		if err := form.add(part.FormName(), string(value)); err != nil {
			return nil, err
		}
	}
	if len(form.keys) == 0 {
		return asItIs, nil
	}
	return []spool.Envelope{readable(spool.EncodingForm, form.object())}, nil
}
