package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"callsheet/internal/lazyregexp"
)

// newEncoding draws the encoding of a payload.
func newEncoding(r rng) string {
	return []string{"json", "form", "query"}[r.weighted([]float64{0.60, 0.25, 0.15})]
}

// encode returns a request with a payload.
func encode(r rng, at time.Time, encoding string, s style, fields []field) Delivery {
	out := Delivery{At: at, Encoding: encoding, Method: http.MethodPost}
	for _, f := range fields {
		if f.key == "CallSid" {
			out.CallSid = f.value
		}
	}
	switch encoding {
	case "query":
		out.Method = http.MethodGet
		out.Query = strings.ReplaceAll(formText(fields), "+", "%20")
	case "form":
		out.ContentType = "application/x-www-form-urlencoded"
		if r.chance(0.02) {
			out.ContentType = ""
		}
		out.Body = []byte(formText(fields))
	default:
		out.ContentType = jsonType(r)
		out.Body = jsonText(fields, s)
	}
	return out
}

// jsonType draws a content type, usually the correct one. A script that sets no
// header sends the default of its language.
func jsonType(r rng) string {
	const correct = "application/json"
	return pick(r, []string{correct, correct, correct, correct, correct, correct, correct, correct, correct, correct, correct, correct,
		correct + "; charset=utf-8", correct + "; charset=utf-8", correct + "; charset=utf-8", correct + "; charset=utf-8",
		"text/plain", "text/html; charset=UTF-8", "application/x-www-form-urlencoded", ""})
}

// formText encodes a form in the order of the fields, unlike url.Values.
func formText(fields []field) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(f.key))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(f.value))
	}
	return b.String()
}

// plainNumber matches numbers that JSON represents exactly, so no phone numbers
// with a leading zero or a plus.
var plainNumber = lazyregexp.New(`^(0|[1-9][0-9]*)(\.[0-9]+)?$`)

func jsonText(fields []field, s style) []byte {
	colon, comma := ":", ","
	if s.spaced {
		colon, comma = ": ", ", "
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			b.WriteString(comma)
		}
		b.WriteString(quote(f.key, s))
		b.WriteString(colon)
		switch {
		case f.value == "" && s.nulls:
			b.WriteString("null")
		case f.number && s.numbers && plainNumber().MatchString(f.value):
			b.WriteString(f.value)
		default:
			b.WriteString(quote(f.value, s))
		}
	}
	b.WriteByte('}')
	return b.Bytes()
}

// quote returns a JSON string, escaped as usual or as PHP's json_encode does.
func quote(text string, s style) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic(err) // a string always encodes
	}
	quoted := strings.TrimSuffix(b.String(), "\n")
	if !s.php {
		return quoted
	}
	b.Reset()
	for _, r := range quoted {
		switch {
		case r == '/':
			b.WriteString(`\/`)
		case r > 0xFFFF:
			b.WriteRune(r) // would need a surrogate pair; no name has one
		case r > 0x7E:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
