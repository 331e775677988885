package sqltoken

import (
	"slices"
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	for sql, want := range map[string]string{
		"select 'a--b' -- c":     "word:select|space: |quoted:'a--b'|space: |comment:-- c",
		"1--c\r2":                "number:1|comment:--c|space:\r|number:2",
		"/* a /* b */ c */x":     "comment:/* a /* b */ c */|word:x",
		"/* a /* b */":           "unterminated:/* a /* b */",
		"'it''s'":                "quoted:'it'|quoted:'s'",
		`"a;b"`:                  `quoted:"a;b"`,
		`e'a\'b'`:                `escape:e'a\'b'`,
		`1e'a\''`:                `number:1|escape:e'a\''`,
		`like'a\'`:               `word:like|quoted:'a\'`,
		"$$a;'$$;":               "quoted:$$a;'$$|symbol:;",
		"$é$ ' $é$":              "quoted:$é$ ' $é$",
		"$from::date+$to_2":      "parameter:$from|symbol::|symbol::|word:date|symbol:+|parameter:$to_2",
		"$1 a$b$c":               "symbol:$|number:1|space: |word:a$b$c",
		"query\u00a0(é\u2009x€)": "word:query|space:\u00a0|symbol:(|word:é|space:\u2009|word:x€|symbol:)",
		"'open":                  "unterminated:'open",
	} {
		names := []string{"symbol", "space", "comment", "word", "number", "parameter", "quoted", "escape", "unterminated"}
		var got []string
		for token := range All(sql) {
			got = append(got, names[token.Kind]+":"+token.Text)
		}
		if joined := strings.Join(got, "|"); joined != want {
			t.Errorf("%s: %s, want %s", sql, joined, want)
		}
	}
}

func FuzzTokensJoinToTheText(f *testing.F) {
	f.Add("select 'a--b', $x /* c */ \"d\" e'\\'' $$ $$")
	f.Fuzz(func(t *testing.T, sql string) {
		var texts []string
		for token := range All(sql) {
			texts = append(texts, token.Text)
		}
		if strings.Join(texts, "") != sql || slices.Contains(texts, "") {
			t.Errorf("%q: %q", sql, texts)
		}
	})
}
