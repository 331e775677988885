package monitor

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"callsheet/internal/display"
)

// TestEveryWordIsThereAndUsed compares the keys in code with those of the words.
func TestEveryWordIsThereAndUsed(t *testing.T) {
	used := map[string]bool{}
	for _, unit := range []string{"second", "minute", "hour", "day"} {
		used[unit+"_one"], used[unit+"_many"] = true, true
	}
	said := regexp.MustCompile(`say\("(\w+)"|count\("(\w+)"|key :?= "(\w+)"|"(unknown_(?:status|direction))"`)
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, match := range said.FindAllStringSubmatch(string(text), -1) {
			for _, key := range []string{match[1], match[3], match[4]} {
				used[key] = true
			}
			if key := match[2]; key != "" {
				used[key+"_one"], used[key+"_many"] = true, true
			}
		}
	}
	delete(used, "")
	for key := range used {
		if words[key] == "" {
			t.Errorf("there are no words for %s", key)
		}
	}
	for key := range words {
		if !used[key] {
			t.Errorf("nothing uses the words for %s", key)
		}
	}
}

func TestDurationsHaveTheWordsOfOtherMessages(t *testing.T) {
	for _, d := range []time.Duration{0, time.Second, time.Minute, 3 * time.Minute, time.Hour, 2 * time.Hour, 30 * time.Hour, 1000 * 24 * time.Hour} {
		if got, want := duration(d), display.Duration(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
