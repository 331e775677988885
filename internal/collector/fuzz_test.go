package collector

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"callsheet/internal/spool"
)

// seed adds the samples and typical errors of webhook senders.
func seed(f *testing.F, add func(text []byte)) {
	samples, err := filepath.Glob("testdata/samples/*.*")
	if err != nil || len(samples) < 10 {
		f.Fatalf("samples: %v, %v", samples, err)
	}
	for _, path := range samples {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		add(bytes.TrimSpace(text))
	}
	for _, text := range []string{
		``, ` `, `{}`, `[]`, `[{"a":1},{"a":2}]`, `{"a":1}{"a":2}`, `{"a":1,}`, `{"a" : [ 1 , -0.5e+10 , true , null ] }`,
		"\xef\xbb\xbf{\"a\":1}", `{"a":"\ud800"}`, `{"a":"\u00e9\\\""}`, "{\"a\":\"\xff\"}", "{\"a\":\"\x00\"}", `{"a":01}`, `{"a":1.}`,
		`a=1&a=2&b=%e0%a4%86`, `a=%zz`, `a=1;b=2`, `&&a=1&`, `=`, strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001),
	} {
		add([]byte(text))
	}
}

// FuzzDecode requires that envelopes have compact objects as payloads, or the exact bytes of the body.
func FuzzDecode(f *testing.F) {
	seed(f, func(text []byte) {
		f.Add("application/json", "", "", text)
		f.Add("application/x-www-form-urlencoded", "gzip", "a=1", text)
		f.Add("multipart/form-data; boundary=x", "", "", append(append([]byte("--x\r\nContent-Disposition: form-data; name=a\r\n\r\n"), text...), "\r\n--x--\r\n"...))
	})
	f.Fuzz(func(t *testing.T, contentType, contentEncoding, query string, body []byte) {
		if contentEncoding == "gzip" && !bytes.HasPrefix(body, gzipMagic) {
			var out bytes.Buffer
			compressor := gzip.NewWriter(&out)
			compressor.Write(body)
			compressor.Close()
			body = out.Bytes()
		}
		envelopes, err := decode(contentType, contentEncoding, query, body, Options{MaxBody: 1 << 20, MaxDeliveries: 1000}.limits())
		if err != nil {
			return // over a limit
		}
		plain, _, _ := inflate(contentEncoding, body, 1<<20)
		for _, e := range envelopes {
			e.Source = "main"
			line := e.AppendLine(nil)
			if bytes.IndexByte(line, '\n') != len(line)-1 || !json.Valid(line) || !utf8.Valid(line) {
				t.Fatalf("no line of JSON: %q", line)
			}
			if (e.Payload == nil) == (e.Body == nil) {
				t.Fatalf("payload %q and body %q", e.Payload, e.Body)
			}
			if e.Payload != nil && (e.Payload[0] != '{' || e.Kind == spool.KindUnreadable) {
				t.Fatalf("%s with payload %q", e.Kind, e.Payload)
			}
			if e.Body != nil && (e.Kind != spool.KindUnreadable || !bytes.Contains(body, e.Body) && !bytes.Contains(plain, e.Body) && string(e.Body) != query) {
				t.Fatalf("%s with body %q of %q", e.Kind, e.Body, body)
			}
		}
	})
}

// FuzzArray compares the elements of an array with encoding/json.
func FuzzArray(f *testing.F) {
	seed(f, func(text []byte) { f.Add(slices.Concat([]byte("["), text, []byte(" , 1,\"a\"]"))) })
	f.Fuzz(func(t *testing.T, text []byte) {
		text = append([]byte("["), text...)
		got, ok, err := elements(text, math.MaxInt)
		var want []json.RawMessage
		wantErr := json.Unmarshal(text, &want)
		if wantErr != nil && strings.Contains(wantErr.Error(), "max depth") {
			return // there, the array counts as a level
		}
		if err != nil || ok != (wantErr == nil) || ok && len(got) != len(want) {
			t.Fatalf("%d elements of %q, %v, %v; encoding/json has %d, %v", len(got), text, ok, err, len(want), wantErr)
		}
		for i := range got {
			if text, _ := spool.Compact(want[i]); !bytes.Equal(got[i].Payload, text) && !bytes.Equal(got[i].Body, want[i]) {
				t.Fatalf("element %d of %q is %s, want %s", i, text, show(got[i]), want[i])
			}
		}
	})
}

// FuzzForm compares forms with net/url, and requires the exact bytes of everything else.
func FuzzForm(f *testing.F) {
	seed(f, func(text []byte) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text []byte) {
		envelopes, err := decodeForm(spool.EncodingForm, text, math.MaxInt)
		if err != nil {
			t.Fatal(err)
		}
		if len(envelopes) != 1 {
			t.Fatalf("%d envelopes of %q", len(envelopes), text)
		}
		if e := envelopes[0]; e.Payload == nil {
			if !bytes.Equal(e.Body, text) {
				t.Fatalf("%q became %q", text, e.Body)
			}
			return
		}
		got := formValues(t, envelopes[0].Payload)
		trimmed := strings.TrimSpace(string(text))
		want, err := url.ParseQuery(trimmed)
		if err != nil && !strings.Contains(trimmed, ";") { // net/url rejects semicolons
			t.Fatalf("%q was read, net/url says %v", text, err)
		}
		if err == nil && !equalValues(got, want) {
			t.Fatalf("%q became %v, net/url says %v", text, got, want)
		}
	})
}

// formValues decodes an object of strings and arrays of strings.
func formValues(t *testing.T, payload []byte) url.Values {
	t.Helper()
	values := url.Values{}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		t.Fatalf("%q: %v", payload, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		t.Fatalf("%q has something behind it", payload)
	}
	for key, value := range object {
		switch value := value.(type) {
		case string:
			values.Add(key, value)
		case []any:
			for _, one := range value {
				values.Add(key, one.(string))
			}
		default:
			t.Fatalf("%q has a %T", payload, value)
		}
	}
	return values
}

func equalValues(a, b url.Values) bool {
	if len(a) != len(b) {
		return false
	}
	for key := range a {
		if !slices.Equal(a[key], b[key]) {
			return false
		}
	}
	return true
}
