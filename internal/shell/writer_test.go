package shell

import (
	"bytes"
	"strings"
	"testing"

	"callsheet/internal/display"
)

func TestTablesEscapeControlCharacters(t *testing.T) {
	hostile := "a\x1b[2J\x1b]0;title\x07b\u009b31m\n\t\r\x00\x7f\u202e\u2066\u200b\ufeff\u2028|`<b>\xffक्\u200dष"
	for format, want := range map[string]string{
		"table":    `a\x1b[2J\x1b]0;title\x07b\u009b31m\n\t\r\x00\x7f\u202e\u2066\u200b\ufeff\u2028|` + "`" + `<b>\xffक्` + "\u200d" + `ष`,
		"markdown": `a\x1b[2J\x1b]0;title\x07b\u009b31m\n\t\r\x00\x7f\u202e\u2066\u200b\ufeff\u2028\|` + "\\`" + `\<b>\xffक्` + "\u200d" + `ष`,
		"csv":      hostile,
	} {
		var out bytes.Buffer
		w, err := NewWriter(&out, &out, format)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{w.Header([]string{"n", "head\x1b"}), w.Row([]any{int64(1), hostile}), w.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: got %q, want in it %q", format, out.String(), want)
		}
		if lines := strings.ReplaceAll(out.String(), "\n", "\\n"); format != "csv" && display.Escape(lines) != lines {
			t.Errorf("%s: got %q", format, out.String())
		}
	}
}
