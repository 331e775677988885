package spool

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"callsheet/internal/atomicfile/crashfs"
)

// FuzzLine requires that every envelope can be read from its line.
func FuzzLine(f *testing.F) {
	f.Add("main", `{"CallSid":"1"}`, []byte(nil), int64(1_759_639_552_123_456))
	f.Add(`a "b" \ <é>`, "", []byte("\x00\xff\n"), int64(0))
	f.Fuzz(func(t *testing.T, source, payload string, body []byte, micros int64) {
		if !utf8.ValidString(source) {
			return // not possible in a configuration
		}
		at := time.UnixMicro(micros % (250_000_000_000 * 1_000_000)).In(india)
		if at.Year() < 0 || at.Year() > 9999 {
			return
		}
		e := Envelope{ID: "01M0R4WQ6DHWPD9RX0K3SY1Y3A", ReceivedAt: at, Source: source, Kind: KindOther, Encoding: EncodingJSON, Body: body}
		if json.Valid([]byte(payload)) && !strings.Contains(payload, "\n") {
			e.Payload, e.Body = []byte(payload), nil
		}
		line := e.AppendLine(nil)
		var got struct {
			ID, Source, Kind, Encoding string
			ReceivedAt                 time.Time `json:"received_at"`
			Payload                    json.RawMessage
			Body                       []byte `json:"body_base64"`
		}
		if err := json.Unmarshal(line, &got); err != nil || bytes.IndexByte(line, '\n') != len(line)-1 {
			t.Fatalf("%q: %v", line, err)
		}
		if has, err := checkLine(bytes.TrimSuffix(line, []byte("\n"))); !has || err != nil {
			t.Errorf("%q: has a checksum %v, %v", line, has, err)
		}
		if got.ID != e.ID || got.Source != source || got.Kind != e.Kind || got.Encoding != e.Encoding || !got.ReceivedAt.Equal(at) {
			t.Errorf("%+v came back as %+v", e, got)
		}
		if e.Payload != nil && strings.TrimSpace(payload) != string(got.Payload) || !bytes.Equal(e.Body, got.Body) {
			t.Errorf("%q, %q came back as %q, %q", e.Payload, e.Body, got.Payload, got.Body)
		}
	})
}

// FuzzRecovery appends any bytes to an intact line. Recovery must keep every byte up to the last newline, keep the others in a line or in
// quarantine, and write the next delivery on a separate line.
func FuzzRecovery(f *testing.F) {
	for _, tail := range []string{
		"", "{", "{\"id\":\"01", "\x00\x00\x00", "\n", "\n\n{}\n", "}\n", "{}\n\x00\x00{}\n", "[1]\n", "{\"a\":1}", "{\"a\":1}\n{\"b\"",
		strings.TrimSuffix(string(delivery(`{"n":3}`).AppendLine(nil)), "\n"), strings.Repeat("x", 70_000), strings.Repeat("\x00", 70_000) + "\n{}\n",
	} {
		f.Add([]byte(tail))
	}
	f.Fuzz(func(t *testing.T, tail []byte) {
		const path = "/spool/2026-10-05.ndjson"
		first := string(delivery(`{"n":1}`).AppendLine(nil))
		disk := crashfs.New(1)
		content := append([]byte(first), tail...)
		disk.Put(path, string(content))

		o, _ := testOptions("/spool")
		o.Files, o.lock, o.reserve = disk, noLock, crashfs.BlockSize
		w, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		repaired := disk.Node(path).Written()
		if !strings.HasPrefix(repaired, first) || !strings.HasSuffix(repaired, "\n") {
			t.Fatalf("%q became %q", content, repaired)
		}
		whole := content[:bytes.LastIndexByte(content, '\n')+1]
		rest, ok := strings.CutPrefix(repaired, string(whole))
		if !ok {
			t.Fatalf("%q became %q", content, repaired)
		}
		if rest == "" {
			if torn := disk.Node(path + ".torn-1"); torn != nil {
				rest = torn.Synced()
			}
		}
		if strings.TrimSuffix(rest, "\n") != string(content[len(whole):]) {
			t.Errorf("%q: after the last newline, %q is kept", content, rest)
		}
		if err := w.Append(t.Context(), []Envelope{delivery(`{"n":2}`)}, ignoreTimeout); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		added, ok := strings.CutPrefix(disk.Node(path).Synced(), repaired)
		if !ok || !strings.Contains(added, `"payload":{"n":2},"crc":"`) || !json.Valid([]byte(added)) {
			t.Errorf("after %q comes %q", repaired, added)
		}
	})
}

