package yamlstrict

import (
	"strings"
	"testing"
	"time"
)

// TestAValueIsNotTakenForAnother: the library cuts fractions off, and an empty value in a map is 0.
func TestAValueIsNotTakenForAnother(t *testing.T) {
	type values struct {
		Count int                           `yaml:"count"`
		Limit *int                          `yaml:"limit"`
		On    bool                          `yaml:"on"`
		Wait  time.Duration                 `yaml:"wait"`
		Share float64                       `yaml:"share"`
		Goals map[string]map[string]float64 `yaml:"goals"`
		Parts []struct {
			Keep int `yaml:"keep"`
		} `yaml:"parts"`
		Title  string   `yaml:"title"`
		Titles []string `yaml:"titles"`
	}
	for text, want := range map[string]string{
		"count: 1.9":                         "line 1, count: expected a whole number",
		"count: '1.9'":                       "line 1, count: expected a whole number",
		"count: &a 0.5":                      "line 1, count: expected a whole number",
		"count: x":                           "line 1, count: expected a whole number",
		"title: a\nlimit: 1.9":               "line 2, limit: expected a whole number",
		"parts:\n  - keep: 1\n  - keep: 2.5": "line 3, keep: expected a whole number",
		"count:":                             "line 1, count: expected a whole number; this is empty\nhint: ",
		"limit: ~":                           "line 1, limit: expected a whole number; this is empty",
		"on: null":                           "line 1, on: expected true or false; this is empty",
		"wait:":                              "line 1, wait: expected a duration such as 5s, 10m or 24h; this is empty",
		"share:":                             "line 1, share: expected a number; this is empty",
		"goals: {Sales: {rate: }}":           "line 1, goals: expected a number; this is empty",
		"goals:\n  Sales:\n    rate: 1\n    wait: ~": "line 4, goals: expected a number; this is empty",
	} {
		if err := Decode([]byte(text+"\n"), &values{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for _, text := range []string{"count: 12", "count: 1.0", "count: 1e3", "share: 1.5", "wait: 1.5s", "wait: 0s", "title:", "titles: ~", "parts:", "goals: {Sales: {rate: 1.9}}"} {
		if err := Decode([]byte(text+"\n"), &values{}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
