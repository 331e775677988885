package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestControlCharactersAreShownInTables(t *testing.T) {
	hostile := "a\x1b[2J\x1b]0;title\x07b\u009b31m\n\t\r\x00\x7f\u202e\u2066\u200b\ufeff\u2028|`<b>\xffक्\u200dष"
	for format, want := range map[string]string{
		"table":    `a\x1b[2J\x1b]0;title\x07b\u009b31m\n\t\r\x00\x7f\u202e\u2066\u200b\ufeff\u2028|` + "`" + `<b>\xffक्` + "\u200d" + `ष`,
		"markdown": `a\x1b[2J\x1b]0;title\x07b\u009b31m\n\t\r\x00\x7f\u202e\u2066\u200b\ufeff\u2028\|` + "\\`" + `\<b>\xffक्` + "\u200d" + `ष`,
		"csv":      hostile,
	} {
		var out bytes.Buffer
		o, err := newOutput(&out, &out, format)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{o.header([]string{"n", "head\x1b"}), o.row([]any{int64(1), hostile}), o.close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: got %q, want in it %q", format, out.String(), want)
		}
		if format != "csv" && strings.ContainsFunc(strings.ReplaceAll(out.String(), "\n", ""), isHidden) {
			t.Errorf("%s: got %q", format, out.String())
		}
	}
}

func TestMessagesKeepTheirLines(t *testing.T) {
	var out bytes.Buffer
	if _, err := (escapingWriter{&out}).Write([]byte("file \x1b[31mx\x9b: wrong\nhint:\tsee आशीष\n")); err != nil {
		t.Fatal(err)
	}
	if want := `file \x1b[31mx\x9b: wrong` + "\nhint:\tsee आशीष\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
