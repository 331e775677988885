package yamlstrict

import (
	"strings"
	"testing"
)

func TestErrorsShowKeysAndNoValues(t *testing.T) {
	for text, want := range map[string]string{
		"title: [hunter2]\n":                 "line 1, title: expected a text",
		"title: a\ntitle: hunter2\n":         `line 2, title: duplicate key "title"`,
		"title: 'hunter2\n":                  "line 1, title: could not find end character of single-quoted text",
		"title: *hunter2\n":                  "line 1, title: could not find alias …",
		"title: a\n\ttitle: hunter2\n":       "line 2: found character '\t' that cannot start any token",
		"<<: *hunter2\n":                     "cannot be read as YAML",
		"words: hunter2\n":                   "line 1, words: expected a list such as [a, b]; this is a string",
		"parts: [{hunter2}]\n":               "line 1: unknown key\nhint: the examples show every key",
		"title: a\nparts: [{lisen: h}]\n":    "line 2: unknown key \"lisen\"\nhint: did you mean \"listen\"?",
		"parts: [{title: hunter2}]\n":        "line 1: unknown key \"title\"\nhint: the key belongs elsewhere: check the indentation",
		"parts:\n  - {listen: [hunter2]}\n":  "line 2, listen: expected a text",
		"title: hunter2: hunter3\n":          "line 1, title: mapping value is not allowed in this context",
		"next: {<<: *hunter2}\n":             "cannot be read as YAML",
		"<<: *hunter2\nwords: [hunter3]\n":   "cannot be read as YAML",
		"# hunter2\nwords: {hunter2: 1}\n":   "line 2, words: expected a list such as [a, b]; this is a mapping",
		"title: a # hunter2\nwords: [a, b\n": "line 2, words: sequence end token ']' not found",
	} {
		err := Decode([]byte(text), &file{})
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
