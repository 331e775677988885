package page

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestEveryTextIsThereAndUsed(t *testing.T) {
	texts := map[string]string{}
	if err := json.Unmarshal(textsEN, &texts); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	call := regexp.MustCompile(`\bt "([a-z_]+)"|\.text\("([a-z_]+)"|"([a-z_]+)"\)|(?:Error|Reason) = "([a-z_]+)"|return (?:nil, )?"([a-z_]+)"`)
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || ext != ".go" && ext != ".html" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range call.FindAllStringSubmatch(string(text), -1) {
			for _, key := range match[1:] {
				used[key] = true
			}
			if key := match[1] + match[2]; key != "" && texts[key] == "" {
				t.Errorf("%s uses the text %s, which is missing", path, key)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range runStates {
		used["run_state_"+state] = true
	}
	for _, name := range parameterLabels {
		used["parameter_"+name] = true
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("nothing uses the text %s", key)
		}
	}
}
