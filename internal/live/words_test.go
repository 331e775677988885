package live

import (
	"os"
	"regexp"
	"testing"
)

// TestWordsAreThoseOfTheLoad: the page and the database read a delivery in the same way.
func TestWordsAreThoseOfTheLoad(t *testing.T) {
	for _, match := range find(t, "outcomes", `when p_word in \(([^)]*)\)\s*then '(\w+)'`) {
		progress, known := progressOfOutcome[match[2]]
		if !known {
			t.Errorf("the outcome %s says nothing", match[2])
		}
		for _, word := range quoted(match[1]) {
			if said, known := progressOf[word]; known && said != progress && said != over { // a call that has an outcome is over
				t.Errorf("%s: %v, want %v", word, said, progress)
			}
		}
	}
}

// find returns the matches in a file of queries/base.
func find(t *testing.T, name, pattern string) [][]string {
	t.Helper()
	text, err := os.ReadFile("../../queries/base/" + name + ".sql")
	if err != nil {
		t.Fatal(err)
	}
	matches := regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1)
	if matches == nil {
		t.Fatalf("%s: no match of %s", name, pattern)
	}
	return matches
}

func quoted(list string) (words []string) {
	for _, match := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(list, -1) {
		words = append(words, match[1])
	}
	return words
}

// TestOwnTextsForNothingAreReadAsTheLoaderReadsThem: whatever invisible marks are around them.
func TestOwnTextsForNothingAreReadAsTheLoaderReadsThem(t *testing.T) {
	source := Source{NothingValues: []string{"\u200bnot given "}}
	for _, text := range []string{"Not Given", " NOT GIVEN\u200b"} {
		if got := source.clean(text); got != "" {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}
