package config

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// outcomes are the outcomes that a status word can have.
var outcomes = []string{"answered", "no_answer", "busy", "cancelled", "abandoned", "agent_engaged", "agent_ringing", "ivr_only", "unavailable", "congestion"}

// validateReading checks the settings by which a source's texts are read; key is that of the source.
func (s Source) validateReading(add adder, key string) {
	if s.DateOrder != "" {
		checkChoice(add, key+".date_order", s.DateOrder, "dmy", "mdy")
	}
	checkWords(add, key+".status_words", s.StatusWords, outcomes)
	checkWords(add, key+".import.status_words", s.Import.StatusWords, outcomes)
	for _, word := range slices.Sorted(maps.Keys(s.Import.StatusWords)) {
		for other, outcome := range s.StatusWords {
			if plainWord(other) == plainWord(word) && outcome != s.Import.StatusWords[word] {
				add(key+".import.status_words", "%s has another outcome in status_words: a word has one meaning", word)
			}
		}
	}
	checkWords(add, key+".direction_words", s.DirectionWords, []string{"incoming", "outgoing"})
	for _, word := range slices.Sorted(maps.Keys(s.DirectionWords)) {
		if plain := plainWord(word); plain == "IVR" || plain == "WEBOBD" {
			add(key+".direction_words", "%s always means the same and cannot be set", plain)
		}
	}
}

// Direction returns what a word of the vendor or of direction_words means: incoming, outgoing, or nothing if it is unknown.
func (s Source) Direction(word string) string {
	plain := plainWord(word)
	switch plain {
	case "IVR":
		return "incoming"
	case "WEBOBD":
		return "outgoing"
	}
	for other, direction := range s.DirectionWords {
		if plainWord(other) == plain {
			return direction
		}
	}
	return ""
}

// checkWords checks that each word has one of the meanings, and that no two words are compared as the same.
func checkWords(add adder, key string, words map[string]string, meanings []string) {
	seen := map[string]string{}
	for _, word := range slices.Sorted(maps.Keys(words)) {
		plain := plainWord(word)
		if plain == "" {
			add(key, "%q has no letters or digits", word)
		}
		if other, ok := seen[plain]; ok {
			add(key, "%s and %s are the same word: case, spaces and punctuation do not count", other, word)
		}
		seen[plain] = word
		checkChoice(add, key, words[word], meanings...)
	}
}

// plainWord is the form in which words are compared: upper case, letters and digits only.
func plainWord(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, word)
}
