package yamlstrict

import (
	"strings"
	"testing"
)

type file struct {
	Title string   `yaml:"title"`
	Parts []part   `yaml:"parts"`
	Next  *file    `yaml:"next"`
	Words []string `yaml:"words"`
}

type part struct {
	Listen string `yaml:"listen"`
}

func TestDecodeKeepsDefaults(t *testing.T) {
	f := file{Title: "default"}
	if err := Decode([]byte("parts: [{listen: here}]\n"), &f); err != nil || f.Title != "default" || f.Parts[0].Listen != "here" {
		t.Errorf("%+v, %v", f, err)
	}
	for _, text := range []string{"", "\n", "# nothing\n", "---\n", "---\n# nothing\n...\n", "\ufeff", "\ufeff# nothing\n"} {
		if err := Decode([]byte(text), &f); err != nil || f.Title != "default" {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
	}
}

// TestAByteOrderMarkIsNoText: editors on Windows write one.
func TestAByteOrderMarkIsNoText(t *testing.T) {
	for _, text := range []string{"title: a\n", "# c\ntitle: a\n", "---\ntitle: a\n", "{title: a}"} {
		if f := (file{}); Decode([]byte("\ufeff"+text), &f) != nil || f.Title != "a" {
			t.Errorf("%q: %+v", text, f)
		}
	}
	if err := Decode([]byte("\ufefftitel: a\n"), &file{}); err == nil || !strings.HasPrefix(err.Error(), `line 1: unknown key "titel"`) {
		t.Error(err)
	}
}

// TestASecondDocumentIsAnError: only one would be read.
func TestASecondDocumentIsAnError(t *testing.T) {
	for text, line := range map[string]string{
		"title: a\n---\nwords: [b]\n":             "line 2: ",
		"title: a\n...\nwords: [b]\n":             "line 3: ",
		"# c\n---\ntitle: a\n\n--- {words: []}\n": "line 5: ",
		"title: a\r\n---\r\n\r\nzzz: b\r\n":       "line 2: ",
		"title: a\n---\n---\n- b\n":               "line 3: ",
	} {
		err := Decode([]byte(text), &file{})
		if err == nil || !strings.HasPrefix(err.Error(), line+"a second document begins here") || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{
		"---\ntitle: a\n", "title: a\n...\n", "title: a\n---\n", "---\n---\ntitle: a\n", "---\n...\n---\ntitle: a\n...\n---\n...\n", "%YAML 1.2\n---\ntitle: a\n", "title: a\n---\n# c\n", "--- # c\ntitle: a\n...\n",
	} {
		if f := (file{}); Decode([]byte(text), &f) != nil || f.Title != "a" {
			t.Errorf("%q: %+v, %v", text, f, Decode([]byte(text), &f))
		}
	}
	if f := (file{}); Decode([]byte("title: |\n  a\n  ---\n  b\n"), &f) != nil || f.Title != "a\n---\nb\n" {
		t.Errorf("--- in a text: %+v", f)
	}
}

func TestErrorsReportLineAndNearestKey(t *testing.T) {
	cases := map[string][]string{
		"title: a\nparts:\n  - lisen: x\n": {"line 3", `unknown key "lisen"`, `did you mean "listen"?`},
		"zzzzzz: 1\n":                      {"line 1", `unknown key "zzzzzz"`, "hint: the examples show every key"},
		"title: a\nwords: 5\n":             {"line 2"},
		"title: [\n":                       {"line 1"},
	}
	for text, wants := range cases {
		err := Decode([]byte(text), &file{})
		for _, want := range wants {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: no %q in %v", text, want, err)
			}
		}
	}
}
