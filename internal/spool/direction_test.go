package spool

import (
	"maps"
	"os"
	"regexp"
	"testing"
)

// TestDirectionWordsAreThoseOfTheLoad: the page, the lists of the vendor and the database read a direction in the same way.
func TestDirectionWordsAreThoseOfTheLoad(t *testing.T) {
	text, err := os.ReadFile("../../queries/base/directions.sql")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"IVR": "incoming", "WEBOBD": "outgoing"}
	for _, match := range regexp.MustCompile(`list_contains\(\[([^\]]*)\], p_word\) then '(\w+)'`).FindAllStringSubmatch(string(text), -1) {
		for _, word := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(match[1], -1) {
			want[word[1]] = match[2]
		}
	}
	if !maps.Equal(directionOf, want) {
		t.Errorf("directions: %v, want %v", directionOf, want)
	}
	for text, want := range map[string]string{"Click to call": "outgoing", "ivr": "incoming", "Rappel": "outgoing", "?": ""} {
		if got := Direction(text, map[string]string{"rappel": "outgoing"}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
