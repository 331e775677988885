package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// envelope returns a spool line in the collector's format, received at a second of 2026-10-05 10:00 UTC.
func envelope(id string, second int, kind, payload string) string {
	return fmt.Sprintf(`{"id":"%s","received_at":"2026-10-05T10:00:%02dZ","source":"main","kind":"%s","encoding":"json","payload":%s}`+"\n",
		id, second, kind, payload)
}

// TestHostileValuesAreLoadedAsSent puts values that are difficult for JSON, UTF-8 or packed lines into a documented, an undocumented
// and a nested field, a key, and an event of kind other.
func TestHostileValuesAreLoadedAsSent(t *testing.T) {
	values := []struct{ name, sent, want string }{ // as JSON, and what is loaded
		{"high surrogate", `"cut \ud83d"`, "cut \ufffd"},
		{"low surrogate", `"\uDE00 cut"`, "\ufffd cut"},
		{"surrogates in the wrong order", `"\uDE00\ud83d"`, "\ufffd\ufffd"},
		{"two high surrogates and a low one", `"\ud83d\ud83d\ude00"`, "\ufffd😀"},
		{"pair", `"\ud83d\ude00\uD83D\uDE00"`, "😀😀"},
		{"escaped backslash before a u", `"\\ud83d"`, `\ud83d`},
		{"field end", `"a\u001fb"`, "a\x1fb"},
		{"absent", `"a\u001e"`, "a\x1e"},
		{"escape", `"\u001d_\u001d\u001d^\u001f"`, "\x1d_\x1d\x1d^\x1f"},
		{"the text that stood for a field end", `"\\x1f"`, `\x1f`},
		{"NUL", `"a\u0000b"`, "a\x00b"},
		{"C1 control", "\"a\u0085b\u2028\"", "a\u0085b\u2028"},
		{"carriage return", `"a\rb\n"`, "a\rb\n"},
		{"four bytes", "\"😀\U0010ffff\"", "😀\U0010ffff"},
		{"noncharacter", "\"\uffff\"", "\uffff"},
		{"number out of range", `1e999999`, "1e999999"},
		{"negative zero", `-0`, "-0"},
		{"huge integer", strings.Repeat("9", 5000), strings.Repeat("9", 5000)},
		{"true", `true`, "true"},
		{"quotes", `"'\"\\"`, `'"\`},
	}
	var spoolText strings.Builder
	for i, v := range values {
		key := v.sent
		if key[0] != '"' {
			key = `"` + key + `"`
		}
		fmt.Fprintf(&spoolText, `{"CallSid":"c%d","EndTime":"2026-10-05 10:00:00","receiver_name":%s,"odd":%s,"deep":{"a":[%s,{%s:1}]},%s:"key"}`+"\n",
			i, v.sent, v.sent, v.sent, key, key)
		fmt.Fprintf(&spoolText, `{"type":"other","n":"%d","odd":%s,"deep":[{%s:%s}]}`+"\n", i, v.sent, key, v.sent)
	}
	reader := loaded(t, testSettings(), map[string]string{"a.ndjson": spoolText.String()})
	if n := query(t, reader, "select (select count(*) from calls), (select count(*) from other_events), (select count(*) from rejects)")[1]; n[0] != fmt.Sprint(len(values)) || n[1] != n[0] || n[2] != "0" {
		t.Fatalf("calls, events and rejects: %v", n)
	}
	got := map[string][]string{}
	for _, row := range query(t, reader, "select call_sid, receiver_name, extra from call_versions")[1:] {
		got[row[0]] = row
	}
	for i, v := range values {
		row := got[fmt.Sprintf("c%d", i)]
		if row[1] != v.want {
			t.Errorf("%s: receiver_name is %q, want %q", v.name, row[1], v.want)
		}
		var extra map[string]any
		if err := json.Unmarshal([]byte(row[2]), &extra); err != nil {
			t.Errorf("%s: extra %s: %v", v.name, row[2], err)
			continue
		}
		want := v.want
		if v.sent == "true" {
			want = "true"
			extra["odd"] = fmt.Sprint(extra["odd"])
		}
		if extra["odd"] != want || extra[want] != "key" {
			t.Errorf("%s: extra is %q", v.name, extra)
		}
	}
}

// TestSeparatorsInValuesAreEscaped: reports that differ only in the position of a separator within values are two versions.
func TestSeparatorsInValuesAreEscaped(t *testing.T) {
	pairs := [][2]string{
		{`"Status":"a\u001fb","StartTime":"c"`, `"Status":"a","StartTime":"b\u001fc"`},
		{`"Status":"\u001e"`, `"Status":null`},
		{`"x":"1\u001fy\u001f2"`, `"x":"1","y":"2"`},
		{`"x":"\u001d_"`, `"x":"\u001f"`},
	}
	var text strings.Builder
	for i, pair := range pairs {
		for j, fields := range pair {
			text.WriteString(envelope(fmt.Sprint(i, j), j, "call_report", fmt.Sprintf(`{"CallSid":"%d",%s}`, i, fields)))
		}
	}
	reader := loaded(t, testSettings(), map[string]string{"a.ndjson": text.String()})
	for _, row := range query(t, reader, "select call_sid, versions from calls order by all")[1:] {
		if row[1] != "2" {
			t.Errorf("%s: %s versions", pairs[int(row[0][0]-'0')], row[1])
		}
	}
}

// TestManyKeysAndDeepNestingLoad: large or deep lines are loaded or rejected, and the lines around them are loaded.
func TestManyKeysAndDeepNestingLoad(t *testing.T) {
	var keys strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&keys, `,"key %d":%d`, i, i)
	}
	nested := func(depth int) string {
		return `{"CallSid":"nested` + fmt.Sprint(depth) + `","EndTime":"2026-10-05 10:00:00","x":` + strings.Repeat(`{"a":[`, depth/2) + "1" + strings.Repeat("]}", depth/2) + "}\n"
	}
	got := load(t, spoolOf(t, map[string]string{"a.ndjson": report("first") +
		`{"CallSid":"keys","EndTime":"2026-10-05 10:00:00"` + keys.String() + "}\n" +
		`{"CallSid":"twice","EndTime":"2026-10-05 10:00:00","CallSid":"other","":"empty key","":"again"}` + "\n" +
		nested(400) + nested(900) + nested(200_000) + report("last")}), testSettings())
	if got.Calls != 5 || got.Rejects != 2 {
		t.Errorf("got %+v", got)
	}
}

// spoolOf creates a folder with a spool of the given files.
func spoolOf(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	writeSpool(t, dir, files)
	return dir
}
