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

// fields are the keys of a form in order of first appearance, with their values.
type fields struct {
	max, count int
	keys       []string
	values     map[string][]string
}

// add returns an error if the form has too many fields.
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

// decodeForm returns the envelope of name=value pairs. A text without pairs, with an invalid escape or with invalid UTF-8 is kept as it
// is. So is XML or text of several lines: it is not a form even if it has an equals sign, and decoding would change it.
func decodeForm(encoding string, text []byte, maxFields int) ([]spool.Envelope, error) {
	asIs := []spool.Envelope{unreadable(encoding, text)}
	form := fields{max: maxFields}
	trimmed := strings.TrimSpace(string(text))
	if strings.HasPrefix(trimmed, "<") || strings.ContainsFunc(trimmed, unicode.IsControl) {
		return asIs, nil
	}
	for pair := range strings.SplitSeq(trimmed, "&") {
		if pair == "" {
			continue
		}
		key, value, hasValue := strings.Cut(pair, "=")
		if !hasValue && encoding == spool.EncodingForm {
			return asIs, nil
		}
		key, keyErr := url.QueryUnescape(key)
		value, valueErr := url.QueryUnescape(value)
		if keyErr != nil || valueErr != nil || !isText(key) || !isText(value) {
			return asIs, nil
		}
		if err := form.add(key, value); err != nil {
			return nil, err
		}
	}
	if len(form.keys) == 0 {
		return asIs, nil
	}
	return []spool.Envelope{readable(encoding, form.object())}, nil
}

// isText reports whether a line can store a text exactly. It cannot store invalid UTF-8, nor NUL, which ends a text in databases.
func isText(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }

// object returns the form as a JSON object of strings; a repeated key has an array of strings.
func (f *fields) object() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	write := func(value any) {
		encoder.Encode(value)       // strings never fail
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

// multipartBoundary returns the boundary of a multipart form, empty if the Content-Type is another.
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

// decodeMultipart returns the envelope of a multipart form. An invalid form is kept as it is.
func decodeMultipart(boundary string, body []byte, maxFields int) ([]spool.Envelope, error) {
	asIs := []spool.Envelope{unreadable(spool.EncodingForm, body)}
	form := fields{max: maxFields}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return asIs, nil
		}
		value, err := io.ReadAll(part)
		if err != nil || !isText(string(value)) || !isText(part.FormName()) {
			return asIs, nil
		}
		if err := form.add(part.FormName(), string(value)); err != nil {
			return nil, err
		}
	}
	if len(form.keys) == 0 {
		return asIs, nil
	}
	return []spool.Envelope{readable(spool.EncodingForm, form.object())}, nil
}
