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
	if err := Decode(nil, &f); err != nil {
		t.Errorf("an empty text: %v", err)
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
