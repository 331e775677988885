package live

import (
	"maps"
	"os"
	"regexp"
	"testing"
)

// TestWordsAreThoseOfTheLoad: the page and the database read a delivery in the same way.
func TestWordsAreThoseOfTheLoad(t *testing.T) {
	outcomes := map[string]string{}
	for _, match := range find(t, "outcomes", `when p_word in \(([^)]*)\)\s*then '(\w+)'`) {
		if progressOfOutcome[match[2]] == unknownWord {
			t.Errorf("the outcome %s says nothing", match[2])
		}
		for _, word := range quoted(match[1]) {
			outcomes[word] = match[2]
		}
	}
	if !maps.Equal(outcomeOf, outcomes) {
		t.Errorf("outcomes: %v, want %v", outcomeOf, outcomes)
	}
	for _, pattern := range []string{legForm().String(), legPrefix().String(), legSuffix().String()} {
		find(t, "outcomes", regexp.QuoteMeta("'"+pattern+"'"))
	}
}

// TestWordsOfLiveEventsSayWhatHappens: also those of reports, of a leg that failed, and of the source.
func TestWordsOfLiveEventsSayWhatHappens(t *testing.T) {
	source := Source{StatusWords: map[string]string{"Up": "answered", "Switched": "unavailable"}}
	for status, want := range map[string]progress{
		"Picked (16)": picked, "Call Connected": picked, "LEG A/LEG B ANSWER": picked, "up": picked, "Transfer to agent": transfers, "Ringing": rings,
		"Switched off": unreached, "switched": unreached, "Not Answer": unreached, "Cancel-Agent NOANSWER": unreached,
		"Leg B Cancel - Customer Busy (17 Customer)": unreached, "Cancel-Customer": over, "Call Abandoned": over, "Call Missed": over,
		"Completed": over, "sideways": unknownWord, "": unknownWord,
	} {
		if got := source.progress(status); got != want {
			t.Errorf("%q: %v, want %v", status, got, want)
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
