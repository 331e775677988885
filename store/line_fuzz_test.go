package store

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"callsheet/internal/spool"
)

// FuzzPayload requires that a random payload, in random spelling and wrappers, is read as encoding/json reads it: each field has the
// first value that is not blank, preferably of the vendor's own spelling, or it is marked. No other value appears.
func FuzzPayload(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		w := payloadWriter{random: rand.New(rand.NewPCG(seed, 17))}
		var text string
		for range 1 + w.random.IntN(3)*w.random.IntN(8) {
			text += "," + w.member(payloadFields[w.random.IntN(len(payloadFields))].key)
		}
		text = w.wrap(`{"CallSid":"x` + fmt.Sprint(seed) + `"` + text + `}`)
		if !json.Valid([]byte(text)) {
			t.Fatalf("%s is not JSON", text)
		}
		l := line{text: []byte(text)}
		l.parse(lineSources{byDefault: []byte("main")})
		if l.reason != "" || len(l.more) > 0 {
			t.Fatalf("%s: %q, %d more", text, l.reason, len(l.more))
		}
		w.sent = append([]sentField{{"CallSid", true, fmt.Sprintf(`"x%d"`, seed)}}, w.sent...)
		kept := map[string]any{}
		if l.kind == spool.KindLiveCall {
			json.Unmarshal(l.extra, &kept) // its fields without a column
		}
		for i, field := range payloadFields {
			if text, ok := kept[field.key].(string); ok && field.onlyReports {
				l.values[i] = []byte(text)
			}
			want, conflicting, unreadable := expectedValue(t, i, field.key, w.sent)
			conflicting, unreadable = conflicting && !field.anyForm, unreadable && !field.anyForm
			if got := string(l.values[i]); strings.TrimSpace(got) != want {
				t.Errorf("%s: %s is %q, want %q", text, field.key, got, want)
			}
			if got := l.conflicting&(1<<i) != 0; got != conflicting {
				t.Errorf("%s: %s is conflicting: %v, want %v", text, field.key, got, conflicting)
			}
			if got := l.unreadable&(1<<i) != 0; got != unreadable {
				t.Errorf("%s: %s is unreadable: %v, want %v", text, field.key, got, unreadable)
			}
		}
		if l.extra != nil && !json.Valid(l.extra) {
			t.Errorf("%s: extra is %s", text, l.extra)
		}
	})
}

// sentField is a field with the JSON text of its value.
type sentField struct {
	key   string
	exact bool // in the vendor's spelling
	value string
}

type payloadWriter struct {
	random *rand.Rand
	sent   []sentField
}

func (w *payloadWriter) pick(of ...string) string { return of[w.random.IntN(len(of))] }

// member returns a member in random spelling.
func (w *payloadWriter) member(key string) string {
	spelled := key
	if w.random.IntN(2) == 0 {
		separator := w.pick("", "_", " ", "-", "__")
		var changed strings.Builder
		for i, c := range key {
			if i > 0 && 'A' <= c && c <= 'Z' {
				changed.WriteString(separator)
			}
			changed.WriteRune(c)
		}
		spelled = changed.String()
		switch w.random.IntN(3) {
		case 0:
			spelled = strings.ToUpper(spelled)
		case 1:
			spelled = strings.ToLower(spelled)
		}
	}
	value := w.value(2)
	w.sent = append(w.sent, sentField{key, spelled == key, value})
	quoted := `"` + spelled + `"`
	if w.random.IntN(8) == 0 {
		quoted = `"\u00` + fmt.Sprintf("%02x", spelled[0]) + spelled[1:] + `"`
	}
	return quoted + w.pick(":", " : ") + value
}

func (w *payloadWriter) value(depth int) string {
	switch n := w.random.IntN(12); {
	case n == 0 && depth > 0:
		var elements []string
		for range w.random.IntN(4) {
			elements = append(elements, w.value(depth-1))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case n == 1:
		return w.pick(`{"a":1}`, `{}`, `{"b":{"c":[]}}`)
	case n == 2:
		return w.pick("null", `""`, `" "`)
	case n < 6:
		return w.pick("1", "1.50", "-0", "1e5", "true", "1672649960.9604120")
	}
	return w.pick(`"1"`, `"ANSWER"`, `" ANSWER "`, `"a\u001fb"`, `"\u00e9\"\\"`, `"0"`, `"-"`, `"N/A"`, `"0000-00-00 00:00:00"`)
}

// wrap wraps a payload up to three times. No member beside it has a call.
func (w *payloadWriter) wrap(payload string) string {
	for range w.random.IntN(4) {
		switch w.random.IntN(4) {
		case 0:
			payload = "[" + payload + "]"
		case 1:
			payload = fmt.Sprintf("%q", payload)
			if !json.Valid([]byte(payload)) { // %q has escapes that JSON has not
				quoted, _ := json.Marshal(payload)
				payload = string(quoted)
			}
		}
		payload = `{` + w.pick("", `"status":"success",`, `"n":{"x":[1]},`) + `"data":` + payload + w.pick("", `,"event":"call"`) + `}`
	}
	return payload
}

// expectedValue is the value of a field by the rules in docs/operations.md.
func expectedValue(t *testing.T, field int, key string, sent []sentField) (value string, conflicting, unreadable bool) {
	var values []string
	var add func(value any)
	add = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, element := range v {
				add(element)
			}
		case map[string]any:
			unreadable = unreadable || len(v) > 0
		case nil:
		default:
			if text := strings.TrimSpace(fmt.Sprint(v)); text != "" && !slices.Contains(values, text) {
				values = append(values, text)
			}
		}
	}
	for _, exact := range []bool{true, false} {
		for _, one := range sent {
			if one.key != key || one.exact != exact {
				continue
			}
			decoder := json.NewDecoder(strings.NewReader(one.value))
			decoder.UseNumber()
			var decoded any
			if err := decoder.Decode(&decoded); err != nil {
				t.Fatal(err)
			}
			add(decoded)
		}
	}
	if len(values) == 0 {
		return "", false, unreadable
	}
	value = values[0]
	if i := slices.IndexFunc(values, func(text string) bool { return !new(line).isNothing(field, []byte(text)) }); i >= 0 {
		value = values[i]
	}
	return value, len(values) > 1, unreadable
}