// FuzzCompact compares with encoding/json.
func FuzzCompact(f *testing.F) {
	for _, text := range []string{
		``, ` `, `{}`, ` [ ] `, `{"a" : [ 1 , -0.5e+10 , true , null ] }`, `{"a":1}{"a":2}`, `{"a":1,}`, `{"a":"\ud800\u00e9\\\""}`, "{\"a\":\"\x00\xff\"}",
		`{"a":01}`, `{"a":1.}`, `-`, `1e`, `tru`, `"\x"`, `"\u12"`, strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		got, ok := compact(text, 10_000) // the limit of encoding/json
		var want bytes.Buffer
		err := json.Compact(&want, text)
		if ok != (err == nil) || ok && !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%q became %q, %v; encoding/json says %q, %v", text, got, ok, want.Bytes(), err)
		}
		if !bytes.Equal(text, before) {
			t.Errorf("%q was changed", before)
		}
	})
}

// FuzzScan compares Members, Text and QuoteNumbers with encoding/json.
func FuzzScan(f *testing.F) {
	for _, text := range []string{
		`{"type":"call_report"}`, `{"a":-1.50,"b":[1e5,{"c":0}],"d":"1"}`, `{"type" : null , "LegA":1 }`, `{"k\u0065y":{"}":"{"},"x":[[]]}`, `{}`, `[1]`, `{"a":"\\"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return
		}
		if want, got := numbersAsText(t, text), numbersAsText(t, QuoteNumbers(text)); want != got {
			t.Errorf("%q became %q", text, QuoteNumbers(text))
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(text, &object) != nil || object == nil {
			return
		}
		last := map[string]string{} // encoding/json uses the last value of a duplicate key
		for key, value := range Members(text) {
			last[strings.ToValidUTF8(string(key), "\ufffd")] = string(value)
			var s string
			if json.Unmarshal(value, &s) == nil && strings.ToValidUTF8(Text(value), "\ufffd") != s {
				t.Errorf("%q says %q", value, Text(value))
			}
		}
		if len(last) != len(object) {
			t.Errorf("%q has the members %v", text, last)
		}
		for key, value := range object {
			if last[key] != string(value) && utf8.Valid(text) {
				t.Errorf("of %q the member %q is %q", text, key, last[key])
			}
		}
		switch kind := Kind(text); kind {
		case KindCallReport, KindLiveCall, KindOther:
		default:
			t.Errorf("%q is a %q", text, kind)
		}
	})
}

// numbersAsText returns the tokens of a JSON text, with numbers as strings.
func numbersAsText(t *testing.T, text []byte) string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tokens []any
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		if number, ok := token.(json.Number); ok {
			token = number.String()
		}
		tokens = append(tokens, token)
	}
	all, err := json.Marshal(tokens)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// FuzzSplit requires that the parts of a payload are payloads of one delivery each, and have the same calls as the whole.
func FuzzSplit(f *testing.F) {
	for _, text := range []string{
		`{"data":[{"CallSid":"1"},{"call_sid":2.50},{"n":1}],"n":1}`, `{"a":{"b":"[{\"CallSid\":\"1\"},{\"CallSid\":\"2\"}]"}}`,
		`{"a":[{"b":[{"CallSid":"1"},[{"CallSid":"2"}]]},5],"c":"{\"CallSid\":null}"}`, `{"a":{"CallSid":"1"},"b":{"CallSid":"2"}}`,
		`{"CallSid":"1","a":{"CallSid":["1"],"EndTime":""}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		payload, ok := CompactPayload(text)
		if !ok || payload[0] != '{' || !utf8.Valid(payload) {
			return
		}
		whole := Unwrap(payload)
		parts, ok := Split(payload, maxElements)
		if !ok || (len(whole) > 1) != (parts != nil) {
			t.Fatalf("%s has %d elements and %d parts", payload, len(whole), len(parts))
		}
		if Kind(payload) == KindOther && len(whole) == 1 && traitsOf(whole[0].Call).kind() != KindOther {
			t.Errorf("%s has a call, but is another event", payload)
		}
		for i, part := range parts {
			if compact, ok := CompactPayload(part); !ok || !bytes.Equal(compact, part) {
				t.Fatalf("%s: the part %s is not compact JSON", payload, part)
			}
			switch inside := Unwrap(part); {
			case whole[i].Call == nil && inside != nil:
				t.Errorf("%s: the part %s has a call", payload, part)
			case whole[i].Call != nil && (len(inside) != 1 || !bytes.Equal(inside[0].Call, whole[i].Call)):
				t.Errorf("%s: the part %s has not the call %s", payload, part, whole[i].Call)
			case Kind(part) != whole[i].Kind() && whole[i].Call != nil:
				t.Errorf("%s: the part %s is a %s", payload, part, Kind(part))
			}
		}
	})
}
