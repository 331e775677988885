package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"callsheet/internal/lazyregexp"
)

// outcomes are the outcomes that a status word can have.
var outcomes = []string{"answered", "no_answer", "busy", "cancelled", "abandoned", "agent_engaged", "agent_ringing", "ivr_only", "unavailable", "congestion"}

// validateReading checks the settings by which a source's texts are read; key is that of the source.
func (s Source) validateReading(add adder, key string) {
	if s.DateOrder != "" {
		checkChoice(add, key+".date_order", s.DateOrder, "dmy", "mdy")
	}
	checkStatusWords(add, key+".status_words", s.StatusWords)
	checkStatusWords(add, key+".import.status_words", s.Import.StatusWords)
	for _, word := range slices.Sorted(maps.Keys(s.Import.StatusWords)) {
		for other, outcome := range s.StatusWords {
			if statusWord(other) == statusWord(word) && outcome != s.Import.StatusWords[word] {
				add(key+".import.status_words", "%s has another outcome in status_words: a word has one meaning", word)
			}
		}
	}
	checkWords(add, key+".direction_words", s.DirectionWords, plainWord, []string{"incoming", "outgoing"})
	for _, word := range slices.Sorted(maps.Keys(s.DirectionWords)) {
		if plain := plainWord(word); plain == "IVR" || plain == "WEBOBD" {
			add(key+".direction_words", "%s always means the same and cannot be set", plain)
		}
	}
}

// vendorOutcomes are the outcomes of the vendor's own words, as statusWord returns them. A panel may use its words in a way of its own.
var vendorOutcomes = map[string]string{
	"ANSWER": "answered", "ANSWERED": "answered", "LEGALEGBANSWER": "answered", "16": "answered", "CODE16": "answered",
	"NOANSWER": "no_answer", "BUSY": "busy", "CANCEL": "cancelled",
	"ABANDONEDCALL": "abandoned", "ABANDONED": "abandoned", "ABANDONMENT": "abandoned",
	"AGENTENGAGED": "agent_engaged", "AGENTONRING": "agent_ringing", "NOTCONNECTED": "ivr_only",
	"UNAVAILABLE": "unavailable", "CHANUNAVAIL": "unavailable", "CONGESTION": "congestion",
}

// checkStatusWords checks words with outcomes. A word of the vendor keeps its own.
func checkStatusWords(add adder, key string, words map[string]string) {
	checkWords(add, key, words, statusWord, outcomes)
	for _, word := range slices.Sorted(maps.Keys(words)) {
		own, isVendors := vendorOutcomes[statusWord(word)]
		if isVendors && words[word] != own && slices.Contains(outcomes, words[word]) {
			add(key, "%s always means %s and cannot be set", statusWord(word), own)
		}
	}
}

// checkWords checks that each word has one of the meanings, and that no two words are compared as the same: plain is how they are compared.
func checkWords(add adder, key string, words map[string]string, plain func(string) string, meanings []string) {
	seen := map[string]string{}
	for _, word := range slices.Sorted(maps.Keys(words)) {
		compared := plain(word)
		if compared == "" {
			add(key, "%q has no letters or digits", word)
		}
		if other, ok := seen[compared]; ok {
			add(key, "%s and %s are the same word: case, spaces and punctuation do not count", other, word)
		}
		seen[compared] = word
		checkChoice(add, key, words[word], meanings...)
	}
}

// inBrackets is the text of hangup causes, which status_word in queries/base/outcomes.sql leaves out.
var inBrackets = lazyregexp.New(`\([^)]*\)`)

// statusWord is the form in which status words are compared: that of plainWord without text in brackets, unless nothing else is left.
func statusWord(word string) string {
	return cmp.Or(plainWord(inBrackets().ReplaceAllString(word, "")), plainWord(word))
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
